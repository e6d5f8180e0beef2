import { edgeOf, editArgs, editEdge, entryPointOption } from '../edge.ts';
import { containerOf, podOf } from '../find.ts';
import { broken, type Invariant } from '../invariant.ts';

/** What stands between a request and a backend: headers, limits, passwords. */

const FULL = 'strict edge with client certificates and a password for admin';

export const traefikProtectionInvariants: readonly Invariant[] = [
  {
    name: 'every-request-is-limited',
    why: 'What is attached to the entry point no router can forget; headers come first, so that refusals carry them too.',
    controls: ['T-7', 'T-8', 'T-11'],
    check: (objects) => {
      const wanted = 'security-headers@file,rate-limit@file,in-flight@file,retry@file';
      const found = entryPointOption(objects, 'http.middlewares');
      return found === wanted ? [] : [`every request passes ${found}, not ${wanted}`];
    },
    breaks: [
      broken((objects) =>
        editArgs(objects, (args) => args.filter((arg) => !arg.includes('http.middlewares'))),
      ),
    ],
  },
  {
    name: 'limits-count-real-clients',
    why: 'Counted by address of the connection all users share a few Cloudflare servers; counted by the first X-Forwarded-For anybody is anybody.',
    controls: ['T-6', 'T-7'],
    check: (objects, { edge }) => {
      const { middlewares } = edgeOf(objects).http;
      const limits = [middlewares['rate-limit']?.rateLimit, middlewares['in-flight']?.inFlightReq];
      const criterion = JSON.stringify({ ipStrategy: { depth: 1, ipv6Subnet: 64 } });
      const { average, burst } = limits[0] ?? {};
      return [
        ...limits
          .filter((limit) => JSON.stringify(limit?.sourceCriterion) !== criterion)
          .map(() => 'a limit counts by something else'),
        ...(average === edge.rateLimit.average && burst === edge.rateLimit.burst
          ? []
          : ['the rate is not that of cluster.yaml']),
        ...(limits[1]?.amount === edge.rateLimit.inFlight
          ? []
          : ['the number under way is not that of cluster.yaml']),
      ];
    },
    breaks: [
      broken((objects) =>
        editEdge(objects, ({ http }) => delete http.middlewares['rate-limit']?.rateLimit?.sourceCriterion),
      ),
      broken((objects) =>
        editEdge(objects, ({ http }) =>
          Object.assign(http.middlewares['in-flight']?.inFlightReq ?? {}, { amount: 5 }),
        ),
      ),
    ],
  },
  {
    name: 'security-headers',
    why: 'Browsers protect a site that asks them to, on every answer.',
    controls: ['T-8'],
    check: (objects) => {
      const { middlewares } = edgeOf(objects).http;
      const wanted = {
        stsSeconds: 31_536_000,
        stsIncludeSubdomains: true,
        forceSTSHeader: true,
        contentTypeNosniff: true,
        referrerPolicy: 'strict-origin-when-cross-origin',
        permissionsPolicy: 'camera=(), geolocation=(), microphone=()',
        customResponseHeaders: { Server: '', 'X-Powered-By': '' },
      };
      const headers = middlewares['security-headers']?.headers ?? {};
      return [
        ...Object.entries(wanted)
          .filter(([key, value]) => JSON.stringify(headers[key]) !== JSON.stringify(value))
          .map(([key]) => `${key} is ${JSON.stringify(headers[key])}`),
        ...(middlewares['no-frames']?.headers?.frameDeny === true ? [] : ['the panel may be framed']),
      ];
    },
    breaks: [
      broken((objects) =>
        editEdge(objects, ({ http }) => delete http.middlewares['security-headers']?.headers?.forceSTSHeader),
      ),
      broken((objects) =>
        editEdge(objects, ({ http }) =>
          Object.assign(http.middlewares['no-frames']?.headers ?? {}, { frameDeny: false }),
        ),
      ),
    ],
  },
  {
    name: 'panel-is-guarded',
    why: 'The panel refuses frames, and asks for a password when cluster.yaml says so.',
    controls: ['T-8'],
    check: (objects, { edge }) => {
      const { routers, middlewares } = edgeOf(objects).http;
      const wanted = ['no-frames', ...(edge.adminBasicAuth ? ['admin-auth'] : [])];
      const auth = middlewares['admin-auth']?.basicAuth;
      return [
        ...(routers.admin?.middlewares?.join() === wanted.join()
          ? []
          : [`admin passes ${routers.admin?.middlewares}`]),
        ...(edge.adminBasicAuth && !(auth?.usersFile && auth.removeHeader)
          ? ['admin-auth passes the password on']
          : []),
        ...(auth && 'users' in auth ? ['password hashes stand in the file'] : []),
      ];
    },
    breaks: [
      broken((objects) => editEdge(objects, ({ http }) => delete http.routers.admin?.middlewares)),
      {
        variant: FULL,
        how: (objects) =>
          editEdge(objects, ({ http }) => delete http.middlewares['admin-auth']?.basicAuth?.removeHeader),
      },
    ],
  },
  {
    name: 'retries-only-a-few-times',
    why: 'A pod that crashes costs another try, not a failed request; for ever, tries would multiply the load of an outage.',
    controls: ['T-11'],
    check: (objects) =>
      edgeOf(objects).http.middlewares.retry?.retry?.attempts === 8 ? [] : ['requests are not tried 8 times'],
    breaks: [
      broken((objects) =>
        editEdge(objects, ({ http }) => Object.assign(http.middlewares.retry?.retry ?? {}, { attempts: 30 })),
      ),
    ],
  },
  {
    name: 'password-file-is-mounted',
    why: 'A basic-auth middleware whose file is missing lets nobody in, or everybody, depending on the version.',
    controls: ['T-8'],
    check: (objects, { edge }) => {
      if (!edge.adminBasicAuth) return [];
      const file = String(edgeOf(objects).http.middlewares['admin-auth']?.basicAuth?.usersFile);
      const found = (containerOf(objects, 'traefik').volumeMounts ?? []).some(({ name, mountPath }) => {
        const secret = podOf(objects, 'traefik').spec.volumes?.find((volume) => volume.name === name)?.secret;
        return secret?.items?.some(({ path }) => `${mountPath}/${path}` === file) && !secret.optional;
      });
      return found ? [] : [`${file} is not mounted`];
    },
    breaks: [
      {
        variant: FULL,
        how: (objects) =>
          editEdge(objects, ({ http }) =>
            Object.assign(http.middlewares['admin-auth']?.basicAuth ?? {}, { usersFile: '/users' }),
          ),
      },
    ],
  },
];
