import { ports } from '../../../config/ports.ts';
import { edgeOf, editArgs, editEdge, optionOnPort, optionsOf } from '../edge.ts';
import { containerOf, podOf } from '../find.ts';
import { broken, type Invariant } from '../invariant.ts';

/** The edge modes. */

const STRICT = 'strict edge';
const BOTH = 'edge on both ports';
const FULL = 'strict edge with client certificates and a password for admin';

export const traefikTLSInvariants: readonly Invariant[] = [
  {
    name: 'flexible-edge-is-plain-http',
    why: 'Under SSL mode Flexible a redirect to HTTPS at the origin loops for ever.',
    controls: ['T-9'],
    check: (objects, { edge }) => {
      if (edge.tls !== 'flexible') return [];
      const options = [...optionsOf(objects).keys()].filter((name) => /\.tls\b|redirections/.test(name));
      const redirects = Object.values(edgeOf(objects).http.middlewares).some(
        (m) => 'redirectScheme' in m || 'redirectRegex' in m,
      );
      return [
        ...options.map((name) => `--${name} is given`),
        ...(edgeOf(objects).tls ? ['the file has TLS'] : []),
        ...(redirects ? ['a middleware redirects'] : []),
      ];
    },
    breaks: [
      broken((objects) =>
        editArgs(objects, (args) => [
          ...args,
          '--entryPoints.edge.http.redirections.entryPoint.to=websecure',
        ]),
      ),
      broken((objects) =>
        editEdge(objects, ({ http }) =>
          Object.assign(http.middlewares, { https: { redirectScheme: { scheme: 'https' } } }),
        ),
      ),
    ],
  },
  {
    name: 'strict-edge-is-tls-alone',
    why: 'A named option fails closed when the file is broken; `default` would fall back to Traefik’s own, without client certificates.',
    controls: ['T-9'],
    check: (objects, { edge }) => {
      if (edge.tls === 'flexible') return [];
      const option = (name: string) => optionOnPort(objects, ports.https, name);
      const { tls } = edgeOf(objects);
      const { default: fallback, edge: named } = tls?.options ?? {};
      const client = JSON.stringify(named?.clientAuth);
      const wanted = edge.originPullCA
        ? JSON.stringify({
            clientAuthType: 'RequireAndVerifyClientCert',
            caFiles: ['/etc/edge/origin-pull-ca.pem'],
          })
        : undefined;
      return [
        ...(option('http.tls') === 'true' ? [] : ['the entry point speaks plain HTTP']),
        ...(option('http.tls.options') === 'edge@file' ? [] : ['the entry point names no TLS option']),
        ...(named && JSON.stringify(named) === JSON.stringify(fallback)
          ? []
          : ['the named option is not as the default one']),
        ...(named?.minVersion === 'VersionTLS12' && named.sniStrict
          ? []
          : ['TLS below 1.2, or for unknown names']),
        ...(client === wanted ? [] : [`client certificates: ${client}, not ${wanted}`]),
        ...Object.entries(edgeOf(objects).http.routers)
          .filter(([, r]) => r.tls)
          .map(([name]) => `router ${name} has TLS of its own`),
      ];
    },
    breaks: [
      {
        variant: STRICT,
        how: (objects) => editArgs(objects, (args) => args.filter((arg) => !arg.includes('tls.options'))),
      },
      {
        variant: BOTH,
        how: (objects) => editArgs(objects, (args) => args.filter((arg) => !arg.includes('http.tls'))),
      },
      { variant: STRICT, how: (objects) => editEdge(objects, ({ tls }) => delete tls?.options?.edge) },
      {
        variant: STRICT,
        how: (objects) => editEdge(objects, ({ tls }) => delete tls?.options?.default?.sniStrict),
      },
      {
        variant: FULL,
        how: (objects) =>
          editEdge(objects, ({ tls }) => {
            for (const option of Object.values(tls?.options ?? {})) delete option.clientAuth;
          }),
      },
    ],
  },
  {
    name: 'certificate-is-listed-and-mounted',
    why: 'sniStrict does not look at the default certificate: without the list every handshake is refused.',
    controls: ['T-9'],
    check: (objects, { edge }) => {
      if (edge.tls === 'flexible') return [];
      const { tls } = edgeOf(objects);
      const listed = tls?.certificates?.[0];
      const shown = tls?.stores?.default?.defaultCertificate;
      const mount = containerOf(objects, 'traefik').volumeMounts?.find(
        ({ mountPath }) => mountPath === '/etc/edge-certificate',
      );
      const secret = podOf(objects, 'traefik').spec.volumes?.find(({ name }) => name === mount?.name)?.secret;
      const files = secret?.items?.map(({ path }) => `${mount?.mountPath}/${path}`) ?? [];
      return [
        ...(listed && JSON.stringify(listed) === JSON.stringify(shown)
          ? []
          : ['the certificate is not in both places']),
        ...(secret?.secretName === 'cloudflare-origin-cert' && !secret.optional
          ? []
          : ['the certificate may be missing']),
        ...[listed?.certFile, listed?.keyFile]
          .filter((file) => !files.includes(file ?? ''))
          .map((file) => `${file} is not mounted`),
      ];
    },
    breaks: [
      { variant: STRICT, how: (objects) => editEdge(objects, ({ tls }) => delete tls?.certificates) },
      { variant: STRICT, how: (objects) => editEdge(objects, ({ tls }) => delete tls?.stores) },
      { variant: STRICT, how: (objects) => containerOf(objects, 'traefik').volumeMounts?.pop() },
    ],
  },
];
