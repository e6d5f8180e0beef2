import { ofKind } from '../../../review/objects/find.ts';
import type { Manifest } from '../../../synth/render.ts';
import { containerOf, one, podOf } from '../../manifests/find.ts';
import { type EditCase, firstOf, manifest, remove } from './edit.ts';

const policy = (objects: Manifest[], name: string) => one(objects, 'NetworkPolicy', name).spec;
const service = (objects: Manifest[], name: string) => one(objects, 'Service', name).spec;
const namespaceLabels = (objects: Manifest[]) => one(objects, 'Namespace', 'honeydue').metadata.labels ?? {};

const role = (verbs: string[]) =>
  manifest('rbac.authorization.k8s.io/v1', 'Role', 'reader', {
    rules: [{ apiGroups: [''], resources: ['pods'], verbs }],
  });

const binding = (...names: string[]) =>
  manifest('rbac.authorization.k8s.io/v1', 'RoleBinding', 'reader', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
    subjects: names.map((name) => ({ kind: 'ServiceAccount', name, namespace: 'honeydue' })),
  });

/** Edits by which somebody or something may do more, or less, than before. */
export const accessEdits: readonly EditCase[] = [
  {
    name: 'a privileged container',
    objects: (objects) =>
      Object.assign(containerOf(objects, 'api').securityContext ?? {}, {
        allowPrivilegeEscalation: true,
        privileged: true,
      }),
    impact: 'widens access',
    subject: 'Deployment honeydue/api',
    says: 'container api is privileged',
  },
  {
    name: 'a root file system that may be written to',
    objects: (objects) => {
      delete containerOf(objects, 'admin').securityContext?.readOnlyRootFilesystem;
    },
    impact: 'widens access',
    subject: 'Deployment honeydue/admin',
    says: 'may write to its root file system',
  },
  {
    name: 'a capability',
    objects: (objects) =>
      Object.assign(containerOf(objects, 'traefik').securityContext?.capabilities ?? {}, {
        add: ['NET_BIND_SERVICE'],
      }),
    impact: 'widens access',
    subject: 'DaemonSet traefik/traefik',
    says: 'container traefik is given NET_BIND_SERVICE',
  },
  {
    name: 'a token for the API server',
    objects: (objects) => {
      podOf(objects, 'worker').spec.automountServiceAccountToken = true;
    },
    impact: 'widens access',
    subject: 'Deployment honeydue/worker',
    says: 'may be given a token',
  },
  {
    name: 'a folder of the node',
    objects: (objects) => {
      podOf(objects, 'vmagent').spec.volumes?.push({ name: 'logs', hostPath: { path: '/var/log' } });
    },
    impact: 'widens access',
    subject: 'Deployment honeydue/vmagent',
    says: 'mounts /var/log of its node',
  },
  {
    name: 'a port of the node past UFW',
    objects: (objects) => {
      firstOf(containerOf(objects, 'admin').ports).hostPort = 3000;
    },
    impact: 'widens access',
    subject: 'Deployment honeydue/admin',
    says: 'opens port 3000 of its node past UFW',
  },
  {
    name: 'a sidecar that is not hardened',
    objects: (objects) => {
      podOf(objects, 'api').spec.containers.push({ name: 'debug', image: 'docker.io/library/busybox:1.37' });
    },
    impact: 'widens access',
    subject: 'Deployment honeydue/api',
    says: 'container debug may gain rights',
  },
  {
    name: 'another user of a container',
    objects: (objects) => {
      podOf(objects, 'api').spec.securityContext = {
        ...podOf(objects, 'api').spec.securityContext,
        runAsUser: 20001,
      };
    },
    impact: 'rolls pods',
    subject: 'Deployment honeydue/api',
  },
  {
    name: 'a namespace that takes any pod',
    objects: (objects) =>
      Object.assign(namespaceLabels(objects), { 'pod-security.kubernetes.io/enforce': 'privileged' }),
    impact: 'widens access',
    subject: 'Namespace honeydue',
    says: 'Pod Security goes down from restricted to privileged',
  },
  {
    name: 'a namespace whose pods may no longer start',
    objects: (objects) =>
      Object.assign(one(objects, 'Namespace', 'traefik').metadata.labels ?? {}, {
        'pod-security.kubernetes.io/enforce': 'restricted',
      }),
    impact: 'interrupts',
    subject: 'Namespace traefik',
    says: 'never start again',
  },
  {
    name: 'warnings of a newer profile',
    objects: (objects) =>
      Object.assign(namespaceLabels(objects), { 'pod-security.kubernetes.io/warn-version': 'v1.34' }),
    impact: 'config only',
    subject: 'Namespace honeydue',
  },
  {
    name: 'Redis for everybody',
    objects: (objects) => {
      delete firstOf(policy(objects, 'redis').ingress).from;
    },
    impact: 'widens access',
    subject: 'NetworkPolicy honeydue/redis',
    says: 'opens port 6379/TCP from anywhere',
  },
  {
    name: 'Redis for fewer',
    objects: (objects) => {
      firstOf(policy(objects, 'redis').ingress).from?.pop();
    },
    impact: 'changes traffic',
    subject: 'NetworkPolicy honeydue/redis',
    says: 'closes port 6379/TCP from pods worker',
  },
  {
    name: 'every port instead of one',
    objects: (objects) => {
      firstOf(policy(objects, 'redis').ingress).ports = [];
    },
    impact: 'widens access',
    subject: 'NetworkPolicy honeydue/redis',
    says: 'opens every port from pods api',
  },
  {
    name: 'a hole less in what the api may reach',
    objects: (objects) => {
      policy(objects, 'api').egress?.at(-1)?.to?.[0]?.ipBlock?.except?.shift();
    },
    impact: 'widens access',
    subject: 'NetworkPolicy honeydue/api',
  },
  {
    name: 'a hole more',
    objects: (objects) => {
      policy(objects, 'api').egress?.at(-1)?.to?.[0]?.ipBlock?.except?.push('192.0.2.0/24');
    },
    impact: 'changes traffic',
    subject: 'NetworkPolicy honeydue/api',
  },
  {
    name: 'a smaller network inside the one that was allowed',
    objects: (objects) => {
      const block = firstOf(firstOf(policy(objects, 'api').ingress).from).ipBlock;
      Object.assign(block ?? {}, { cidr: '10.42.0.0/24' });
    },
    impact: 'changes traffic',
    subject: 'NetworkPolicy honeydue/api',
    says: 'closes port 8000/TCP from 10.42.0.0/16',
  },
  {
    name: 'outgoing traffic that no policy is about',
    objects: (objects) => {
      remove(objects, 'NetworkPolicy', 'default-deny', 'honeydue');
      policy(objects, 'vmagent').policyTypes = ['Ingress'];
    },
    impact: 'widens access',
    subject: 'NetworkPolicy honeydue/vmagent',
    says: 'all outgoing traffic of its pods is open',
  },
  {
    name: 'no policy of its own, while another still closes everything',
    objects: (objects) => remove(objects, 'NetworkPolicy', 'vmagent'),
    impact: 'changes traffic',
    subject: 'NetworkPolicy honeydue/vmagent',
  },
  {
    name: 'no policy that closes everything',
    objects: (objects) => remove(objects, 'NetworkPolicy', 'default-deny', 'honeydue'),
    impact: 'widens access',
    subject: 'NetworkPolicy honeydue/default-deny',
    says: 'no other policy closes it',
  },
  {
    name: 'a policy that adds a peer',
    objects: (objects) => {
      objects.push(
        manifest('networking.k8s.io/v1', 'NetworkPolicy', 'more', {
          spec: {
            podSelector: { matchLabels: { 'app.kubernetes.io/name': 'redis' } },
            policyTypes: ['Ingress'],
            ingress: [{ from: [{ ipBlock: { cidr: '203.0.113.0/24' } }] }],
          },
        }),
      );
    },
    impact: 'widens access',
    subject: 'NetworkPolicy honeydue/more',
    says: 'opens every port from 203.0.113.0/24',
  },
  {
    name: 'a Service on every node past UFW, which the quota is there to stop',
    objects: (objects) => {
      service(objects, 'api').type = 'NodePort';
    },
    impact: 'refused by the API',
    subject: 'Service honeydue/api',
    says: 'opens a port on every node past UFW',
  },
  {
    name: 'a Service that takes traffic for an address',
    objects: (objects) => Object.assign(service(objects, 'api'), { externalIPs: ['203.0.113.7'] }),
    impact: 'widens access',
    subject: 'Service honeydue/api',
    says: 'takes traffic for 203.0.113.7',
  },
  {
    name: 'a Service on another port',
    objects: (objects) => {
      firstOf(service(objects, 'admin').ports).port = 3001;
    },
    impact: 'changes traffic',
    subject: 'Service honeydue/admin',
    says: 'leads to admin',
  },
  {
    name: 'a Service that leads nowhere',
    objects: (objects) => {
      service(objects, 'admin').selector = { 'app.kubernetes.io/name': 'admn' };
    },
    impact: 'interrupts',
    subject: 'Service honeydue/admin',
    says: 'leads to no pod',
  },
  {
    name: 'a Service that goes',
    objects: (objects) => remove(objects, 'Service', 'api-pods'),
    impact: 'changes traffic',
    subject: 'Service honeydue/api-pods',
  },
  {
    name: 'rights',
    given: [role(['get'])],
    objects: (objects) => {
      remove(objects, 'Role', 'reader');
      objects.push(role(['get', 'delete']));
    },
    impact: 'widens access',
    subject: 'Role honeydue/reader',
    says: 'gives rights: delete pods',
  },
  {
    name: 'fewer rights',
    given: [role(['get', 'delete'])],
    objects: (objects) => {
      remove(objects, 'Role', 'reader');
      objects.push(role(['get']));
    },
    impact: 'config only',
    subject: 'Role honeydue/reader',
    says: 'takes rights away: delete pods',
  },
  {
    name: 'somebody else with these rights',
    given: [role(['get']), binding('api')],
    objects: (objects) => {
      remove(objects, 'RoleBinding', 'reader');
      objects.push(binding('api', 'worker'));
    },
    impact: 'widens access',
    subject: 'RoleBinding honeydue/reader',
    says: 'binds ServiceAccount honeydue/worker',
  },
  {
    name: 'an account that hands out tokens',
    objects: (objects) => {
      one(objects, 'ServiceAccount', 'api').automountServiceAccountToken = true;
    },
    impact: 'widens access',
    subject: 'ServiceAccount honeydue/api',
    says: 'gives its pods a token',
  },
  {
    name: 'a quota that lets ports of nodes be opened',
    objects: (objects) => {
      delete firstOf(ofKind(objects, 'ResourceQuota')).spec.hard['services.nodeports'];
    },
    impact: 'widens access',
    subject: 'ResourceQuota honeydue/quota',
    says: 'services.nodeports',
  },
  {
    name: 'a dashboard',
    objects: (objects) => {
      containerOf(objects, 'traefik').args?.push('--api.insecure=true');
    },
    impact: 'widens access',
    subject: 'DaemonSet traefik/traefik',
    says: '--api.insecure is on',
  },
  {
    name: 'an entry point without its rate limit',
    objects: (objects) => {
      const { args = [] } = containerOf(objects, 'traefik');
      containerOf(objects, 'traefik').args = args.map((arg) => arg.replace('rate-limit@file,', ''));
    },
    impact: 'widens access',
    subject: 'DaemonSet traefik/traefik',
    says: 'requests no longer pass rate-limit@file',
  },
  {
    name: 'a route without its middleware',
    objects: (objects) => {
      const { data = {} } = one(objects, 'ConfigMap', 'traefik-config');
      data['edge.yaml'] = (data['edge.yaml'] ?? '').replace(/\n +middlewares:\n +- no-frames/, '');
    },
    impact: 'widens access',
    subject: 'ConfigMap traefik/traefik-config',
    says: 'requests of router admin no longer pass no-frames',
  },
  {
    name: 'a route to another backend',
    objects: (objects) => {
      const { data = {} } = one(objects, 'ConfigMap', 'traefik-config');
      data['edge.yaml'] = (data['edge.yaml'] ?? '').replace('10.43.0.21', '10.43.0.22');
    },
    impact: 'changes traffic',
    subject: 'ConfigMap traefik/traefik-config',
    says: 'service admin',
  },
];
