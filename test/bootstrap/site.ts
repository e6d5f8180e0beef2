import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Context, makeContext } from '../../bootstrap/src/context.ts';
import { realClock } from '../../bootstrap/src/frame/clock.ts';
import type { Setup } from '../../bootstrap/src/frame/main.ts';
import type { Step } from '../../bootstrap/src/frame/step.ts';
import type { Redact } from '../../bootstrap/src/secrets/redact.ts';
import { openSite } from '../../bootstrap/src/site.ts';
import { renderDist } from '../../bootstrap/src/synth.ts';
import { clusterText } from '../clusters.ts';
import { publicKey } from './cloud.ts';

/** A deployment in a folder of its own, and the world that its steps see. */
export interface TestSite {
  readonly folder: string;
  readonly config: string;
  /** A context as that of one run; each run looks anew. */
  context(change?: Partial<Setup>): Context;
  /** Environment of the steps; tests add to it. */
  readonly env: NodeJS.ProcessEnv;
  /** What the steps have asked to be blacked out. */
  redact: Redact;
}

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** The real cluster before the provider has given addresses. */
export const withoutAddresses = (text: string) => text.replace(/ {4}publicIPv[46]: .*\n/g, '');

/**
 * A folder with cluster.yaml, its dist/ and an operator's key.
 * @param edit of the real cluster.yaml
 */
export async function testSite(edit: (text: string) => string = withoutAddresses): Promise<TestSite> {
  const folder = mkdtempSync(join(tmpdir(), 'site-'));
  folders.push(folder);
  const config = join(folder, 'cluster.yaml');
  writeFileSync(config, edit(clusterText));
  const identity = join(folder, 'id');
  writeFileSync(identity, 'not a key: nothing logs in with it\n');
  writeFileSync(`${identity}.pub`, `${publicKey}\n`);
  await renderDist(openSite(config));
  const site: TestSite = {
    folder,
    config,
    env: { HONEYDUE_SSH_KEY: identity, HOME: folder },
    redact: (text) => text,
    context: (change = {}) => {
      const flags = {
        dryRun: false,
        only: undefined,
        config,
        yes: true,
        json: false,
        help: false,
        own: [],
        named: [],
      };
      const setRedact = (redact: Redact) => {
        site.redact = redact;
      };
      const { signal } = new AbortController();
      const setup = { flags, clock: realClock, signal, say: () => {}, setRedact, ...change };
      return makeContext(setup, site.env);
    },
  };
  return site;
}

/** What a step would do. */
export async function planOf<T>(step: Step<T>, context: Context) {
  return step.plan(await step.observe(context));
}

/** What the frame does with a step that has no problems. @returns what was planned */
export async function runStep<T>(step: Step<T>, context: Context) {
  const observed = await step.observe(context);
  const plan = step.plan(observed);
  if (plan.problems.length > 0) throw new Error(plan.problems.join('\n'));
  if (plan.changes.length > 0) await step.apply(plan.changes, observed, context);
  return plan;
}

export const read = (...path: string[]) => readFileSync(join(...path), 'utf8');
