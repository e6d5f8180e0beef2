import { basename } from 'node:path';
import Sequencer from '@jest/test-sequencer';

type Tests = Parameters<Sequencer['sort']>[0];

/** Cost of a test file: the number its name starts with (scenarios/20-firewall.test.ts); without one it is cheap. */
export function costOf(path: string): number {
  return Number(/^(\d+)-/.exec(basename(path))?.[1] ?? 0);
}

/** Cheap scenarios first: what is broken shows early. */
export default class ByCost extends Sequencer {
  override sort(tests: Tests): Tests {
    return [...tests].sort((a, b) => costOf(a.path) - costOf(b.path) || a.path.localeCompare(b.path));
  }
}
