import { basename } from 'node:path';
import type { Node } from '../../../config/schema.ts';
import { applyCloud } from '../cloud/apply.ts';
import type { CloudChange } from '../cloud/change.ts';
import { findServer, type ObservedCloud } from '../cloud/observed.ts';
import { planCloud } from '../cloud/plan.ts';
import { type NewAddresses, newAddresses } from '../cloud/record-addresses.ts';
import { type WantedCloud, wantedCloud } from '../cloud/wanted.ts';
import type { Context } from '../context.ts';
import type { Change, Plan, Run, Step } from '../frame/step.ts';
import { NotYet, waitFor } from '../frame/wait.ts';
import { demandReviewedManifests, renderDist } from '../synth.ts';
import { differsByAddresses, type StaleText, staleTexts } from './host-texts.ts';
import { forget, forgetChanges } from './pinned-keys.ts';
import { record, recordChange, recordProblems } from './record.ts';
import { answersSsh } from './ssh-answers.ts';

interface Observed {
  readonly cloud: ObservedCloud;
  readonly stale: readonly StaleText[];
  /** Nodes with an address at which no ssh answers. */
  readonly silent: readonly string[];
}

/**
 * The step `servers` for provider hetzner: servers and what they share, made or adopted; their addresses recorded in
 * cluster.yaml; ssh answering on each.
 * @param answers tells whether ssh answers at an address
 */
export function hetznerStep(context: Context, answers = answersSsh): Step<Observed, Change> {
  const { site } = context;
  const wanted = () => wantedCloud(site.cluster(), context.operator().publicKey);
  return {
    name: 'servers',
    title: 'servers at Hetzner',
    observe: async () => {
      const [cloud, silent] = await Promise.all([context.cloud.take(), silentNodes(context, answers)]);
      return { cloud, silent, stale: staleTexts(site) };
    },
    plan: (observed) => planServers(context, observed, planCloud(observed.cloud, wanted())),
    apply: async (changes, { cloud }, run) => {
      const own = changes.filter(isCloudChange);
      const renders = changes.some(({ what }) => what === RENDER);
      // Before a server is made, and again before dist/ is written: what is rendered is for the eyes alone.
      if (renders) await demandReviewedManifests(site);
      forget(site, missing(cloud, wanted()));
      if (own.length > 0) await applyCloud(context.hcloud(), wanted(), own, cloud, run);
      const now = own.length > 0 ? await context.cloud.take() : cloud;
      const found = newAddresses(now, wanted());
      for (const { alias } of found) run.say(`recording the public addresses of ${alias}`);
      record(site, found);
      if (renders) {
        await demandReviewedManifests(site);
        await renderDist(site);
      }
      await waitForSsh(context, answers, run);
    },
  };
}

/** Nodes without a server. */
const missing = (cloud: ObservedCloud, { servers }: WantedCloud) =>
  servers.filter((node) => !findServer(cloud, node)).map(({ alias }) => alias);

const isCloudChange = (change: Change): change is CloudChange => 'task' in change;

function planServers(context: Context, { cloud, stale, silent }: Observed, plan: Plan): Plan {
  const { site } = context;
  const wanted = wantedCloud(site.cluster(), context.operator().publicKey);
  const found = newAddresses(cloud, wanted);
  const gone = missing(cloud, wanted);
  const expected = wanted.servers
    .filter((node) => gone.includes(node.alias) && !(node.publicIPv4 && node.publicIPv6))
    .map(({ alias }) => alias);
  const records = recordChange(site, found, expected);
  return {
    changes: [
      ...forgetChanges(site, gone),
      ...plan.changes,
      ...records,
      ...distChange(context, stale, found, expected),
      ...silent.map(
        (alias): Change => ({ action: 'start', where: alias, what: 'ssh', detail: 'wait until it answers' }),
      ),
    ],
    problems: [...plan.problems, ...recordProblems(site, [...found.map(({ alias }) => alias), ...expected])],
    notes: plan.notes,
  };
}

const RENDER = 'render the texts of the hosts anew';

/** Addresses stand in dist/hosts/ too. What else is stale there is for a reviewer, not for this step. */
function distChange(
  { site }: Context,
  stale: readonly StaleText[],
  found: readonly NewAddresses[],
  expected: readonly string[],
): Change[] {
  const unrendered = stale.filter((text) => differsByAddresses(text, site.cluster()));
  if (found.length + expected.length + unrendered.length === 0) return [];
  return [
    {
      action: 'change',
      where: basename(site.dist),
      what: RENDER,
      detail: 'the addresses stand there too; no manifest changes',
    },
  ];
}

/** A server that is only just up, as after a run that was cut off, has an address and no ssh yet. */
async function silentNodes(context: Context, answers: typeof answersSsh): Promise<string[]> {
  const asked = context.cluster().nodes.map(async ({ alias, publicIPv4 }: Node) => {
    return publicIPv4 === undefined || (await answers(publicIPv4)) ? [] : [alias];
  });
  return (await Promise.all(asked)).flat();
}

/** Milliseconds; longer than any first boot seen. */
const SSH_DEADLINE = 5 * 60_000;

async function waitForSsh(context: Context, answers: typeof answersSsh, run: Run): Promise<void> {
  run.say('waiting for ssh on the servers');
  await waitFor({
    what: 'ssh on the servers',
    deadline: SSH_DEADLINE,
    advice:
      'See the servers in the Hetzner console, also by their own console, and that your address is in firewall.ssh of cluster.yaml. Then run the same command again.',
    clock: run.clock,
    signal: run.signal,
    look: async () => {
      const silent = await silentNodes(context, answers);
      if (silent.length === 0) return true;
      throw new NotYet(`no ssh on ${silent.join(', ')}`);
    },
  });
}
