import { down, power, up } from './lifecycle.ts';
import { exec, from, kubectl, ssh } from './reach.ts';
import { status } from './status.ts';

/** A command of `npm run lab`: takes the words after its name, returns the exit code. */
export type Command = (words: readonly string[]) => Promise<number>;

export const COMMANDS: Readonly<Record<string, Command>> = {
  up,
  status,
  ssh,
  exec,
  from,
  kubectl,
  power,
  down,
};
