/**
 * A look at something that the next to ask is given too, once: what preflight has just seen, the step after it need not
 * look at again. Whoever comes later, as to see whether a change worked, looks anew.
 */
export interface HandedOn<T> {
  /** Looks, and keeps it; what is kept already is not looked at again. */
  look(): Promise<T>;
  /** What was kept, or a new look. */
  take(): Promise<T>;
}

export function handedOn<T>(see: () => Promise<T>): HandedOn<T> {
  let kept: Promise<T> | undefined;
  return {
    look: () => {
      kept ??= see();
      // What could not be seen may be there when the next one asks.
      const looked = kept.catch((error: unknown) => {
        kept = undefined;
        throw error;
      });
      return looked;
    },
    take: () => {
      const taken = kept ?? see();
      kept = undefined;
      return taken;
    },
  };
}
