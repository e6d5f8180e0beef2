/** Kubernetes quantities, in the two forms that cluster.yaml allows: `250m` of CPU, `256Mi` or `1Gi` of memory. */

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
