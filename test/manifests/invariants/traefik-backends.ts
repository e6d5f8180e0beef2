import { contains } from '../../../config/cidr.ts';
import { edgeOf, editEdge } from '../edge.ts';
import { controllers, ofKind, one } from '../find.ts';
import { broken, type Invariant } from '../invariant.ts';

/** How Traefik reaches the pods behind it. */

/** The band that Kubernetes never hands out by itself: the first 16 to 256 addresses of the range (KEP-3070). */
const STATIC_BAND = 256;
/** k3s takes .1 for the API server and .10 for DNS. */
const TAKEN = [0, 1, 10];

function offsetIn(cidr: string, address: string): number {
  if (!contains(cidr, address)) return Number.NaN;
  const number = (text: string) => text.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
  return number(address) - number(cidr.split('/')[0] ?? '');
}

export const traefikBackendInvariants: readonly Invariant[] = [
  {
    name: 'backends-are-fixed-addresses',
    why: 'Traefik reaches its backends without DNS or the API server; once both Services had the same address, that of the network itself.',
    controls: ['T-11'],
    check: (objects, { network }) => {
      const services = ofKind(objects, 'Service').filter(
        ({ spec }) => spec.clusterIP && spec.clusterIP !== 'None',
      );
      const addresses = services.map(({ spec }) => spec.clusterIP ?? '');
      const offset = (address: string) => offsetIn(network.serviceCIDR, address);
      return [
        ...addresses.filter((a, i) => addresses.indexOf(a) !== i).map((a) => `two Services have ${a}`),
        ...addresses
          .filter((a) => !(offset(a) < STATIC_BAND) || TAKEN.includes(offset(a)))
          .map((a) => `${a} is not free for fixed use in ${network.serviceCIDR}`),
        ...Object.entries(edgeOf(objects).http.services).flatMap(([name, { loadBalancer }]) => {
          const urls = services
            .filter(({ metadata }) => metadata.name === name)
            .flatMap(({ spec }) => spec.ports.map(({ port }) => `http://${spec.clusterIP}:${port}`));
          const found = loadBalancer.servers.map(({ url }) => url);
          return found.join() === urls.join()
            ? []
            : [`backend ${name} is ${found.join()}, its Service ${urls.join()}`];
        }),
      ];
    },
    breaks: [
      broken((objects) => Object.assign(one(objects, 'Service', 'api').spec, { clusterIP: '10.43.0.22' })),
      broken((objects) => Object.assign(one(objects, 'Service', 'api').spec, { clusterIP: '10.43.0.21' })),
      broken((objects) => Object.assign(one(objects, 'Service', 'api').spec.ports[0] ?? {}, { port: 80 })),
      broken((objects) => {
        for (const name of ['api', 'admin']) one(objects, 'Service', name).spec.clusterIP = '10.43.0.0';
        editEdge(objects, ({ http }) => {
          Object.assign(http.services.api?.loadBalancer.servers[0] ?? {}, { url: 'http://10.43.0.0:8000' });
          Object.assign(http.services.admin?.loadBalancer.servers[0] ?? {}, { url: 'http://10.43.0.0:3000' });
        });
      }),
    ],
  },
  {
    name: 'backends-on-the-same-node-first',
    why: 'Kept connections went on reaching pods that were gone; fresh ones to the node’s own pod lost no request in a rollout.',
    controls: ['T-11'],
    check: (objects) => {
      const { services, serversTransports } = edgeOf(objects).http;
      return Object.entries(services).flatMap(([name, { loadBalancer }]) => {
        const transport = serversTransports[loadBalancer.serversTransport ?? ''];
        const service = ofKind(objects, 'Service').find(({ metadata }) => metadata.name === name);
        return [
          ...(service?.spec.trafficDistribution === 'PreferSameNode'
            ? []
            : [`${name} does not prefer its own node`]),
          ...(transport?.maxIdleConnsPerHost === -1 ? [] : [`${name}: connections are kept`]),
          ...(transport?.forwardingTimeouts?.dialTimeout === '1s'
            ? []
            : [`${name}: a dead pod is waited for`]),
        ];
      });
    },
    breaks: [
      broken((objects) => {
        delete one(objects, 'Service', 'api').spec.trafficDistribution;
      }),
      broken((objects) =>
        editEdge(objects, ({ http }) => delete http.serversTransports.fresh?.maxIdleConnsPerHost),
      ),
    ],
  },
  {
    name: 'edge-on-every-node',
    why: 'Cloudflare sends to all nodes in turn: a node without Traefik is a third of the requests lost.',
    controls: ['T-2'],
    check: (objects) => {
      const traefik = controllers(objects).find(({ metadata }) => metadata.name === 'traefik');
      const { nodeSelector, hostNetwork } = traefik?.spec.template.spec ?? {};
      return traefik?.kind === 'DaemonSet' && !nodeSelector && hostNetwork
        ? []
        : ['Traefik is not on every node'];
    },
    breaks: [
      broken((objects) =>
        Object.assign(one(objects, 'DaemonSet', 'traefik').spec.template.spec, {
          nodeSelector: { edge: 'true' },
        }),
      ),
    ],
  },
];
