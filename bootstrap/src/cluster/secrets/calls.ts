import type { SecretName } from '../../../../config/secrets.ts';
import { secrets } from '../../../../config/secrets.ts';
import type { KubectlCall } from '../kubectl.ts';
import { applyObjects, managers } from '../kubectl-calls.ts';
import { type KubeObject, LAST_APPLIED } from '../object.ts';
import { LAST_ROTATED, RESTART_PENDING } from './annotations.ts';
import type { WantedSecret } from './wanted.ts';

/** A Secret with its values, and who has to start anew because of them. */
export interface Setting {
  readonly secret: WantedSecret;
  readonly restart: readonly string[];
}

/** Writes Secrets: all of their values, by standard input. @param now ISO time */
export function setValues(settings: readonly Setting[], now: string): KubectlCall {
  const items = settings.map((setting) => manifest(setting, now));
  return applyObjects(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }), managers.secrets);
}

function manifest({ secret, restart }: Setting, now: string): KubeObject {
  const { name, namespace, type, values } = secret;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace,
      // The others have theirs from dist/.
      ...(type !== 'Opaque' && { labels: labels(name) }),
      annotations: {
        [LAST_ROTATED]: now,
        ...(restart.length > 0 && { [RESTART_PENDING]: restart.join(',') }),
      },
    },
    type,
    // Never stringData: a key that is left out of it later would stay for ever.
    data: Object.fromEntries(
      [...values].map(([key, value]) => [key, Buffer.from(value.reveal()).toString('base64')]),
    ),
  };
}

function labels(name: SecretName): Record<string, string> {
  return {
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/instance': name,
    'app.kubernetes.io/part-of': 'honeydue',
    'app.kubernetes.io/managed-by': 'bootstrap',
  };
}

/** Removes keys whoever set them; those that are not there any more are no mistake. */
export function removeKeys(name: SecretName, keys: readonly string[]): KubectlCall {
  const patch = { data: Object.fromEntries(keys.map((key) => [key, null])) };
  return {
    words: ['patch', ...located(name), '--type', 'merge', '--patch', JSON.stringify(patch), ...asSecrets],
  };
}

/** The copy goes before values are written: kubectl would take over, and then drop, what dist/ says of the Secret. */
export function removeCopy(name: SecretName): KubectlCall {
  return { words: ['annotate', ...located(name), `${LAST_APPLIED}-`, ...asSecrets] };
}

export function nothingPending(name: SecretName): KubectlCall {
  return { words: ['annotate', ...located(name), `${RESTART_PENDING}-`, ...asSecrets] };
}

const located = (name: SecretName) => ['secret', name, '-n', secrets[name].namespace];
const asSecrets = ['--field-manager', managers.secrets];
