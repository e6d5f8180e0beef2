import { secretsStep } from '../cluster/secrets/step.ts';
import { makeContext } from '../context.ts';
import type { Command } from '../frame/flags.ts';
import { main } from '../frame/main.ts';

export const command: Command = {
  usage: 'zx bootstrap/secrets.mjs',
  purpose: `Brings the values of prod.env into the cluster, and restarts only those who read a changed one. Use it to change a
password or a token: put the new value into prod.env, run this, then take the old value back where it came from.`,
  steps: [],
  examples: [
    ['--dry-run', 'which values differ, by name, and who would be restarted'],
    ['', 'do it, and wait until the restarted pods are up'],
    ['--config staging/cluster.yaml', 'another deployment, with its own prod.env beside it'],
  ],
};

/** @returns the exit code */
export function secrets(args: readonly string[]): Promise<number> {
  return main(command, args, (setup) => [secretsStep(makeContext(setup))]);
}
