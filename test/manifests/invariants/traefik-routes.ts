import { edgePorts } from '../../../config/edge.ts';
import { edgeOf, editArgs, editEdge, entryPointOption, type Router } from '../edge.ts';
import { one } from '../find.ts';
import { broken, type Invariant } from '../invariant.ts';

/** The file of routes, and what it leads to. */

const hostOf = ({ rule }: Router) => /^Host\(`([^`]+)`\)/.exec(rule)?.[1];
const entryMiddlewares = (objects: Parameters<typeof edgeOf>[0]) =>
  entryPointOption(objects, 'http.middlewares')?.split(',') ?? [];

export const traefikRouteInvariants: readonly Invariant[] = [
  {
    name: 'routes-by-known-hosts',
    why: 'A request for a host that is not ours gets no backend: a scanner that finds the address learns nothing.',
    controls: ['T-10'],
    check: (objects, { domains }) => {
      const routers = Object.entries(edgeOf(objects).http.routers);
      const hosts = routers.map(([, router]) => hostOf(router));
      const wanted = Object.values(domains);
      return [
        ...routers
          .filter(([, router]) => !wanted.includes(hostOf(router) ?? '') || /\|\|/.test(router.rule))
          .map(([name, { rule }]) => `router ${name} takes ${rule}`),
        ...wanted.filter((domain) => !hosts.includes(domain)).map((domain) => `${domain} has no router`),
      ];
    },
    breaks: [
      broken((objects) =>
        editEdge(objects, ({ http }) => Object.assign(http.routers.api ?? {}, { rule: 'PathPrefix(`/`)' })),
      ),
      broken((objects) => editEdge(objects, ({ http }) => delete http.routers.landing)),
      broken((objects) =>
        editEdge(objects, ({ http }) => {
          Object.assign(http.routers.admin ?? {}, {
            rule: `${http.routers.admin?.rule} || PathPrefix(\`/\`)`,
          });
        }),
      ),
    ],
  },
  {
    name: 'routes-to-the-right-backend',
    why: 'The apex serves the landing page, which the api holds; the panel is on its own host.',
    controls: [],
    check: (objects, { domains }) => {
      const wanted = { [domains.api]: 'api', [domains.apex]: 'api', [domains.admin]: 'admin' };
      return Object.values(edgeOf(objects).http.routers)
        .filter((router) => router.service !== wanted[hostOf(router) ?? ''])
        .map((router) => `${hostOf(router)} goes to ${router.service}`);
    },
    breaks: [
      broken((objects) =>
        editEdge(objects, ({ http }) => Object.assign(http.routers.admin ?? {}, { service: 'api' })),
      ),
    ],
  },
  {
    name: 'metrics-are-not-routed',
    why: 'The api serves its metrics on its public port: they show paths, load and versions to anybody who asks.',
    controls: ['T-10'],
    check: (objects) =>
      Object.entries(edgeOf(objects).http.routers)
        .filter(([, { service, rule }]) => service === 'api' && !rule.endsWith(' && !PathPrefix(`/metrics`)'))
        .map(([name]) => `router ${name} passes /metrics on`),
    breaks: [
      broken((objects) =>
        editEdge(objects, ({ http }) =>
          Object.assign(http.routers.landing ?? {}, { rule: 'Host(`myhoneydue.com`)' }),
        ),
      ),
    ],
  },
  {
    name: 'routers-name-their-entry-point',
    why: 'A router without one is served on every entry point, the metrics one included.',
    controls: ['T-10'],
    check: (objects, cluster) => {
      const wanted = edgePorts(cluster).map(({ name }) => name);
      return Object.entries(edgeOf(objects).http.routers)
        .filter(([, { entryPoints }]) => entryPoints?.join() !== wanted.join())
        .map(([name, { entryPoints }]) => `router ${name} is on ${entryPoints ?? 'every entry point'}`);
    },
    breaks: [
      broken((objects) => editEdge(objects, ({ http }) => delete http.routers.api?.entryPoints)),
      broken((objects) => editEdge(objects, ({ http }) => http.routers.api?.entryPoints?.push('metrics'))),
    ],
  },
  {
    name: 'route-names-resolve',
    why: 'An unknown middleware, service or transport silences its router: the site answers 404.',
    controls: ['T-8'],
    check: (objects) => {
      const { http } = edgeOf(objects);
      const missing = (kind: string, names: readonly string[], known: object) =>
        names
          .filter((name) => !(name.replace(/@file$/, '') in known))
          .map((name) => `there is no ${kind} ${name}`);
      const routers = Object.values(http.routers);
      const services = Object.values(http.services);
      return [
        ...missing(
          'middleware',
          [...entryMiddlewares(objects), ...routers.flatMap((r) => r.middlewares ?? [])],
          http.middlewares,
        ),
        ...missing(
          'service',
          routers.map(({ service }) => service),
          http.services,
        ),
        ...missing(
          'transport',
          services.map((s) => s.loadBalancer.serversTransport ?? 'default'),
          http.serversTransports,
        ),
        ...entryMiddlewares(objects)
          .filter((name) => !name.endsWith('@file'))
          .map((name) => `${name} names no provider`),
      ];
    },
    breaks: [
      broken((objects) => editEdge(objects, ({ http }) => delete http.middlewares['rate-limit'])),
      broken((objects) => editEdge(objects, ({ http }) => delete http.serversTransports.fresh)),
      broken((objects) => editEdge(objects, ({ http }) => delete http.services.admin)),
      broken((objects) => editArgs(objects, (args) => args.map((arg) => arg.replace('retry@file', 'retry')))),
    ],
  },
  {
    name: 'nothing-defined-and-unused',
    why: 'A middleware that is defined and attached nowhere looks like protection.',
    controls: ['T-8'],
    check: (objects) => {
      const { http } = edgeOf(objects);
      const used = [
        ...entryMiddlewares(objects),
        ...Object.values(http.routers).flatMap((r) => r.middlewares ?? []),
      ];
      return Object.keys(http.middlewares)
        .filter((name) => !used.includes(name) && !used.includes(`${name}@file`))
        .map((name) => `middleware ${name} is attached nowhere`);
    },
    breaks: [
      broken((objects) =>
        editArgs(objects, (args) => args.map((arg) => arg.replace(',rate-limit@file', ''))),
      ),
      broken((objects) => editEdge(objects, ({ http }) => delete http.routers.admin?.middlewares)),
    ],
  },
  {
    name: 'file-is-not-a-template',
    why: 'Traefik runs its file through Go’s templates first: `{{` in it is code.',
    controls: ['T-8'],
    check: (objects) =>
      Object.entries(one(objects, 'ConfigMap', 'traefik-config').data ?? {})
        .filter(([, text]) => text.includes('{{'))
        .map(([name]) => `${name} holds {{`),
    breaks: [
      broken((objects) =>
        Object.assign(one(objects, 'ConfigMap', 'traefik-config').data ?? {}, {
          'edge.yaml': '{{ env "HOME" }}',
        }),
      ),
    ],
  },
];
