/** Kubernetes' quantities, read independently of the code that writes them. */

const SUFFIX: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

const QUANTITY = /^(\d+)(m|k|M|G|[KMGT]i)?$/;

/** The number behind a quantity (cores, bytes, a count), NaN for what is none. */
export function amount(quantity: string | undefined): number {
  const match = QUANTITY.exec(quantity ?? '');
  return match ? Number(match[1]) * (SUFFIX[match[2] ?? ''] ?? Number.NaN) : Number.NaN;
}

/** True when the API server keeps the text as it is: the largest suffix of its family that leaves a whole number. */
export function isCanonical(quantity: string): boolean {
  const match = QUANTITY.exec(quantity);
  if (!match) return false;
  const [, digits = '', suffix = ''] = match;
  const number = Number(digits);
  if (String(number) !== digits) return false;
  if (number === 0) return suffix === '';
  return number % (suffix.endsWith('i') ? 1024 : 1000) !== 0;
}
