import type { Workload } from '../../../../config/names.ts';
import { allSecretKeys, type SecretName, secrets } from '../../../../config/secrets.ts';
import type { Change, Plan } from '../../frame/step.ts';
import { type KubeObject, objectName } from '../object.ts';
import type { LiveSecret, ObservedSecrets } from './observe.ts';
import { knownKeys, type WantedSecret } from './wanted.ts';

export interface SecretsChange extends Change {
  readonly task: SecretsTask;
}

export type SecretsTask =
  | { readonly kind: 'create-namespace'; readonly namespace: KubeObject }
  | { readonly kind: 'remove-copy'; readonly secret: SecretName }
  | {
      readonly kind: 'set-values';
      readonly secret: WantedSecret;
      readonly removed: readonly string[];
      /** Existing readers of what changes. */
      readonly restart: readonly string[];
    }
  | { readonly kind: 'restart'; readonly workload: KubeObject };

/** Compares by keys and values; what it says holds keys only. */
export function planSecrets(
  observed: ObservedSecrets,
  wanted: readonly WantedSecret[],
  namespaces: readonly KubeObject[],
): Plan<SecretsChange> {
  const compared = wanted.map((secret) =>
    compareSecret(secret, liveOf(secret.name, observed), observed.workloads),
  );
  const setting = compared.flatMap(({ change }) => (change ? [change] : []));
  return {
    changes: [
      ...namespaces
        .filter(({ metadata }) => !observed.namespaces.includes(metadata.name))
        .map(
          (namespace): SecretsChange => ({
            ...inCluster('create', objectName(namespace), 'as in dist/'),
            task: { kind: 'create-namespace', namespace },
          }),
        ),
      ...observed.secrets.filter(({ hasCopy }) => hasCopy).map(removeCopy),
      ...setting,
      ...restarts(observed, setting),
    ],
    problems: compared.flatMap(({ problem }) => (problem === undefined ? [] : [problem])),
    notes: observed.secrets.flatMap(foreignKeys),
  };
}

const inCluster = (action: Change['action'], what: string, detail: string) =>
  ({ action, where: 'cluster', what, detail }) as const;

const secretName = (name: SecretName) => `Secret ${secrets[name].namespace}/${name}`;

function liveOf(name: SecretName, observed: ObservedSecrets): LiveSecret | undefined {
  return observed.secrets.find((live) => live.name === name);
}

interface Compared {
  readonly change?: SecretsChange;
  readonly problem?: string;
}

function compareSecret(
  wanted: WantedSecret,
  live: LiveSecret | undefined,
  workloads: readonly KubeObject[],
): Compared {
  const what = secretName(wanted.name);
  if (live && live.type !== wanted.type) {
    const remedy = `kubectl -n ${wanted.namespace} delete secret ${wanted.name}`;
    return {
      problem: `${what} has the type ${live.type}, and needs ${wanted.type}, which cannot be changed. Delete it (${remedy}), then run this again at once: what reads it waits for it.`,
    };
  }
  const { added, changed, removed } = keyChanges(wanted, live);
  if (added.length + changed.length + removed.length === 0) return {};
  const restart = readersOf(wanted.name, [...added, ...changed, ...removed], workloads);
  const words = [said('adds', added), said('changes', changed), said('removes', removed)];
  return {
    change: {
      ...inCluster(live ? 'change' : 'create', what, words.filter((text) => text !== '').join('; ')),
      task: { kind: 'set-values', secret: wanted, removed, restart },
    },
  };
}

const said = (verb: string, keys: readonly string[]) => (keys.length > 0 ? `${verb} ${keys.join(', ')}` : '');

function keyChanges({ name, values }: WantedSecret, live: LiveSecret | undefined) {
  const has = (key: string) => live?.values.get(key)?.reveal();
  const keys = [...values.keys()];
  return {
    added: keys.filter((key) => has(key) === undefined),
    changed: keys.filter((key) => has(key) !== undefined && has(key) !== values.get(key)?.reveal()),
    removed: knownKeys(name).filter((key) => !values.has(key) && has(key) !== undefined),
  };
}

/** vmagent reads its token from a file before each request (V-2). */
const READS_AGAIN: readonly Workload[] = ['vmagent'];

/** Names of the workloads whose pods hold values of these keys until they start anew. */
function readersOf(secret: SecretName, keys: readonly string[], workloads: readonly KubeObject[]): string[] {
  const readers = allSecretKeys
    .filter((one) => one.secret === secret && keys.includes(one.key))
    .flatMap((one) => one.readers)
    .filter((reader) => reader !== 'kubelet' && !READS_AGAIN.includes(reader));
  return workloads
    .filter(({ metadata }) => readers.includes(metadata.name as Workload))
    .filter((workload) => mentions(workload, secret))
    .map(({ metadata }) => metadata.name);
}

/** One that will read a Secret only after the next deployment, as Traefik its first certificate, goes on as it is. */
function mentions({ spec }: KubeObject, secret: SecretName): boolean {
  return JSON.stringify(spec).includes(JSON.stringify(secret));
}

/** Those of changed values, and those that an earlier run left behind. */
function restarts(
  { secrets: live, workloads }: ObservedSecrets,
  setting: readonly SecretsChange[],
): SecretsChange[] {
  const now = setting.flatMap(({ task }) => (task.kind === 'set-values' ? task.restart : []));
  const before = live.flatMap(({ restartPending }) => restartPending);
  return workloads
    .filter(({ metadata }) => now.includes(metadata.name) || before.includes(metadata.name))
    .map((workload) => ({
      ...inCluster(
        'restart',
        objectName(workload),
        now.includes(workload.metadata.name) ? 'reads what changes' : 'an earlier run changed what it reads',
      ),
      task: { kind: 'restart', workload },
    }));
}

function removeCopy({ name }: LiveSecret): SecretsChange {
  return {
    ...inCluster('change', secretName(name), 'removes the copy that kubectl apply left in an annotation'),
    task: { kind: 'remove-copy', secret: name },
  };
}

function foreignKeys({ name, values }: LiveSecret): string[] {
  const known = knownKeys(name);
  const foreign = [...values.keys()].filter((key) => !known.includes(key));
  return foreign.length === 0
    ? []
    : [
        `${secretName(name)} also holds ${foreign.join(', ')}, which this project does not know and leaves alone.`,
      ];
}
