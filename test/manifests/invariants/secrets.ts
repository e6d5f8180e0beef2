import { allSecretKeys, secretKeys } from '../../../config/secrets.ts';
import { identity } from '../../../synth/compare.ts';
import type { Manifest } from '../../../synth/render.ts';
import { allPods, containerOf, containersOf, ofKind, one, type Pods, podOf } from '../find.ts';
import { broken, type Invariant } from '../invariant.ts';

/** Secrets: names and readers are here, values nowhere. */

interface Use {
  readonly reader: string;
  readonly secret: string;
  /** Undefined when the whole Secret is read. */
  readonly key: string | undefined;
  readonly optional: boolean;
  readonly as: 'variable' | 'file';
}

/** Every place where a pod reads a Secret. */
function uses(pods: Pods): Use[] {
  const reader = pods.owner.metadata.name;
  const { spec } = pods.template;
  const variables = containersOf(pods.template).flatMap(({ env = [], envFrom = [] }): Use[] => [
    ...env.flatMap(({ valueFrom }): Use[] => {
      const ref = valueFrom?.secretKeyRef;
      return ref
        ? [{ reader, secret: ref.name, key: ref.key, optional: ref.optional ?? false, as: 'variable' }]
        : [];
    }),
    ...envFrom.flatMap(({ secretRef }): Use[] =>
      secretRef ? [{ reader, secret: secretRef.name, key: undefined, optional: false, as: 'variable' }] : [],
    ),
  ]);
  const files = (spec.volumes ?? []).flatMap(({ secret }): Use[] => {
    if (!secret) return [];
    const keys = secret.items?.map(({ key }) => key) ?? [undefined];
    return keys.map((key) => ({
      reader,
      secret: secret.secretName,
      key,
      optional: secret.optional ?? false,
      as: 'file',
    }));
  });
  return [...variables, ...files];
}

const allUses = (objects: readonly Manifest[]) => allPods(objects).flatMap(uses);

export const secretInvariants: readonly Invariant[] = [
  {
    name: 'secrets-without-data',
    why: 'dist/ is in git; and a typed Secret cannot be empty, so those are made by bootstrap alone.',
    controls: ['S-1', 'S-2'],
    check: (objects) =>
      ofKind(objects, 'Secret').flatMap((secret) => [
        ...['data', 'stringData', 'immutable']
          .filter((key) => key in secret)
          .map((key) => `${identity(secret)} has ${key}`),
        ...(secret.type === 'Opaque' ? [] : [`${identity(secret)} is of type ${secret.type}`]),
      ]),
    breaks: [
      broken((objects) =>
        Object.assign(one(objects, 'Secret', 'honeydue-secrets'), { data: { SECRET_KEY: 'eA==' } }),
      ),
      broken((objects) =>
        Object.assign(one(objects, 'Secret', 'honeydue-secrets'), { type: 'kubernetes.io/tls' }),
      ),
    ],
  },
  {
    name: 'secret-keys-declared-to-readers',
    why: 'A pod that asks for a key nobody fills waits for ever; a key read by one more workload is a key that leaks there.',
    controls: ['S-1', 'S-6'],
    check: (objects, cluster) => {
      const line = (secret: string, key: string | undefined, reader: string) =>
        `${secret}.${key} is read by ${reader}`;
      const declared = secretKeys(cluster).flatMap(({ secret, key, readers }) =>
        readers.filter((reader) => reader !== 'kubelet').map((reader) => line(secret, key, reader)),
      );
      const found = allUses(objects).map(({ secret, key, reader }) => line(secret, key, reader));
      return [
        ...found.filter((use) => !declared.includes(use)).map((use) => `${use}: not declared`),
        ...declared.filter((use) => !found.includes(use)).map((use) => `${use}: declared, and it is not so`),
      ];
    },
    breaks: [
      broken((objects) =>
        containerOf(objects, 'admin').env?.push({
          name: 'SECRET_KEY',
          valueFrom: { secretKeyRef: { name: 'honeydue-secrets', key: 'SECRET_KEY' } },
        }),
      ),
      broken((objects) =>
        containerOf(objects, 'api').envFrom?.push({ secretRef: { name: 'honeydue-secrets' } }),
      ),
      broken((objects) => {
        delete podOf(objects, 'redis').spec.volumes?.find(({ secret }) => secret)?.secret?.items;
      }),
      broken((objects) => {
        const container = containerOf(objects, 'worker');
        container.env = container.env?.filter(({ name }) => name !== 'SECRET_KEY');
      }),
    ],
  },
  {
    name: 'optional-secrets-are-optional',
    why: 'A missing token or key must hold up nothing but what it is for; a required one must hold up the pod.',
    controls: ['S-1', 'O-1', 'O-2'],
    check: (objects) =>
      allUses(objects)
        .filter(({ secret, key, optional }) => {
          const declared = allSecretKeys.find((k) => k.secret === secret && k.key === key);
          return declared !== undefined && declared.required === optional;
        })
        .map(
          ({ reader, secret, key, optional }) =>
            `${reader}: ${secret}.${key} is ${optional ? '' : 'not '}optional`,
        ),
    breaks: [
      broken((objects) => {
        const ref = containerOf(objects, 'api').env?.find(({ name }) => name === 'OBS_TRACES_URL')?.valueFrom;
        delete ref?.secretKeyRef?.optional;
      }),
      broken((objects) => {
        const ref = containerOf(objects, 'api').env?.find(({ name }) => name === 'SECRET_KEY')?.valueFrom;
        Object.assign(ref?.secretKeyRef ?? {}, { optional: true });
      }),
      broken((objects) => {
        delete podOf(objects, 'vmagent').spec.volumes?.find(({ secret }) => secret)?.secret?.optional;
      }),
    ],
  },
  {
    name: 'secrets-declared-in-full',
    why: 'The annotations are how an operator sees in the cluster which keys a Secret is to hold, and who needs them.',
    controls: ['S-1'],
    check: (objects, cluster) =>
      ofKind(objects, 'Secret').flatMap((secret) => {
        const keys = secretKeys(cluster).filter((key) => key.secret === secret.metadata.name);
        const noted = Object.keys(secret.metadata.annotations ?? {}).map((name) =>
          name.replace('honeydue.dev/', ''),
        );
        const wanted = keys.map(({ key }) => key);
        return [
          ...wanted
            .filter((key) => !noted.includes(key))
            .map((key) => `${identity(secret)} does not say ${key}`),
          ...noted.filter((key) => !wanted.includes(key)).map((key) => `${identity(secret)} says ${key}`),
        ];
      }),
    breaks: [
      broken((objects) => {
        delete one(objects, 'Secret', 'honeydue-secrets').metadata.annotations?.['honeydue.dev/SECRET_KEY'];
      }),
    ],
  },
  {
    name: 'secret-objects-exist',
    why: 'An Opaque Secret that a pod reads is declared beside it, so that it is there, and seen, before its values are.',
    controls: ['S-1'],
    check: (objects, cluster) => {
      const made = ofKind(objects, 'Secret').map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
      const byBootstrap = ['traefik/cloudflare-origin-cert', 'honeydue/gitea-credentials'];
      const pods = allPods(objects);
      const read = pods.flatMap((p) => [
        ...uses(p).map(({ secret }) => `${p.namespace}/${secret}`),
        ...(p.template.spec.imagePullSecrets ?? []).map(({ name }) => `${p.namespace}/${name}`),
      ]);
      const known = secretKeys(cluster).map(({ secret }) => secret as string);
      return [...new Set(read)]
        .filter(
          (id) => !made.includes(id) && !(byBootstrap.includes(id) && known.includes(id.split('/')[1] ?? '')),
        )
        .map((id) => `Secret ${id} is declared nowhere`);
    },
    breaks: [
      broken((objects) => objects.splice(objects.indexOf(one(objects, 'Secret', 'honeydue-secrets')), 1)),
      broken((objects) =>
        Object.assign(podOf(objects, 'api').spec, { imagePullSecrets: [{ name: 'ghcr-credentials' }] }),
      ),
    ],
  },
  {
    name: 'secret-files-are-private',
    why: 'A file that others may read, or that a subPath keeps from ever being updated, is half a secret.',
    controls: ['S-7'],
    check: (objects) =>
      allPods(objects).flatMap(({ id, template }) =>
        (template.spec.volumes ?? [])
          .filter(({ secret }) => secret)
          .flatMap(({ name, secret }) => {
            const mounts = containersOf(template).flatMap((c) => c.volumeMounts ?? []);
            const bad = mounts.filter((mount) => mount.name === name && (!mount.readOnly || mount.subPath));
            return [
              ...(secret?.defaultMode === 0o400 ? [] : [`${id}: files of ${name} are not of mode 0400`]),
              ...bad.map(({ mountPath }) => `${id}: ${mountPath} is not read-only, or a subPath`),
            ];
          }),
      ),
    breaks: [
      broken((objects) => {
        const volume = podOf(objects, 'redis').spec.volumes?.find(({ secret }) => secret);
        Object.assign(volume?.secret ?? {}, { defaultMode: 0o444 });
      }),
      broken((objects) => {
        const mount = containerOf(objects, 'vmagent').volumeMounts?.find(({ name }) => name === 'token');
        Object.assign(mount ?? {}, { subPath: 'OBS_INGEST_TOKEN' });
      }),
    ],
  },
  {
    name: 'files-where-variables-are-not-needed',
    why: 'A variable is in every crash dump and child process; Redis, vmagent and Traefik read their secrets from files.',
    controls: ['S-7', 'R-3', 'V-2'],
    check: (objects) =>
      allUses(objects)
        .filter(({ as, reader }) => as === 'variable' && ['redis', 'vmagent', 'traefik'].includes(reader))
        .map(({ reader, key }) => `${reader} reads ${key} from a variable`),
    breaks: [
      broken((objects) =>
        Object.assign(containerOf(objects, 'redis'), {
          env: [
            { name: 'P', valueFrom: { secretKeyRef: { name: 'honeydue-secrets', key: 'REDIS_PASSWORD' } } },
          ],
        }),
      ),
    ],
  },
];
