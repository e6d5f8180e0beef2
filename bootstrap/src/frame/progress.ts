import { Listr } from 'listr2';
import type { Clock } from './clock.ts';

/** How a person follows a run. */
export interface Progress {
  /**
   * Shows a piece of work while it is done.
   * @param work is given a function that shows what it does now; @returns its result and what to show at its end
   */
  during<T>(title: string, work: (say: (line: string) => void) => Promise<Done<T>>): Promise<T>;
  /** Shows a text that stays. */
  print(text: string): void;
}

export interface Done<T> {
  readonly value: T;
  readonly summary: string;
}

/** Plain lines with timestamps: for pipes, files and CI. */
export function plainProgress(write: (line: string) => void, clock: Pick<Clock, 'now'>): Progress {
  const line = (text: string) => write(`${new Date(clock.now()).toISOString()} ${text}\n`);
  return {
    during: async (title, work) => {
      line(title);
      try {
        const { value, summary } = await work((text) => line(`${title}: ${text}`));
        line(`${title}: ${summary}`);
        return value;
      } catch (error) {
        line(`${title}: FAILED`);
        throw error;
      }
    },
    print: (text) => write(`${text}\n`),
  };
}

/** A live list of tasks: what is done stays with its result, what is under way shows its last line. */
export function liveProgress(write: (line: string) => void): Progress {
  return {
    during: async <T>(title: string, work: (say: (line: string) => void) => Promise<Done<T>>) => {
      const results: T[] = [];
      const list = new Listr(
        [
          {
            title,
            task: async (_, task) => {
              const { value, summary } = await work((line) => {
                task.output = line;
              });
              task.title = `${title}: ${summary}`;
              results.push(value);
            },
          },
        ],
        // Ctrl-C is handled in one place, and the error is shown in one place.
        { registerSignalListeners: false, rendererOptions: { showErrorMessage: false } },
      );
      await list.run();
      return results[0] as T;
    },
    print: (text) => write(`${text}\n`),
  };
}
