import { stringify } from 'yaml';
import { type HostFile, hostFile } from './host-file.ts';
import { k3sPaths } from './k3s-paths.ts';

const reading = ['get', 'list', 'watch'];

/**
 * Who did what to which object. Never bodies: those of Secrets would then be in the log (K-5). The first rule that
 * fits decides.
 */
const policy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    {
      level: 'Metadata',
      resources: [
        { group: '', resources: ['secrets', 'serviceaccounts/token'] },
        { group: 'authentication.k8s.io', resources: ['tokenreviews'] },
      ],
    },
    // What the cluster's own parts do all the time would push everything else out of the log.
    {
      level: 'None',
      users: [
        'system:apiserver',
        'system:kube-controller-manager',
        'system:kube-scheduler',
        'system:kube-proxy',
      ],
      verbs: reading,
    },
    {
      level: 'None',
      userGroups: ['system:nodes', 'system:serviceaccounts:kube-system'],
      verbs: reading,
    },
    { level: 'None', resources: [{ group: 'coordination.k8s.io', resources: ['leases'] }] },
    {
      level: 'None',
      resources: [
        { group: '', resources: ['events'] },
        { group: 'events.k8s.io', resources: ['events'] },
      ],
    },
    { level: 'None', nonResourceURLs: ['/healthz*', '/livez*', '/readyz*', '/version', '/openapi/*'] },
    { level: 'Metadata' },
  ],
};

export const auditPolicyFile: HostFile = hostFile(
  {
    path: k3sPaths.auditPolicy,
    mode: '0600',
    reason: 'the audit log says who did what, and holds no secret',
  },
  stringify(policy, { aliasDuplicateObjects: false }),
);
