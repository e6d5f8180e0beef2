/**
 * Kubernetes quantities: in the two forms that cluster.yaml allows, `250m` of CPU and `256Mi` or `1Gi` of memory, and in
 * every form that the API server reads.
 */

const MEBIBYTE = 2 ** 20;
const GIBIBYTE = 2 ** 30;

/** Bytes of `256Mi` or `1Gi`. */
export function bytes(quantity: string): number {
  return Number.parseInt(quantity, 10) * (quantity.endsWith('Gi') ? GIBIBYTE : MEBIBYTE);
}

/** Thousandths of a core of `250m`. */
export function millicores(quantity: string): number {
  return Number.parseInt(quantity, 10);
}

/** Bytes as the API server keeps them: the largest unit that leaves a whole number. */
export function memoryQuantity(byteCount: number): string {
  return byteCount % GIBIBYTE === 0 ? `${byteCount / GIBIBYTE}Gi` : `${Math.ceil(byteCount / MEBIBYTE)}Mi`;
}

/** Thousandths of a core as the API server keeps them. */
export function cpuQuantity(milli: number): string {
  return milli % 1000 === 0 ? `${milli / 1000}` : `${milli}m`;
}

/** Power of ten or of 1024 behind each suffix (apimachinery, api/resource/suffix.go). */
const DECIMAL: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const BINARY: Readonly<Record<string, number>> = { Ki: 1, Mi: 2, Gi: 3, Ti: 4, Pi: 5, Ei: 6 };

const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:(n|u|m|k|M|G|T|P|E|[KMGTPE]i)?|[eE]([+-]?\d+))$/;

/** The number behind a quantity (cores, bytes, a count), NaN for what is none. */
export function amount(quantity: string | number | undefined): number {
  const match = QUANTITY.exec(String(quantity ?? ''));
  if (!match) return Number.NaN;
  const [, digits = '', suffix = '', exponent] = match;
  const binary = BINARY[suffix];
  if (binary !== undefined) return Number(digits) * 1024 ** binary;
  // Read as one decimal number, which rounds once: `100m` and `0.1` are the same.
  return Number(`${digits}e${exponent ?? DECIMAL[suffix]}`);
}
