import type { ObjectOf } from '../../../review/objects/kinds.ts';
import { type Endpoint, type Verdict, verdict } from './evaluate.ts';

// The matrix is only worth what this evaluator is: these are the rules of NetworkPolicy that are easily got wrong.

type Spec = ObjectOf<'NetworkPolicy'>['spec'];

const policy = (spec: Partial<Spec>): ObjectOf<'NetworkPolicy'> => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'p', namespace: 'app' },
  spec: { podSelector: {}, ...spec },
});

const pod = (namespace: string, app: string, ip: string): Endpoint => ({
  name: app,
  ip,
  pod: {
    namespace,
    namespaceLabels: { name: namespace },
    labels: { app },
    ports: [{ name: 'http', containerPort: 80 }],
  },
});

const a = pod('app', 'a', '10.42.0.5');
const b = pod('app', 'b', '10.42.0.6');
const stranger = pod('other', 'a', '10.42.0.7');
const node: Endpoint = { name: 'node', ip: '10.0.0.2' };
const http = { port: 80, protocol: 'TCP' };

const only = (peer: object): Spec => ({
  podSelector: {},
  policyTypes: ['Ingress'],
  ingress: [{ from: [peer] }],
});

test.each<[string, Verdict, Partial<Spec>[], Endpoint, Endpoint]>([
  ['without a policy nothing is guarded', 'unguarded', [], a, b],
  [
    'a policy of another pod is no guard',
    'unguarded',
    [{ podSelector: { matchLabels: { app: 'c' } } }],
    a,
    b,
  ],
  ['a policy without rules denies', 'denied', [{ policyTypes: ['Ingress'] }], a, b],
  ['without types a policy is for ingress', 'denied', [{}], node, b],
  [
    'and for egress only when it has such rules',
    'unguarded',
    [{ podSelector: { matchLabels: { app: 'a' } } }],
    a,
    node,
  ],
  ['a rule without peers admits all', 'allowed', [{ ingress: [{}] }], stranger, b],
  ['policies add up', 'allowed', [{}, only({ podSelector: { matchLabels: { app: 'a' } } })], a, b],
  ['both ends must agree', 'denied', [{ policyTypes: ['Ingress', 'Egress'], ingress: [{}] }], a, b],
  ['a pod selector alone stays in its namespace', 'denied', [only({ podSelector: {} })], stranger, b],
  [
    'a namespace selector alone takes all its pods',
    'allowed',
    [only({ namespaceSelector: { matchLabels: { name: 'other' } } })],
    stranger,
    b,
  ],
  [
    'both in one peer must hold',
    'denied',
    [
      only({
        namespaceSelector: { matchLabels: { name: 'other' } },
        podSelector: { matchLabels: { app: 'b' } },
      }),
    ],
    stranger,
    b,
  ],
  ['no selector matches an address of the host', 'denied', [only({ namespaceSelector: {} })], node, b],
  ['a block matches it', 'allowed', [only({ ipBlock: { cidr: '10.0.0.0/24' } })], node, b],
  ['a block matches a pod too', 'allowed', [only({ ipBlock: { cidr: '10.42.0.0/16' } })], stranger, b],
  [
    'an exception takes out of the block',
    'denied',
    [only({ ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.0/24'] } })],
    node,
    b,
  ],
  ['another port is another matter', 'denied', [{ ingress: [{ ports: [{ port: 81 }] }] }], a, b],
  ['so is another protocol', 'denied', [{ ingress: [{ ports: [{ port: 80, protocol: 'UDP' }] }] }], a, b],
  ['a range of ports', 'allowed', [{ ingress: [{ ports: [{ port: 79, endPort: 81 }] }] }], a, b],
  [
    'a port by the name that the receiver gives it',
    'allowed',
    [{ ingress: [{ ports: [{ port: 'http' }] }] }],
    a,
    b,
  ],
  ['a port by a name that it does not have', 'denied', [{ ingress: [{ ports: [{ port: 'web' }] }] }], a, b],
])('%s', (_, expected, specs, from, to) => {
  expect(verdict(specs.map(policy), from, to, http)).toBe(expected);
});
