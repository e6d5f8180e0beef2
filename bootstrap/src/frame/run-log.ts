import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Redact } from '../secrets/redact.ts';
import type { Clock } from './clock.ts';

/** The record of one run. Every line goes through `redact` before it is written. */
export interface RunLog {
  readonly file: string;
  /** Values that become known on the way, such as those of prod.env, are blacked out from then on. */
  setRedact(redact: Redact): void;
  write(line: string): void;
  close(): void;
}

/** Opens `FOLDER/<time>-<name>.log`, mode 0600. Lines are written at once, so that a killed run leaves them too. */
export function openRunLog(folder: string, name: string, clock: Pick<Clock, 'now'>): RunLog {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stamp = () => new Date(clock.now()).toISOString();
  const file = join(folder, `${stamp().replaceAll(':', '-')}-${name}.log`);
  const handle = openSync(file, 'ax', 0o600);
  let redact: Redact = (text) => text;
  return {
    file,
    setRedact: (next) => {
      redact = next;
    },
    write: (text) => {
      // Blacked out as a whole first: a value can run over several lines.
      for (const line of redact(stripVTControlCharacters(text)).split('\n'))
        writeSync(handle, `${stamp()} ${line}\n`);
    },
    close: () => closeSync(handle),
  };
}
