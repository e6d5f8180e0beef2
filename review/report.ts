import { type Capacity, capacity } from './capacity.ts';
import type { Entry } from './entry.ts';
import { hostEntries } from './host-entries.ts';
import { type Impact, impacts, worst } from './impact.ts';
import { objectEntries } from './object-entries.ts';
import { type PrunePlan, prunePlan } from './prune.ts';
import type { State } from './state/state.ts';

/** What applying `after` instead of `before` does. */
export interface Report {
  /** The worst of all; undefined when nothing differs. */
  readonly impact: Impact | undefined;
  /** The worst first, otherwise in the order of dist/. */
  readonly entries: readonly Entry[];
  readonly prune: PrunePlan;
  /** Requests of pods by node; undefined on a side without hosts. */
  readonly capacity: { readonly before: Capacity | undefined; readonly after: Capacity | undefined };
}

/**
 * Compares two desired states. Pure: no cluster, no file and no clock is asked.
 * @param named objects that are to be deleted although that loses something (see prunePlan)
 */
export function report(before: State, after: State, named: readonly string[] = []): Report {
  const entries = [...objectEntries(before, after), ...hostEntries(before.hosts, after.hosts)];
  const nextKeys = new Set(after.objects.map(({ key }) => key));
  return {
    impact: worst(entries.map(({ impact }) => impact)),
    entries: entries.toSorted((a, b) => impacts.indexOf(a.impact) - impacts.indexOf(b.impact)),
    prune: prunePlan(
      before.objects.filter(({ key }) => !nextKeys.has(key)),
      named,
    ),
    capacity: { before: capacityOf(before), after: capacityOf(after) },
  };
}

function capacityOf({ objects, hosts }: State): Capacity | undefined {
  if (hosts.length === 0) return undefined;
  return capacity(
    objects.map(({ object }) => object),
    hosts.map(({ hostname }) => hostname),
  );
}
