import type { Change, Step } from './step.ts';

/** A step that can only be made when it is its turn, as what it is made with is not there before. */
export function deferred<Observed, C extends Change>(
  name: string,
  title: string,
  make: () => Promise<Step<Observed, C>>,
): Step<Observed, C> {
  let made: Step<Observed, C> | undefined;
  const step = (): Step<Observed, C> => {
    if (made === undefined) throw new Error(`step ${name} was not looked at first`);
    return made;
  };
  return {
    name,
    title,
    observe: async (run) => {
      made ??= await make();
      return made.observe(run);
    },
    plan: (observed) => step().plan(observed),
    apply: (changes, observed, run) => step().apply(changes, observed, run),
  };
}
