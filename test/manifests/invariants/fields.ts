import { identity } from '../../../synth/compare.ts';
import { containerOf, controllerOf, one, podOf } from '../find.ts';
import { broken, type Invariant } from '../invariant.ts';
import { isCanonical } from '../quantity.ts';
import { schemaErrors } from '../schema.ts';
import { allPlaces, keyOf, type Place } from '../walk.ts';

/** What every field must be, whatever object it is in. */

/** Words that a field may hold. The schema calls them all strings; the API server refuses others. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  imagePullPolicy: ['Always', 'IfNotPresent', 'Never'],
  protocol: ['TCP', 'UDP', 'SCTP'],
  dnsPolicy: ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'],
  restartPolicy: ['Always', 'OnFailure', 'Never'],
  whenUnsatisfiable: ['ScheduleAnyway', 'DoNotSchedule'],
  effect: ['NoSchedule', 'PreferNoSchedule', 'NoExecute'],
  operator: ['Exists', 'Equal', 'In', 'NotIn', 'DoesNotExist'],
  unhealthyPodEvictionPolicy: ['AlwaysAllow', 'IfHealthyBudget'],
  preemptionPolicy: ['Never', 'PreemptLowerPriority'],
  reclaimPolicy: ['Retain', 'Delete'],
  volumeBindingMode: ['WaitForFirstConsumer', 'Immediate'],
  whenDeleted: ['Retain', 'Delete'],
  whenScaled: ['Retain', 'Delete'],
  trafficDistribution: ['PreferClose', 'PreferSameZone', 'PreferSameNode'],
  accessModes: ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'],
  policyTypes: ['Ingress', 'Egress'],
};

/** Fields that are quantities, by the field that holds them. */
const QUANTITY_PARENTS = ['requests', 'limits', 'hard', 'max', 'min', 'default', 'defaultRequest'];

const isContent = ({ path }: Place) =>
  path[0] === 'data' ||
  path.includes('annotations') ||
  path.includes('labels') ||
  path.includes('matchLabels');

function isQuantity({ path, value }: Place): boolean {
  const parent = path.at(-2) ?? '';
  return (
    (typeof value === 'string' || typeof value === 'number') &&
    (QUANTITY_PARENTS.includes(parent) || path.at(-1) === 'sizeLimit')
  );
}

/** An empty selector means everything, and here it is meant. */
const isEmptyOnPurpose = ({ path }: Place) => path.join('.') === 'spec.podSelector';

function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

export const fieldInvariants: readonly Invariant[] = [
  {
    name: 'schema-1.34',
    why: 'A misspelt field (`replica: 2`) is dropped by the API server without a word, and a wrong type stops the apply halfway.',
    controls: [],
    check: (objects) => objects.flatMap((o) => schemaErrors(o).map((error) => `${identity(o)}: ${error}`)),
    breaks: [
      broken((objects) => Object.assign(controllerOf(objects, 'api').spec, { replica: 2 })),
      broken((objects) => Object.assign(containerOf(objects, 'worker'), { args: [1] })),
      broken((objects) => Object.assign(controllerOf(objects, 'api').spec, { strategy: null })),
      broken((objects) => Object.assign(controllerOf(objects, 'api'), { apiVersion: 'extensions/v1beta1' })),
    ],
  },
  {
    name: 'known-words',
    why: 'The schema has no enumerations: `imagePullPolicy: Sometimes` passes it and is refused by the API server.',
    controls: [],
    check: (objects) =>
      allPlaces(objects)
        .filter((place) => typeof place.value === 'string' && !isContent(place))
        .flatMap((place) => {
          const words = WORDS[keyOf(place)];
          const bad = words && !words.includes(String(place.value));
          return bad ? [`${place.where} is ${place.value}; allowed: ${words.join(', ')}`] : [];
        }),
    breaks: [
      broken((objects) => Object.assign(containerOf(objects, 'api'), { imagePullPolicy: 'Sometimes' })),
      broken((objects) =>
        Object.assign(one(objects, 'NetworkPolicy', 'api').spec, { policyTypes: ['ingress'] }),
      ),
    ],
  },
  {
    name: 'canonical-quantities',
    why: 'The API server keeps `1000m` as `1`: written otherwise, a second apply or a diff shows a change that is none.',
    controls: [],
    check: (objects) =>
      allPlaces(objects)
        .filter((place) => isQuantity(place) && !isCanonical(String(place.value)))
        .map(({ where, value }) => `${where} is ${JSON.stringify(value)}`),
    breaks: [
      broken((objects) =>
        Object.assign(containerOf(objects, 'api').resources?.limits ?? {}, { cpu: '2000m' }),
      ),
      broken((objects) =>
        Object.assign(containerOf(objects, 'api').resources?.limits ?? {}, { memory: '64MB!' }),
      ),
      broken((objects) =>
        Object.assign(one(objects, 'ResourceQuota', 'quota').spec.hard, { pods: '1024Mi' }),
      ),
    ],
  },
  {
    name: 'ports-in-range',
    why: 'The schema calls a port any number: 80800 passes it, and a name over 15 characters is refused by the API server.',
    controls: [],
    check: (objects) =>
      allPlaces(objects)
        .filter((place) =>
          /^(containerPort|hostPort|port|targetPort|nodePort|endPort)$/.test(place.path.at(-1) ?? ''),
        )
        .filter((place) => place.path[0] !== 'data' && !isPort(place.value))
        .map(({ where, value }) => `${where} is ${JSON.stringify(value)}`),
    breaks: [
      broken((objects) =>
        Object.assign(containerOf(objects, 'api').ports?.[0] ?? {}, { containerPort: 80800 }),
      ),
      broken((objects) =>
        Object.assign(one(objects, 'Service', 'api').spec.ports[0] ?? {}, { targetPort: '8000' }),
      ),
    ],
  },
  {
    name: 'no-empty-values',
    why: 'An empty object where a value was meant (`rollingUpdate: {}`) and null both take Kubernetes’ default without a word.',
    controls: [],
    check: (objects) =>
      allPlaces(objects)
        .filter((place) => isNothing(place.value) && !isEmptyOnPurpose(place))
        .map(({ where, value }) => `${where} is ${JSON.stringify(value)}`),
    breaks: [
      broken((objects) =>
        Object.assign(controllerOf(objects, 'api').spec, { strategy: { rollingUpdate: {} } }),
      ),
      broken((objects) => Object.assign(podOf(objects, 'worker').spec, { nodeSelector: null })),
      broken((objects) =>
        Object.assign(one(objects, 'ConfigMap', 'honeydue-config').data ?? {}, { DEBUG: '' }),
      ),
    ],
  },
  {
    name: 'no-octal-strings',
    why: '`0o400` is a number in YAML 1.2 and a string in the YAML 1.1 that kubectl reads.',
    controls: [],
    check: (objects) =>
      allPlaces(objects)
        .filter(({ value }) => typeof value === 'string' && /^0o[0-7]+$/.test(value))
        .map(({ where, value }) => `${where} is ${value}`),
    breaks: [
      broken((objects) => {
        const volume = podOf(objects, 'redis').spec.volumes?.find(({ secret }) => secret);
        Object.assign(volume?.secret ?? {}, { defaultMode: '0o400' });
      }),
    ],
  },
  {
    name: 'nothing-of-the-server',
    why: 'status, uid or last-applied in a manifest fight with the API server at every apply.',
    controls: [],
    check: (objects) =>
      objects.flatMap((object) => {
        const own = ['status'].filter((key) => key in object);
        const meta = [
          ...Object.keys(object.metadata),
          ...Object.keys(object.metadata.annotations ?? {}),
        ].filter((key) =>
          /^(uid|resourceVersion|generation|creationTimestamp|managedFields)$|last-applied/.test(key),
        );
        return [...own, ...meta].map((key) => `${identity(object)} has ${key}`);
      }),
    breaks: [
      broken((objects) => Object.assign(controllerOf(objects, 'api'), { status: { replicas: 3 } })),
      broken((objects) => Object.assign(controllerOf(objects, 'api').metadata, { resourceVersion: '1' })),
    ],
  },
];

function isPort(value: unknown): boolean {
  if (typeof value === 'string') return /^(?=.*[a-z])[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?$/.test(value);
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535;
}
