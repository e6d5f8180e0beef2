import type { SecretName } from '../../../../config/secrets.ts';
import type { Context } from '../../context.ts';
import type { Run, Step } from '../../frame/step.ts';
import type { ProdEnv } from '../../secrets/prod-env.ts';
import { readDist, workloadsIn } from '../dist.ts';
import type { Kubectl } from '../kubectl.ts';
import { applyObjects, managers, restart } from '../kubectl-calls.ts';
import type { KubeObject } from '../object.ts';
import { watchRollouts } from '../rollout/watch.ts';
import { nothingPending, removeCopy, removeKeys, setValues } from './calls.ts';
import { type ObservedSecrets, observeSecrets } from './observe.ts';
import { planSecrets, type SecretsChange, type SecretsTask } from './plan.ts';
import { wantedSecrets } from './wanted.ts';

/** The step `secrets`: values of prod.env in the cluster, and only those who read a changed one start anew. */
export function secretsStep({
  kubectl,
  site,
  cluster,
  prodEnv,
}: SecretsContext): Step<ObservedSecrets, SecretsChange> {
  const objects = () => readDist(site.dist).flatMap((file) => file.objects);
  const namespaces = () => objects().filter(({ kind }) => kind === 'Namespace');
  let values: ProdEnv;
  return {
    name: 'secrets',
    title: 'secrets',
    observe: async () => {
      values = await prodEnv();
      return observeSecrets(kubectl, namespaces(), workloadsIn(objects()));
    },
    plan: (observed) => planSecrets(observed, wantedSecrets(cluster(), values), namespaces()),
    apply: (changes, observed, run) => applySecrets(kubectl, changes, observed, run),
  };
}

const RENEW = 'If a new value is wrong, correct it in prod.env and run zx bootstrap/secrets.mjs again.';

type SecretsContext = Pick<Context, 'kubectl' | 'site' | 'cluster' | 'prodEnv'>;

type TaskOf<K extends SecretsTask['kind']> = SecretsTask & { readonly kind: K };

function tasks<K extends SecretsTask['kind']>(changes: readonly SecretsChange[], kind: K): TaskOf<K>[] {
  return changes.map(({ task }) => task).filter((task): task is TaskOf<K> => task.kind === kind);
}

async function applySecrets(
  kubectl: Kubectl,
  changes: readonly SecretsChange[],
  observed: ObservedSecrets,
  run: Run,
): Promise<void> {
  const created = tasks(changes, 'create-namespace').map(({ namespace }) => namespace);
  if (created.length > 0) {
    run.say('creating namespaces');
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: created });
    await kubectl.must(applyObjects(list, managers.apply));
  }
  for (const { secret } of tasks(changes, 'remove-copy')) await kubectl.must(removeCopy(secret));
  run.signal.throwIfAborted();
  await set(kubectl, tasks(changes, 'set-values'), observed, run);
  const restarted = tasks(changes, 'restart').map(({ workload }) => workload);
  if (restarted.length === 0) return;
  await restartTogether(kubectl, restarted, run);
  for (const name of pending(changes, observed)) await kubectl.must(nothingPending(name));
  await watchRollouts(kubectl, restarted, RENEW, run);
}

async function set(
  kubectl: Kubectl,
  settings: readonly TaskOf<'set-values'>[],
  { secrets }: ObservedSecrets,
  { say, clock }: Run,
): Promise<void> {
  if (settings.length === 0) return;
  say('writing values');
  const withPending = settings.map((setting) => {
    const left = secrets.find(({ name }) => name === setting.secret.name)?.restartPending ?? [];
    return { ...setting, restart: [...new Set([...left, ...setting.restart])] };
  });
  await kubectl.must(setValues(withPending, new Date(clock.now()).toISOString()));
  for (const { secret, removed } of settings)
    if (removed.length > 0) await kubectl.must(removeKeys(secret.name, removed));
}

/** All of a namespace in one call: Redis and those who know its password change at the same time. */
async function restartTogether(
  kubectl: Kubectl,
  workloads: readonly KubeObject[],
  { say }: Run,
): Promise<void> {
  for (const namespace of new Set(workloads.map(({ metadata }) => metadata.namespace ?? ''))) {
    const here = workloads.filter(({ metadata }) => metadata.namespace === namespace);
    say(`restarting ${here.map(({ metadata }) => metadata.name).join(', ')}`);
    await kubectl.must(restart(namespace, here));
  }
}

/** The Secrets that name workloads to restart: of this run and of earlier ones. */
function pending(changes: readonly SecretsChange[], { secrets }: ObservedSecrets): SecretName[] {
  const now = tasks(changes, 'set-values').filter((task) => task.restart.length > 0);
  const before = secrets.filter(({ restartPending }) => restartPending.length > 0);
  return [...new Set([...now.map(({ secret }) => secret.name), ...before.map(({ name }) => name)])];
}
