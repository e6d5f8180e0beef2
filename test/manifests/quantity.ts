const QUANTITY = /^(\d+)(m|k|M|G|[KMGT]i)?$/;

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
