import { basename, relative } from 'node:path';
import { type CloudflareRanges, cloudflareLists } from '../../../config/cloudflare.ts';
import { loadCluster } from '../../../config/load.ts';
import type { Context } from '../context.ts';
import type { Plan, Step } from '../frame/step.ts';
import { replaceFile } from '../local-file.ts';
import type { Site } from '../site.ts';
import { renderDist, staleFiles } from '../synth.ts';
import { fetchList } from './fetch-list.ts';
import { type ParsedRanges, parseRanges } from './parse-ranges.ts';
import { rangesText, readRangesFile } from './ranges-file.ts';

/** Addresses of the two lists. */
export type Lists = Readonly<Record<'ipv4' | 'ipv6', string>>;

/** Where the lists are fetched from: the variables are for a mirror. */
export function listsFrom({ HONEYDUE_CLOUDFLARE_V4, HONEYDUE_CLOUDFLARE_V6 }: NodeJS.ProcessEnv): Lists {
  return {
    ipv4: HONEYDUE_CLOUDFLARE_V4 || cloudflareLists.ipv4,
    ipv6: HONEYDUE_CLOUDFLARE_V6 || cloudflareLists.ipv6,
  };
}

interface Observed {
  readonly known: CloudflareRanges;
  readonly published: Readonly<Record<'ipv4' | 'ipv6', ParsedRanges>>;
  /** Files of dist/ that are not what is rendered. */
  readonly stale: readonly string[];
}

/** The step `cloudflare`: the project's file of Cloudflare's ranges is what Cloudflare publishes. */
export function cloudflareStep(context: Context, lists: Lists): Step<Observed> {
  const { site, clock } = context;
  // What is written is what was shown: the lists are fetched once.
  let fetched: Promise<Observed['published']> | undefined;
  return {
    name: 'cloudflare',
    title: 'ranges of Cloudflare',
    observe: async ({ signal }) => {
      fetched ??= published(lists, signal);
      const [lately, stale] = await Promise.all([fetched, staleFiles(site)]);
      return { known: readRangesFile(site.ranges), published: lately, stale };
    },
    plan: (observed) => planRanges(context, lists, observed),
    apply: async (_, observed, { say }) => {
      replaceFile(site.ranges, rangesText(rangesNow(observed, lists, clock.now())));
      site.reload();
      say('rendering dist/ anew');
      await renderDist(site);
    },
  };
}

async function published(lists: Lists, signal: AbortSignal): Promise<Observed['published']> {
  const [ipv4, ipv6] = await Promise.all([fetchList(lists.ipv4, signal), fetchList(lists.ipv6, signal)]);
  return {
    ipv4: parseRanges(ipv4, 'ipv4', lists.ipv4),
    ipv6: parseRanges(ipv6, 'ipv6', lists.ipv6),
  };
}

function planRanges({ site, clock }: Context, lists: Lists, observed: Observed): Plan {
  const { known, published: lately, stale } = observed;
  const problems = [...lately.ipv4.problems, ...lately.ipv6.problems, ...staleProblems(site, stale)];
  const now = rangesNow(observed, lists, clock.now());
  if (problems.length > 0 || sorted(known) === sorted(now)) return { changes: [], problems, notes: [] };
  const where = relative('', site.ranges);
  return {
    changes: [
      {
        action: 'change',
        where,
        what: `ranges of ${now.date}`,
        detail: `were of ${known.date}`,
        file: { before: rangesText(known), after: rangesText(now) },
      },
      { action: 'change', where: basename(site.dist), what: 'render anew', detail: 'the ranges stand in it' },
    ],
    problems,
    notes: [afterwards(site, where)],
  };
}

/** What else would be rendered along with the ranges, nobody has reviewed. */
function staleProblems(site: Site, stale: readonly string[]): string[] {
  if (stale.length === 0) return [];
  return [
    `${site.dist}/ is not what ${site.config} renders: ${stale.join(', ')}. Run npm run synth, read git diff dist/, commit both.`,
  ];
}

const sorted = ({ ipv4, ipv6 }: CloudflareRanges) => [...ipv4, ...ipv6].sort().join();

function afterwards(site: Site, ranges: string): string {
  if (loadCluster(site.config).edge.proxyRanges !== undefined) {
    return `edge.proxyRanges of ${site.config} holds in place of Cloudflare's ranges: no host changes by this.`;
  }
  return (
    'What the firewalls change follows once the ranges are written; a dry run does not show it. ' +
    `Commit ${ranges} and ${site.dist}/ afterwards, then zx bootstrap/deploy.mjs. ` +
    "Until then Traefik does not believe what new ranges say of visitors' addresses."
  );
}

function rangesNow({ published: { ipv4, ipv6 } }: Observed, lists: Lists, now: number): CloudflareRanges {
  return {
    source: `${lists.ipv4} and ${lists.ipv6}`,
    date: new Date(now).toISOString().slice(0, 10),
    ipv4: ipv4.ranges,
    ipv6: ipv6.ranges,
  };
}
