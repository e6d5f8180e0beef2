import { identity } from '../../../synth/compare.ts';
import type { Manifest } from '../../../synth/render.ts';
import { allPods, controllerOf, controllers, one, podOf } from '../find.ts';
import { broken, type Invariant } from '../invariant.ts';
import { allPlaces } from '../walk.ts';

/** Identity of objects: names, namespaces, labels, and the order in which they are applied. */

const CLUSTER_SCOPED = ['Namespace', 'PriorityClass', 'StorageClass', 'ClusterRole', 'ClusterRoleBinding'];

/** Kinds whose name becomes a label or a host name, so at most 63 characters without dots. */
const LABEL_NAMES = ['Namespace', 'Service', 'StatefulSet', 'Deployment', 'DaemonSet'];
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
const LABEL_VALUE = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

/** Ends of names that cdk8s makes from construct paths. */
const HASH = /-c[0-9a-f]{7}$/;

/** What Polaris, kubectl and people look for. */
const LABELS = ['name', 'instance', 'part-of', 'managed-by'].map((name) => `app.kubernetes.io/${name}`);

/** The objects that must exist before an object is applied, as far as dist/ makes them. */
function prerequisites(object: Manifest): string[] {
  const { namespace } = object.metadata;
  const inNamespace = (kind: string, name: string) => `${kind} ${namespace}/${name}`;
  const pods = allPods([object]).flatMap(({ template: { spec } }) => [
    ...(spec.serviceAccountName ? [inNamespace('ServiceAccount', spec.serviceAccountName)] : []),
    ...(spec.priorityClassName ? [`PriorityClass ${spec.priorityClassName}`] : []),
    ...(spec.volumes ?? []).flatMap((v) => (v.configMap ? [inNamespace('ConfigMap', v.configMap.name)] : [])),
    ...spec.containers.flatMap(({ envFrom = [] }) =>
      envFrom.flatMap((e) => (e.configMapRef ? [inNamespace('ConfigMap', e.configMapRef.name)] : [])),
    ),
    inNamespace('NetworkPolicy', 'default-deny'),
    inNamespace('ResourceQuota', 'quota'),
  ]);
  return [...(namespace ? [`Namespace ${namespace}`] : []), ...pods];
}

export const nameInvariants: readonly Invariant[] = [
  {
    name: 'unique-objects',
    why: 'Of two objects with one name the second silently replaces the first.',
    controls: [],
    check: (objects) => {
      const ids = objects.map(identity);
      return ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `${id} is there twice`);
    },
    breaks: [broken((objects) => objects.push(structuredClone(one(objects, 'Service', 'api'))))],
  },
  {
    name: 'namespace-given',
    why: 'An object without a namespace lands in that of the operator’s current context.',
    controls: [],
    check: (objects) => {
      const declared = objects
        .filter(({ kind }) => kind === 'Namespace')
        .map(({ metadata }) => metadata.name);
      return objects.flatMap((object) => {
        const { namespace } = object.metadata;
        if (CLUSTER_SCOPED.includes(object.kind)) {
          return namespace ? [`${identity(object)}: ${object.kind} has no namespace`] : [];
        }
        return namespace && declared.includes(namespace)
          ? []
          : [`${identity(object)}: its namespace must be one of ${declared.join(', ')}`];
      });
    },
    breaks: [
      broken((objects) => {
        delete one(objects, 'ConfigMap', 'honeydue-config').metadata.namespace;
      }),
      broken((objects) => Object.assign(one(objects, 'Namespace', 'traefik').metadata, { namespace: 'x' })),
      broken((objects) => Object.assign(one(objects, 'Service', 'api').metadata, { namespace: 'default' })),
    ],
  },
  {
    name: 'dns-names',
    why: 'A name such as Api_1 passes the schema and is refused by the API server halfway through an apply.',
    controls: [],
    check: (objects) => [
      ...objects
        .filter(({ kind, metadata }) => !(LABEL_NAMES.includes(kind) ? LABEL : SUBDOMAIN).test(metadata.name))
        .map((object) => `${identity(object)}: not a DNS name`),
      ...allPods(objects).flatMap(({ id, template: { spec } }) =>
        [...spec.containers, ...(spec.volumes ?? [])]
          .filter(({ name }, i, all) => !LABEL.test(name) || duplicate(all, i))
          .map(({ name }) => `${id}: ${name} is not a DNS label of its own`),
      ),
      ...allPlaces(objects)
        .filter(
          ({ path, value }) => /^(labels|matchLabels)$/.test(path.at(-2) ?? '') && typeof value === 'string',
        )
        .filter(({ value }) => !LABEL_VALUE.test(String(value)))
        .map(({ where, value }) => `${where}: ${value} is not a label value`),
    ],
    breaks: [
      broken((objects) => Object.assign(controllerOf(objects, 'api').metadata, { name: 'Api_1' })),
      broken((objects) => {
        const { containers } = podOf(objects, 'worker').spec;
        containers.push(...structuredClone(containers));
      }),
      broken((objects) => Object.assign(podOf(objects, 'api').metadata?.labels ?? {}, { note: 'two words' })),
    ],
  },
  {
    name: 'no-hashed-names',
    why: 'Names and selectors made from construct paths change when a construct is renamed, and the API server makes new objects.',
    controls: [],
    check: (objects) => [
      ...objects
        .filter(({ metadata }) => HASH.test(metadata.name))
        .map((o) => `${identity(o)} ends in a hash`),
      ...allPlaces(objects)
        .filter(({ path }) => path.at(-1)?.startsWith('cdk8s.io/'))
        .map(({ where }) => where),
    ],
    breaks: [
      broken((objects) => Object.assign(one(objects, 'Service', 'api').metadata, { name: 'api-c8d2f3a1' })),
      broken((objects) =>
        Object.assign(controllerOf(objects, 'api').spec.selector.matchLabels ?? {}, {
          'cdk8s.io/metadata.addr': 'c8d2f3a1',
        }),
      ),
    ],
  },
  {
    name: 'recommended-labels',
    why: 'Objects are found by these labels, and Polaris asks that `instance` equals the name of the controller.',
    controls: [],
    check: (objects) => [
      ...objects.flatMap((object) =>
        LABELS.filter((label) => !object.metadata.labels?.[label]).map(
          (label) => `${identity(object)} lacks ${label}`,
        ),
      ),
      ...controllers(objects)
        .filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/instance'] !== metadata.name)
        .map((object) => `${identity(object)}: app.kubernetes.io/instance is not its name`),
    ],
    breaks: [
      broken((objects) => {
        delete one(objects, 'ConfigMap', 'honeydue-config').metadata.labels;
      }),
      broken((objects) =>
        Object.assign(controllerOf(objects, 'api').metadata.labels ?? {}, {
          'app.kubernetes.io/instance': 'x',
        }),
      ),
    ],
  },
  {
    name: 'selector-is-one-label',
    why: 'A selector can never change, so it holds one label that never will; it must match its own pods and nobody else’s.',
    controls: [],
    check: (objects) =>
      controllers(objects).flatMap((object) => {
        const selector = Object.entries(object.spec.selector.matchLabels ?? {});
        const [[key, value] = []] = selector;
        const own =
          key === 'app.kubernetes.io/name' && selector.length === 1 && value === object.metadata.name;
        const labels = object.spec.template.metadata?.labels ?? {};
        return [
          ...(own
            ? []
            : [`${identity(object)}: its selector is not app.kubernetes.io/name: ${object.metadata.name}`]),
          ...(key && labels[key] === value ? [] : [`${identity(object)}: its selector misses its own pods`]),
        ];
      }),
    breaks: [
      broken((objects) =>
        Object.assign(controllerOf(objects, 'api').spec.selector.matchLabels ?? {}, { tier: 'x' }),
      ),
      broken((objects) => {
        delete podOf(objects, 'api').metadata?.labels?.['app.kubernetes.io/name'];
      }),
    ],
  },
  {
    name: 'applied-in-one-pass',
    why: 'kubectl applies in the order of dist/: a pod before its account, quota or default deny is refused, or starts unguarded.',
    controls: ['Z-8'],
    check: (objects) => {
      const ids = objects.map(identity);
      return objects.flatMap((object, i) =>
        prerequisites(object)
          .filter((id) => !ids.slice(0, i).includes(id))
          .map((id) => `${identity(object)} comes before ${id}`),
      );
    },
    breaks: [
      broken((objects) => {
        objects.push(...objects.splice(0, 1));
      }),
      broken((objects) => {
        const at = objects.indexOf(one(objects, 'ServiceAccount', 'api'));
        objects.push(...objects.splice(at, 1));
      }),
    ],
  },
  {
    name: 'no-custom-resources',
    why: 'A custom resource needs its definition first, and one `kubectl apply -f dist` on an empty cluster would fail.',
    controls: ['Z-8'],
    check: (objects) =>
      objects
        .filter(
          ({ apiVersion }) => apiVersion.includes('.') && !/^[a-z]+(\.k8s\.io)?\/v\d+$/.test(apiVersion),
        )
        .map((object) => `${identity(object)} is of ${object.apiVersion}`),
    breaks: [
      broken((objects) => {
        const metadata = { name: 'admin', namespace: 'honeydue' };
        objects.push({ apiVersion: 'traefik.io/v1alpha1', kind: 'IngressRoute', metadata });
      }),
    ],
  },
];

function duplicate(all: readonly { name: string; image?: string }[], i: number): boolean {
  const of = (item?: { image?: string }) => (item && 'image' in item ? 'container' : 'volume');
  return all.slice(0, i).some((other) => other.name === all[i]?.name && of(other) === of(all[i]));
}
