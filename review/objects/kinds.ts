import type { Manifest } from '../../synth/render.ts';

/** Kubernetes objects as kubectl reads them: raw, with every field as uncertain as it is in a file. */

export type Labels = Record<string, string>;
export type Port = number | string;

export interface Probe {
  httpGet?: { path?: string; port: Port; host?: string };
  tcpSocket?: { port: Port; host?: string };
  grpc?: { port: number };
  exec?: { command: string[] };
  periodSeconds?: number;
  timeoutSeconds?: number;
  failureThreshold?: number;
  initialDelaySeconds?: number;
}

export interface LifecycleHandler {
  httpGet?: { host?: string };
  tcpSocket?: { host?: string };
  sleep?: { seconds: number };
  exec?: { command: string[] };
}

interface KeyRef {
  name: string;
  key: string;
  optional?: boolean;
}

export interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: { secretKeyRef?: KeyRef; configMapKeyRef?: KeyRef; fieldRef?: { fieldPath: string } };
}

export interface SecurityContext {
  privileged?: boolean;
  allowPrivilegeEscalation?: boolean;
  readOnlyRootFilesystem?: boolean;
  runAsNonRoot?: boolean;
  runAsUser?: number;
  runAsGroup?: number;
  fsGroup?: number;
  procMount?: string;
  capabilities?: { add?: string[]; drop?: string[] };
  seccompProfile?: { type: string };
  appArmorProfile?: { type: string };
  seLinuxOptions?: { type?: string; user?: string; role?: string };
  windowsOptions?: { hostProcess?: boolean };
  sysctls?: { name: string; value: string }[];
}

export type Amounts = Record<string, string>;

export interface ContainerPort {
  name?: string;
  containerPort: number;
  hostPort?: number;
  protocol?: string;
}

export interface Container {
  name: string;
  image: string;
  imagePullPolicy?: string;
  command?: string[];
  args?: string[];
  env?: EnvVar[];
  envFrom?: { configMapRef?: { name: string }; secretRef?: { name: string } }[];
  ports?: ContainerPort[];
  resources?: { requests?: Amounts; limits?: Amounts };
  securityContext?: SecurityContext;
  startupProbe?: Probe;
  readinessProbe?: Probe;
  livenessProbe?: Probe;
  lifecycle?: { preStop?: LifecycleHandler; postStart?: LifecycleHandler };
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean; subPath?: string }[];
}

export interface KeyToPath {
  key: string;
  path: string;
}

export interface Volume {
  name: string;
  configMap?: { name: string; optional?: boolean; items?: KeyToPath[]; defaultMode?: number };
  secret?: { secretName: string; optional?: boolean; items?: KeyToPath[]; defaultMode?: number };
  emptyDir?: { sizeLimit?: string; medium?: string };
  persistentVolumeClaim?: { claimName: string };
  [type: string]: unknown;
}

export interface Toleration {
  key?: string;
  operator?: string;
  effect?: string;
  tolerationSeconds?: number;
}

export interface LabelSelector {
  matchLabels?: Labels;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

export interface PodSpec {
  containers: Container[];
  initContainers?: Container[];
  ephemeralContainers?: Container[];
  volumes?: Volume[];
  serviceAccountName?: string;
  automountServiceAccountToken?: boolean;
  enableServiceLinks?: boolean;
  priorityClassName?: string;
  hostNetwork?: boolean;
  hostPID?: boolean;
  hostIPC?: boolean;
  dnsPolicy?: string;
  nodeSelector?: Labels;
  securityContext?: SecurityContext;
  imagePullSecrets?: { name: string }[];
  terminationGracePeriodSeconds?: number;
  tolerations?: Toleration[];
  topologySpreadConstraints?: {
    maxSkew: number;
    topologyKey: string;
    whenUnsatisfiable: string;
    labelSelector?: LabelSelector;
    matchLabelKeys?: string[];
  }[];
  affinity?: {
    podAntiAffinity?: {
      preferredDuringSchedulingIgnoredDuringExecution?: {
        weight: number;
        podAffinityTerm: { topologyKey: string; labelSelector?: LabelSelector };
      }[];
      requiredDuringSchedulingIgnoredDuringExecution?: unknown[];
    };
  };
}

export interface PodTemplate {
  metadata?: { labels?: Labels; annotations?: Labels };
  spec: PodSpec;
}

interface Strategy {
  type?: string;
  rollingUpdate?: { maxSurge?: Port; maxUnavailable?: Port };
}

export interface ControllerSpec {
  replicas?: number;
  paused?: boolean;
  selector: LabelSelector;
  template: PodTemplate;
  strategy?: Strategy;
  updateStrategy?: Strategy;
  minReadySeconds?: number;
  progressDeadlineSeconds?: number;
  revisionHistoryLimit?: number;
  serviceName?: string;
  persistentVolumeClaimRetentionPolicy?: { whenDeleted?: string; whenScaled?: string };
  volumeClaimTemplates?: {
    metadata: { name: string };
    spec: { storageClassName?: string; accessModes: string[]; resources: { requests: Amounts } };
  }[];
}

export interface Peer {
  podSelector?: LabelSelector;
  namespaceSelector?: LabelSelector;
  ipBlock?: { cidr: string; except?: string[] };
}

export interface PolicyPort {
  protocol?: string;
  port?: Port;
  endPort?: number;
}

/** The kinds whose fields an invariant looks into. */
export interface Kinds {
  Deployment: { spec: ControllerSpec };
  DaemonSet: { spec: ControllerSpec };
  StatefulSet: { spec: ControllerSpec };
  Service: {
    spec: {
      type?: string;
      clusterIP?: string;
      selector?: Labels;
      trafficDistribution?: string;
      ports: { name?: string; port: number; targetPort?: Port; protocol?: string }[];
    };
  };
  ConfigMap: { data?: Record<string, string>; immutable?: boolean };
  Secret: { type?: string; data?: object; stringData?: object };
  ServiceAccount: { automountServiceAccountToken?: boolean };
  Namespace: object;
  PriorityClass: { value: number; preemptionPolicy?: string; globalDefault?: boolean };
  StorageClass: {
    reclaimPolicy?: string;
    volumeBindingMode?: string;
    provisioner: string;
    allowVolumeExpansion?: boolean;
  };
  PodDisruptionBudget: {
    spec: {
      selector: LabelSelector;
      maxUnavailable?: Port;
      minAvailable?: Port;
      unhealthyPodEvictionPolicy?: string;
    };
  };
  NetworkPolicy: {
    spec: {
      podSelector: LabelSelector;
      policyTypes?: string[];
      ingress?: { from?: Peer[]; ports?: PolicyPort[] }[];
      egress?: { to?: Peer[]; ports?: PolicyPort[] }[];
    };
  };
  ResourceQuota: { spec: { hard: Amounts } };
  LimitRange: { spec: { limits: { type: string; max?: Amounts; default?: Amounts }[] } };
}

export type Kind = keyof Kinds;
export type ObjectOf<K extends Kind> = Manifest & { kind: K } & Kinds[K];
export type Controller = ObjectOf<'Deployment' | 'DaemonSet' | 'StatefulSet'>;
