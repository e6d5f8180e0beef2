import { verifyStep } from '../cluster/verify/step.ts';
import { makeContext } from '../context.ts';
import type { Command } from '../frame/flags.ts';
import { main } from '../frame/main.ts';

export const command: Command = {
  usage: 'zx bootstrap/verify.mjs',
  purpose: `Is all as it should be? Looks at hosts, cluster and site, and says of each thing what it saw. Changes nothing, and can
be run at any time, also while something else runs. Ends with code 1 when something is wrong.`,
  steps: [],
  looks: true,
  examples: [
    ['', 'after a change, or when something seems wrong'],
    ['--json', 'for a script; code 1 when a check failed'],
  ],
};

/** @returns the exit code */
export function verify(args: readonly string[]): Promise<number> {
  return main(command, args, (setup) => [verifyStep(makeContext(setup), true)]);
}
