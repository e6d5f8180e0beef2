import { hostEntries } from '../../../../review/host-entries.ts';
import { isAtLeast } from '../../../../review/impact.ts';
import { reportText } from '../../../../review/render/text.ts';
import { verdict } from '../../../../review/render/verdict.ts';
import { report } from '../../../../review/report.ts';
import type { Plan, Review } from '../../frame/step.ts';
import type { KubeObject } from '../object.ts';
import type { Past } from './past.ts';
import type { ApplyChange } from './plan.ts';
import { type LeftOver, planPrune } from './prune.ts';
import type { Deploy } from './record.ts';

/** What a deployment knows beside what applying knows. */
export interface Before {
  /** Or why it is not known. */
  readonly past: Past | string;
  readonly leftOver: LeftOver;
}

/**
 * The plan of applying dist/, with what it comes to since the last deployment and with what is to be deleted.
 * @param named objects that are to be deleted although that loses something
 */
export function planDeploy(
  applying: Plan<ApplyChange>,
  { past, leftOver }: Before,
  live: readonly KubeObject[],
  named: readonly string[],
): Plan<ApplyChange> {
  if (typeof past === 'string') {
    const note = `${past} So there is no report of what this comes to, and nothing is deleted.`;
    const problems = named.map((id) => `--delete '${id}': it is not known what was applied before. ${past}`);
    return { ...applying, problems: [...applying.problems, ...problems], notes: [...applying.notes, note] };
  }
  const pruning = planPrune(past.gone, leftOver, live, named);
  const problems = [...applying.problems, ...pruning.problems];
  const changes = problems.length > 0 ? applying.changes : [...applying.changes, ...pruning.changes];
  const review = changes.length + problems.length > 0 ? reviewOf(past, changes) : undefined;
  return {
    changes,
    problems,
    notes: [...applying.notes, ...pruning.notes, ...remarks(past, changes, review !== undefined)],
    ...(review && { review }),
  };
}

const SUBJECT = 'Deploying this';

/** @returns undefined when dist/ is the one that was applied last */
function reviewOf({ last, base, head }: Past, changes: readonly ApplyChange[]): Review | undefined {
  // Servers are not touched here; and what is deleted is told by the plan, which has seen the cluster.
  const told = { ...report({ ...base, hosts: head.hosts }, head), prune: { deletions: [], kept: [] } };
  const { impact, entries } = told;
  if (impact === undefined) return undefined;
  const subjects = entries.map(({ subject }) => subject);
  const isTold = ({ what, task }: ApplyChange) => task.kind === 'await' || subjects.includes(what);
  return {
    verdict: verdict(told, SUBJECT),
    text: (colors) =>
      reportText(told, { subject: SUBJECT, compared: `compared with ${nameOf(last)}` }, colors),
    // What was changed by hand is in no report, and what is deleted does not come back by itself.
    asks:
      isAtLeast(impact, 'interrupts') ||
      changes.some((change) => change.task.kind === 'delete' || !isTold(change)),
  };
}

function remarks({ last, base, head }: Past, changes: readonly ApplyChange[], isReviewed: boolean): string[] {
  const hosts = hostEntries(base.hosts, head.hosts).filter(({ impact }) => impact !== 'no effect');
  return [
    ...(last.commit?.dirty
      ? [
          'The last deployment was of a dist/ with changes that were not committed: they are not part of the comparison.',
        ]
      : []),
    ...(changes.length > 0 && !isReviewed
      ? [
          `dist/ is that of ${nameOf(last)}: what differs was left undone then, or changed in the cluster since.`,
        ]
      : []),
    ...(hosts.length > 0
      ? [
          'dist/hosts/ has changed since the last deployment. This leaves servers alone: zx bootstrap/provision.mjs',
        ]
      : []),
  ];
}

function nameOf({ at, by, commit }: Deploy): string {
  return `the last deployment (${at} by ${by}, commit ${commit?.id.slice(0, 12)})`;
}
