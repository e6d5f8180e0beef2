import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Forms in which a value could be somewhere. */
export function formsOf(value: string): string[] {
  // Of a key in PEM form each line counts, but for those that say no more than that it is one.
  const lines = value.split('\n').filter((line) => line.length > 5 && !line.startsWith('-----'));
  return lines.flatMap((line) => [
    line,
    Buffer.from(line).toString('base64'),
    encodeURIComponent(line),
    Buffer.from(line).toString('hex'),
  ]);
}

/** A watch over the command lines of every process of this machine: hosts, pods and operator alike. */
export interface ProcessWatch {
  /** Ends the watch. @returns the command lines that held a value, and how often was looked */
  end(): Promise<{ readonly found: string[]; readonly looks: number }>;
}

/** Milliseconds; programs that live shorter are seen in some of several runs. */
const INTERVAL = 100;

export function watchProcesses(values: readonly string[]): ProcessWatch {
  const forms = values.flatMap(formsOf);
  const found = new Set<string>();
  let going = true;
  let looks = 0;
  const work = (async () => {
    while (going) {
      for (const line of commandLines()) {
        if (forms.some((form) => line.includes(form))) found.add(line.slice(0, 300));
      }
      looks += 1;
      await delay(INTERVAL);
    }
  })();
  return {
    end: async () => {
      going = false;
      await work;
      return { found: [...found], looks };
    },
  };
}

function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8')];
      } catch {
        return []; // it has ended
      }
    });
}
