import { stringify } from 'yaml';
import { type HostFile, hostFile } from './host-file.ts';
import { k3sPaths } from './k3s-paths.ts';

/** What the API server's admission plugins do where a namespace says nothing itself. */
const plugins = [
  {
    // A namespace without labels is restricted; ours carry labels, and kube-system runs k3s' own parts (K-4).
    name: 'PodSecurity',
    configuration: {
      apiVersion: 'pod-security.admission.config.k8s.io/v1',
      kind: 'PodSecurityConfiguration',
      defaults: {
        enforce: 'restricted',
        'enforce-version': 'latest',
        audit: 'restricted',
        'audit-version': 'latest',
        warn: 'restricted',
        'warn-version': 'latest',
      },
      exemptions: { usernames: [], runtimeClasses: [], namespaces: ['kube-system'] },
    },
  },
  {
    // Events live in etcd: a pod that fails in a loop must not fill it (K-3). A kubelet alone sends at most 50 a second.
    name: 'EventRateLimit',
    configuration: {
      apiVersion: 'eventratelimit.admission.k8s.io/v1alpha1',
      kind: 'Configuration',
      limits: [
        { type: 'Server', qps: 200, burst: 1000 },
        { type: 'Namespace', qps: 50, burst: 200, cacheSize: 100 },
      ],
    },
  },
];

export const admissionFile: HostFile = hostFile(
  {
    path: k3sPaths.admission,
    mode: '0600',
    reason: 'new namespaces are restricted, and a storm of events is cut off',
  },
  stringify({ apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AdmissionConfiguration', plugins }),
);
