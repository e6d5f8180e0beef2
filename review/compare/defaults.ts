/**
 * What the API server fills in, by the name of the type: an object that says it and one that leaves it out are the same.
 * Source: the functions SetDefaults_* of Kubernetes 1.34 (pkg/apis/*\/v1/defaults.go), and fields whose zero value is not
 * stored. test/lab/scenarios/45-review.test.ts compares all of dist/ with what a real API server made of it.
 */

type Fields = Readonly<Record<string, unknown>>;
/** Fields that are filled in when they are missing, or a function from what is given to all of it. */
type Defaults = Fields | ((fields: Fields) => Fields);

const core = 'io.k8s.api.core.v1.';
const apps = 'io.k8s.api.apps.v1.';
const WORLD_READABLE = 0o644;

const rollingUpdate = (maxUnavailable: unknown, maxSurge: unknown) => (strategy: Fields) => {
  const { type = 'RollingUpdate', rollingUpdate: given } = strategy;
  const figures = { maxUnavailable, maxSurge, ...(given as Fields | undefined) };
  return type === 'RollingUpdate' ? { type, rollingUpdate: figures } : strategy;
};

const DEFAULTS: Readonly<Record<string, Defaults>> = {
  [`${core}PodSpec`]: {
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
    hostNetwork: false,
    hostPID: false,
    hostIPC: false,
  },
  [`${core}Container`]: (container) => ({
    imagePullPolicy: isLatest(String(container.image)) ? 'Always' : 'IfNotPresent',
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    stdin: false,
    stdinOnce: false,
    tty: false,
    ...container,
  }),
  [`${core}ContainerPort`]: { protocol: 'TCP' },
  [`${core}EnvVar`]: (variable) => (variable.valueFrom === undefined ? { value: '', ...variable } : variable),
  [`${core}ObjectFieldSelector`]: { apiVersion: 'v1' },
  [`${core}VolumeMount`]: { readOnly: false },
  [`${core}Probe`]: {
    failureThreshold: 3,
    initialDelaySeconds: 0,
    periodSeconds: 10,
    successThreshold: 1,
    timeoutSeconds: 1,
  },
  [`${core}HTTPGetAction`]: { path: '/', scheme: 'HTTP' },
  [`${core}ConfigMapVolumeSource`]: { defaultMode: WORLD_READABLE },
  [`${core}SecretVolumeSource`]: { defaultMode: WORLD_READABLE },
  [`${core}DownwardAPIVolumeSource`]: { defaultMode: WORLD_READABLE },
  [`${core}ProjectedVolumeSource`]: { defaultMode: WORLD_READABLE },
  [`${core}PersistentVolumeClaimVolumeSource`]: { readOnly: false },
  [`${core}PersistentVolumeClaimSpec`]: { volumeMode: 'Filesystem' },
  [`${core}Secret`]: { type: 'Opaque' },
  [`${core}ServicePort`]: (port) => ({ protocol: 'TCP', targetPort: port.port, ...port }),
  [`${core}ServiceSpec`]: (service) => ({
    publishNotReadyAddresses: false,
    sessionAffinity: 'None',
    type: 'ClusterIP',
    ...(service.type !== 'ExternalName' && { internalTrafficPolicy: 'Cluster' }),
    ...service,
  }),
  [`${apps}DeploymentSpec`]: {
    minReadySeconds: 0,
    paused: false,
    progressDeadlineSeconds: 600,
    replicas: 1,
    revisionHistoryLimit: 10,
    strategy: {},
  },
  [`${apps}DeploymentStrategy`]: rollingUpdate('25%', '25%'),
  [`${apps}DaemonSetSpec`]: { minReadySeconds: 0, revisionHistoryLimit: 10, updateStrategy: {} },
  [`${apps}DaemonSetUpdateStrategy`]: rollingUpdate(1, 0),
  [`${apps}StatefulSetSpec`]: {
    minReadySeconds: 0,
    persistentVolumeClaimRetentionPolicy: {},
    podManagementPolicy: 'OrderedReady',
    replicas: 1,
    revisionHistoryLimit: 10,
    updateStrategy: {},
  },
  [`${apps}StatefulSetUpdateStrategy`]: (strategy) => {
    const { type, rollingUpdate: given } = strategy;
    if (type !== undefined && given === undefined) return strategy;
    return {
      type: 'RollingUpdate',
      ...strategy,
      rollingUpdate: { partition: 0, ...(given as Fields | undefined) },
    };
  },
  [`${apps}StatefulSetPersistentVolumeClaimRetentionPolicy`]: {
    whenDeleted: 'Retain',
    whenScaled: 'Retain',
  },
  'io.k8s.api.networking.v1.NetworkPolicyPort': { protocol: 'TCP' },
  'io.k8s.api.networking.v1.NetworkPolicySpec': (policy) => ({
    ...policy,
    ...(!isFilled(policy.policyTypes) && {
      policyTypes: isFilled(policy.egress) ? ['Ingress', 'Egress'] : ['Ingress'],
    }),
  }),
  'io.k8s.api.scheduling.v1.PriorityClass': {
    globalDefault: false,
    preemptionPolicy: 'PreemptLowerPriority',
  },
  'io.k8s.api.storage.v1.StorageClass': { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' },
};

/** The fields with what the API server adds to them. */
export function withDefaults(fields: Fields, type: string | undefined): Fields {
  const defaults = type === undefined ? undefined : DEFAULTS[type];
  if (typeof defaults === 'function') return defaults(fields);
  return { ...defaults, ...fields };
}

const isFilled = (list: unknown) => Array.isArray(list) && list.length > 0;

/** True for an image without tag and digest, too. */
function isLatest(image: string): boolean {
  const [name = '', digest] = image.split('@');
  const tag = /:([^:/]+)$/.exec(name)?.[1];
  return tag === 'latest' || (tag === undefined && digest === undefined);
}
