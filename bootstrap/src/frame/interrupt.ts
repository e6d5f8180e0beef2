/** The run was stopped by a person. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** The part of `process` that is used. */
export interface Signals {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  off(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  exit(code: number): unknown;
}

/** What a shell reports of a program that Ctrl-C ended. */
export const EXIT_INTERRUPTED = 130;

/**
 * Stops a run cleanly at the first Ctrl-C: what is under way is finished, nothing new is begun. The second ends the
 * program at once, which is safe too: the next run continues.
 */
export function interruptible(say: (line: string) => void, signals: Signals = process) {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) signals.exit(EXIT_INTERRUPTED);
    else {
      say('Stopping after what is under way; Ctrl-C again stops at once.');
      controller.abort(new Interrupted('Stopped by Ctrl-C.'));
    }
  };
  signals.on('SIGINT', stop);
  signals.on('SIGTERM', stop);
  return {
    signal: controller.signal,
    /** Gives Ctrl-C back its usual meaning. */
    dispose: () => {
      signals.off('SIGINT', stop);
      signals.off('SIGTERM', stop);
    },
  };
}
