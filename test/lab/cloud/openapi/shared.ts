import { buildContract, type Contract, noContract } from './contract.ts';
import { loadDescription } from './locate.ts';

let known: Contract | undefined;

/**
 * The provider's contract, read once a process; without the description a contract that lets everything pass, and
 * `warn` is told each time.
 */
export function providerContract(warn: (line: string) => void): Contract {
  if (known?.enabled) return known;
  const description = loadDescription(warn);
  known = description ? buildContract(description) : noContract;
  return known;
}
