import { remains } from '../core/sweep.ts';
import { stopLab } from '../lab.ts';

/** Ends the lab; anything that is left is a fault of the lab. */
export default async function globalTeardown(): Promise<void> {
  await stopLab();
  const left = remains();
  if (left.length > 0) throw new Error(`the lab left behind: ${left.join(', ')}`);
}
