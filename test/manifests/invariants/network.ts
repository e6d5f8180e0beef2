import { contains } from '../../../config/cidr.ts';
import { edgePorts, edgeSources } from '../../../config/edge.ts';
import type { Peer } from '../../../review/objects/kinds.ts';
import { identity } from '../../../synth/compare.ts';
import type { Manifest } from '../../../synth/render.ts';
import { allPods, controllerOf, matches, ofKind, one, podOf } from '../find.ts';
import { broken, type Invariant } from '../invariant.ts';
import { disagreements } from '../network/compare.ts';
import { guarded, target } from '../network/endpoints.ts';
import { cells, matrix } from '../network/matrix.ts';

/** Network policies, and what else decides who may connect. */

const table = cells(matrix);

const rules = (object: Manifest) => {
  const [policy] = ofKind([object], 'NetworkPolicy');
  const { ingress = [], egress = [] } = policy?.spec ?? {};
  return { from: ingress.flatMap((rule) => rule.from ?? []), to: egress.flatMap((rule) => rule.to ?? []) };
};

const allPeers = (objects: readonly Manifest[]): { policy: Manifest; peer: Peer }[] =>
  ofKind(objects, 'NetworkPolicy').flatMap((policy) =>
    [...rules(policy).from, ...rules(policy).to].map((peer) => ({ policy, peer })),
  );

const policyOf = (objects: readonly Manifest[], name: string) => one(objects, 'NetworkPolicy', name).spec;

/** Private networks, and the address that serves user data. */
const NOT_THE_INTERNET = ['10.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'];

export const networkInvariants: readonly Invariant[] = [
  {
    name: 'traffic-as-in-the-matrix',
    why: 'A policy reads well and does something else: what counts is every pair of source and destination.',
    controls: ['N-1', 'N-2', 'N-3', 'N-4', 'N-5'],
    check: disagreements,
    breaks: [
      broken((objects) => objects.splice(objects.indexOf(one(objects, 'NetworkPolicy', 'default-deny')), 1)),
      broken((objects) =>
        policyOf(objects, 'redis').ingress?.[0]?.from?.push({ ipBlock: { cidr: '10.42.0.0/16' } }),
      ),
      broken((objects) => {
        const rule = policyOf(objects, 'api').egress?.find(({ to }) => to?.[0]?.ipBlock);
        delete rule?.to?.[0]?.ipBlock?.except;
      }),
      broken((objects) => {
        const spec = policyOf(objects, 'api');
        spec.ingress = [
          {
            from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }],
            ports: [{ port: 8000 }],
          },
        ];
      }),
      broken((objects) => policyOf(objects, 'worker').egress?.shift()),
      broken((objects) => policyOf(objects, 'admin').egress?.push({})),
    ],
  },
  {
    name: 'matrix-knows-every-workload',
    why: 'A new workload, or a new port of an old one, is in the table before it is in the cluster.',
    controls: ['N-1'],
    check: (objects, cluster) =>
      guarded(objects).flatMap(({ id, owner, template }) => {
        const { name } = owner.metadata;
        const ports = template.spec.containers.flatMap((container) => container.ports ?? []);
        const rows = table.map(({ to }) => target(to, cluster));
        return [
          ...(table.some(({ from }) => from === name) ? [] : [`${id} has no column`]),
          ...ports
            .filter(
              ({ containerPort }) => !rows.some((row) => row.name === name && row.port === containerPort),
            )
            .map(({ containerPort }) => `${id} has no row for port ${containerPort}`),
        ];
      }),
    breaks: [
      broken((objects) => {
        const copy = structuredClone(controllerOf(objects, 'worker'));
        copy.metadata.name = 'web';
        objects.push(copy);
      }),
      broken((objects) => podOf(objects, 'api').spec.containers[0]?.ports?.push({ containerPort: 6061 })),
    ],
  },
  {
    name: 'default-deny-everywhere',
    why: 'A pod that no policy selects may do everything.',
    controls: ['N-1'],
    check: (objects) =>
      ofKind(objects, 'Namespace')
        .filter(
          ({ metadata }) =>
            !ofKind(objects, 'NetworkPolicy').some(
              (policy) =>
                policy.metadata.namespace === metadata.name &&
                Object.keys(policy.spec.podSelector).length === 0 &&
                policy.spec.policyTypes?.join() === 'Ingress,Egress' &&
                !policy.spec.ingress &&
                !policy.spec.egress,
            ),
        )
        .map((namespace) => `${identity(namespace)} has no default deny`),
    breaks: [
      broken((objects) => Object.assign(policyOf(objects, 'default-deny'), { egress: [{}] })),
      broken((objects) => Object.assign(policyOf(objects, 'default-deny'), { policyTypes: ['Ingress'] })),
    ],
  },
  {
    name: 'one-policy-a-workload',
    why: 'Two policies for one pod add up, so neither of them can be read alone; linters want both directions and one label.',
    controls: ['N-1', 'N-5'],
    check: (objects) =>
      allPods(objects).flatMap(({ id, namespace, labels, owner }) => {
        const own = ofKind(objects, 'NetworkPolicy').filter(
          ({ metadata, spec }) =>
            metadata.namespace === namespace &&
            spec.podSelector.matchLabels &&
            matches(spec.podSelector, labels),
        );
        const [policy] = own;
        const selector = JSON.stringify({ matchLabels: { 'app.kubernetes.io/name': owner.metadata.name } });
        return own.length === 1 &&
          policy?.spec.policyTypes?.join() === 'Ingress,Egress' &&
          JSON.stringify(policy.spec.podSelector) === selector
          ? []
          : [`${id} has ${own.length} policies, or not one of both directions and one label`];
      }),
    breaks: [
      broken((objects) => objects.splice(objects.indexOf(one(objects, 'NetworkPolicy', 'traefik')), 1)),
      broken((objects) => Object.assign(policyOf(objects, 'worker'), { policyTypes: ['Egress'] })),
      broken((objects) =>
        Object.assign(policyOf(objects, 'api').podSelector.matchLabels ?? {}, { tier: 'x' }),
      ),
    ],
  },
  {
    name: 'redis-admits-no-address',
    why: 'The block that lets Traefik in lets in every pod of the cluster.',
    controls: ['N-2', 'R-3'],
    check: (objects) =>
      rules(one(objects, 'NetworkPolicy', 'redis'))
        .from.filter(
          ({ ipBlock, namespaceSelector, podSelector }) =>
            ipBlock || namespaceSelector || !podSelector?.matchLabels,
        )
        .map((peer) => `Redis admits ${JSON.stringify(peer)}`),
    breaks: [
      broken((objects) =>
        policyOf(objects, 'redis').ingress?.[0]?.from?.push({ ipBlock: { cidr: '10.0.0.2/32' } }),
      ),
      broken((objects) => policyOf(objects, 'redis').ingress?.[0]?.from?.push({ podSelector: {} })),
    ],
  },
  {
    name: 'internet-is-not-private',
    why: 'Hetzner’s metadata address serves user data; pods, Services, nodes and neighbours are nobody’s way to B2.',
    controls: ['N-3', 'N-4'],
    check: (objects) =>
      allPeers(objects)
        .filter(({ peer: { ipBlock } }) => ipBlock?.cidr === '0.0.0.0/0' || ipBlock?.cidr === '::/0')
        .filter(({ peer }) => NOT_THE_INTERNET.some((cidr) => !peer.ipBlock?.except?.includes(cidr)))
        .map(({ policy }) => `${identity(policy)} allows a private network`),
    breaks: [
      broken((objects) => {
        const rule = policyOf(objects, 'admin').egress?.find(({ to }) => to?.[0]?.ipBlock);
        rule?.to?.[0]?.ipBlock?.except?.splice(2, 1);
      }),
    ],
  },
  {
    name: 'blocks-are-networks',
    why: 'The API server refuses an exception outside its block, and keeps host bits that then match less than they seem to.',
    controls: ['N-3'],
    check: (objects) =>
      allPeers(objects).flatMap(({ policy, peer: { ipBlock } }) =>
        (ipBlock?.except ?? [])
          .filter(
            (cidr) => !contains(ipBlock?.cidr ?? '', cidr.split('/')[0] ?? '') || cidr === ipBlock?.cidr,
          )
          .map((cidr) => `${identity(policy)}: ${cidr} is not within ${ipBlock?.cidr}`),
      ),
    breaks: [
      broken((objects) => {
        const rule = policyOf(objects, 'api').egress?.find(({ to }) => to?.[0]?.ipBlock);
        Object.assign(rule?.to?.[0]?.ipBlock ?? {}, { cidr: '192.0.0.0/8' });
      }),
    ],
  },
  {
    name: 'edge-policy-says-what-ufw-does',
    why: 'Policies do not hold for the host network; this one is read by people and linters, so it must say the truth.',
    controls: ['N-5', 'T-5'],
    check: (objects, cluster) => {
      const rule = policyOf(objects, 'traefik').ingress?.find(({ from }) => from?.[0]?.ipBlock);
      const cidrs = rule?.from?.map(({ ipBlock }) => ipBlock?.cidr).join();
      return cidrs === edgeSources(cluster).join() &&
        rule?.ports?.map(({ port }) => port).join() ===
          edgePorts(cluster)
            .map(({ port }) => port)
            .join()
        ? []
        : ['the policy of Traefik admits others than Cloudflare, or another port'];
    },
    breaks: [broken((objects) => policyOf(objects, 'traefik').ingress?.[0]?.from?.pop())],
  },
  {
    name: 'no-side-doors',
    why: 'NodePort, LoadBalancer, external addresses and host ports are opened by kube-proxy before UFW is asked.',
    controls: ['N-9'],
    check: (objects) => [
      ...ofKind(objects, 'Service')
        .filter(({ spec }) => spec.type !== 'ClusterIP' || 'externalIPs' in spec || 'externalName' in spec)
        .map((service) => `${identity(service)} is reachable from outside`),
      ...guarded(objects).flatMap(({ id, template }) =>
        template.spec.containers
          .flatMap((container) => container.ports ?? [])
          .filter(({ hostPort }) => hostPort)
          .map(({ hostPort }) => `${id} takes port ${hostPort} of its node`),
      ),
    ],
    breaks: [
      broken((objects) => Object.assign(one(objects, 'Service', 'admin').spec, { type: 'NodePort' })),
      broken((objects) => {
        delete one(objects, 'Service', 'admin').spec.type;
      }),
      broken((objects) =>
        Object.assign(one(objects, 'Service', 'admin').spec, { externalIPs: ['203.0.113.1'] }),
      ),
      broken((objects) =>
        Object.assign(podOf(objects, 'api').spec.containers[0]?.ports?.[0] ?? {}, { hostPort: 8000 }),
      ),
    ],
  },
];
