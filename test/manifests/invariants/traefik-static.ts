import { edgePorts, edgeSources } from '../../../config/edge.ts';
import { editArgs, entryPointOption, optionsOf, seconds } from '../edge.ts';
import { allPods, containerOf, podOf } from '../find.ts';
import { type Break, broken, type Invariant } from '../invariant.ts';

/** Traefik's arguments. */

const without = (part: string): Break =>
  broken((objects) => editArgs(objects, (args) => args.filter((arg) => !arg.includes(part))));
const more = (...extra: string[]): Break =>
  broken((objects) => editArgs(objects, (args) => [...args, ...extra]));
const replaced = (from: string, to: string): Break =>
  broken((objects) => editArgs(objects, (args) => args.map((arg) => arg.replace(from, to))));

/** Entry-point options with the one value they must have, each with the control that asks for it. */
function wrong(
  actual: (name: string) => string | undefined,
  wanted: Readonly<Record<string, string>>,
): string[] {
  return Object.entries(wanted)
    .filter(([name, value]) => actual(name) !== value)
    .map(([name, value]) => `${name} is ${actual(name)}, not ${value}`);
}

export const traefikStaticInvariants: readonly Invariant[] = [
  {
    name: 'edge-trusts-only-its-proxies',
    why: 'Whoever may set X-Forwarded-For may be anybody: it decides the rate limit and stands in the logs.',
    controls: ['T-5', 'T-6'],
    check: (objects, cluster) => {
      const trusted = entryPointOption(objects, 'forwardedHeaders.trustedIPs')?.split(',') ?? [];
      const wanted = edgeSources(cluster);
      const same = trusted.length === wanted.length && wanted.every((range) => trusted.includes(range));
      return same ? [] : [`trusted: ${trusted.join(', ')}; Cloudflare's: ${wanted.join(', ')}`];
    },
    breaks: [without('trustedIPs'), replaced('173.245.48.0/20', '0.0.0.0/0')],
  },
  {
    name: 'edge-has-nothing-insecure',
    why: 'On the host network an API or dashboard that is switched on listens on the public address.',
    controls: ['T-5', 'T-10'],
    check: (objects) =>
      [...optionsOf(objects)]
        .filter(
          ([name, value]) => /insecure|^api(\.|$)|^serverstransport/.test(name) || /insecure/i.test(value),
        )
        .map(([name]) => `--${name} is given`),
    breaks: [
      more('--api.insecure=true'),
      more('--api'),
      more('--entryPoints.edge.forwardedHeaders.insecure'),
    ],
  },
  {
    name: 'edge-needs-no-kubernetes',
    why: 'Traefik’s Kubernetes provider lists every Secret of its namespaces, and serves nothing while the API server is down.',
    controls: ['T-11', 'S-9'],
    check: (objects) =>
      [...optionsOf(objects).keys()]
        .filter((name) => name.startsWith('providers.') && !name.startsWith('providers.file.'))
        .map((name) => `--${name} is given`),
    breaks: [more('--providers.kubernetesIngress=true')],
  },
  {
    name: 'edge-file-read-once',
    why: 'A watched file changes every node in the same second; read at the start, it rolls node by node and stops at the first bad one.',
    controls: ['T-11'],
    check: (objects) =>
      wrong((name) => optionsOf(objects).get(name), {
        'providers.file.filename': '/etc/edge/edge.yaml',
        'providers.file.watch': 'false',
      }),
    breaks: [without('watch'), replaced('edge.yaml', 'routes.yaml')],
  },
  {
    name: 'edge-drains',
    why: 'A closing Traefik must go on accepting until Cloudflare has seen it leave, and end within its grace period.',
    controls: ['T-3'],
    check: (objects) => {
      const accept = seconds(entryPointOption(objects, 'transport.lifeCycle.requestAcceptGraceTimeout'));
      const end = seconds(entryPointOption(objects, 'transport.lifeCycle.graceTimeOut'));
      const grace = podOf(objects, 'traefik').spec.terminationGracePeriodSeconds ?? 30;
      return accept >= 15 && end >= 30 && accept + end + 5 <= grace
        ? []
        : [`accepts ${accept} s, ends in ${end} s, of ${grace} s`];
    },
    breaks: [
      without('requestAcceptGraceTimeout'),
      replaced('graceTimeOut=30s', 'graceTimeOut=10s'),
      broken((objects) =>
        Object.assign(podOf(objects, 'traefik').spec, { terminationGracePeriodSeconds: 45 }),
      ),
    ],
  },
  {
    name: 'edge-outlasts-cloudflare',
    why: 'Cloudflare keeps idle connections for 900 s: the side that closes first loses the request that is on its way.',
    controls: ['T-4'],
    check: (objects) => {
      const idle = seconds(entryPointOption(objects, 'transport.respondingTimeouts.idleTimeout'));
      const read = seconds(entryPointOption(objects, 'transport.respondingTimeouts.readTimeout'));
      return [
        ...(idle > 900 ? [] : [`idle connections are closed after ${idle} s`]),
        ...(read > 100 ? [] : [`uploads are cut after ${read} s, before Cloudflare's 100 s`]),
      ];
    },
    breaks: [
      without('idleTimeout'),
      replaced('idleTimeout=910s', 'idleTimeout=180s'),
      without('readTimeout'),
    ],
  },
  {
    name: 'edge-limits-requests',
    why: 'Headers of a megabyte, hundreds of streams and encoded slashes are how an edge is filled or walked around.',
    controls: ['T-7'],
    check: (objects) =>
      wrong((name) => entryPointOption(objects, name), {
        'http.maxHeaderBytes': '65536',
        'http2.maxConcurrentStreams': '100',
        'http.sanitizePath': 'true',
        'http.encodedCharacters.allowEncodedSlash': 'false',
        'http.encodedCharacters.allowEncodedBackSlash': 'false',
        'http.encodedCharacters.allowEncodedNullCharacter': 'false',
      }),
    breaks: [without('maxHeaderBytes'), replaced('allowEncodedSlash=false', 'allowEncodedSlash=true')],
  },
  {
    name: 'edge-one-public-port',
    why: 'A second entry point, or plain HTTP beside TLS, is a door that neither UFW nor this review knows.',
    controls: ['T-9', 'T-10'],
    check: (objects, cluster) => {
      const addresses = [...optionsOf(objects)].filter(([name]) =>
        /^entrypoints\.[\w-]+\.address$/.test(name),
      );
      const found = addresses.map(([, value]) => value).sort();
      const doors = edgePorts(cluster).map(({ port }) => port);
      const wanted = ['$(HOST_IP):9100', ...doors.map((port) => `:${port}`)].sort();
      const declared = (containerOf(objects, 'traefik').ports ?? []).map(
        ({ containerPort }) => containerPort,
      );
      return [
        ...(found.join() === wanted.join()
          ? []
          : [`listens on ${found.join(', ')}, not ${wanted.join(', ')}`]),
        ...(declared.join() === [...doors, 9100].join() ? [] : [`declares the ports ${declared.join(', ')}`]),
      ];
    },
    breaks: [
      more('--entryPoints.web.address=:8080'),
      replaced('$(HOST_IP):9100', ':9100'),
      {
        variant: 'strict edge',
        how: (objects) => editArgs(objects, (args) => [...args, '--entryPoints.web.address=:80']),
      },
    ],
  },
  {
    name: 'edge-health-and-metrics-are-private',
    why: 'Under hostNetwork `:9100` listens on the public address; health and metrics are bound to the node’s private one.',
    controls: ['T-10', 'T-13', 'T-3'],
    check: (objects) => {
      const host = containerOf(objects, 'traefik').env?.find(({ name }) => name === 'HOST_IP');
      return [
        ...wrong((name) => optionsOf(objects).get(name.toLowerCase()), {
          'entryPoints.metrics.address': '$(HOST_IP):9100',
          ping: 'true',
          'ping.entryPoint': 'metrics',
          'metrics.prometheus': 'true',
          'metrics.prometheus.entryPoint': 'metrics',
          'metrics.prometheus.addRoutersLabels': 'true',
          'entryPoints.edge.asDefault': 'true',
        }),
        ...(host?.valueFrom?.fieldRef?.fieldPath === 'status.hostIP'
          ? []
          : ['HOST_IP is not the address of the node']),
      ];
    },
    breaks: [
      replaced('ping.entryPoint=metrics', 'ping.entryPoint=edge'),
      without('asDefault'),
      broken((objects) =>
        Object.assign(containerOf(objects, 'traefik').env?.[0] ?? {}, {
          valueFrom: { fieldRef: { fieldPath: 'status.podIP' } },
        }),
      ),
    ],
  },
  {
    name: 'edge-logs-leak-nothing',
    why: 'Cookies and Authorization headers in a log are passwords in a log.',
    controls: ['T-13'],
    check: (objects) => [
      ...wrong((name) => optionsOf(objects).get(name.toLowerCase()), {
        accesslog: 'true',
        'accesslog.format': 'json',
        'accesslog.fields.headers.defaultmode': 'drop',
        'accesslog.fields.headers.names.Cf-Ray': 'keep',
      }),
      ...[...optionsOf(objects)]
        .filter(([name, value]) => /headers\.names\.(?!cf-ray)/.test(name) && value === 'keep')
        .map(([name]) => `--${name}=keep`),
    ],
    breaks: [without('defaultmode'), more('--accesslog.fields.headers.names.Cookie=keep')],
  },
  {
    name: 'edge-does-not-phone-home',
    why: 'The edge speaks to nobody but its backends.',
    controls: ['T-10'],
    check: (objects) =>
      wrong((name) => optionsOf(objects).get(name), {
        'global.checknewversion': 'false',
        'global.sendanonymoususage': 'false',
      }),
    breaks: [without('checkNewVersion')],
  },
  {
    name: 'host-network-keeps-cluster-dns',
    why: 'On the host network a pod otherwise asks the node’s own resolver, which knows no Service.',
    controls: ['T-12'],
    check: (objects) =>
      allPods(objects)
        .filter(({ template: { spec } }) => spec.hostNetwork && spec.dnsPolicy !== 'ClusterFirstWithHostNet')
        .map(({ id }) => `${id} asks the node's resolver`),
    breaks: [
      broken((objects) => {
        delete podOf(objects, 'traefik').spec.dnsPolicy;
      }),
    ],
  },
];
