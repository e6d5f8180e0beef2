import { contentHash } from '../../../config/environment.ts';
import type { Container } from '../../../review/objects/kinds.ts';
import { allPods, containerOf, containersOf, ofKind, one, podOf } from '../find.ts';
import { broken, type Invariant } from '../invariant.ts';

/** What the applications are told: configuration and OpenTelemetry. */

const HASH = 'honeydue.dev/config-hash';
const TRACED = { api: 'honeydue-api', worker: 'honeydue-worker' } as const;

const value = ({ env = [] }: Container, name: string) =>
  env.find((variable) => variable.name === name)?.value;

export const configurationInvariants: readonly Invariant[] = [
  {
    name: 'config-hash-current',
    why: 'Pods do not notice a changed ConfigMap: without the fingerprint an edit of cluster.yaml changes nothing that runs.',
    controls: [],
    check: (objects) =>
      allPods(objects).flatMap(({ id, namespace, template }) => {
        const names = [
          ...(template.spec.volumes ?? []).map(({ configMap }) => configMap?.name),
          ...containersOf(template).flatMap(({ envFrom = [] }) => envFrom.map((e) => e.configMapRef?.name)),
        ];
        const read = ofKind(objects, 'ConfigMap').filter(
          ({ metadata }) => metadata.namespace === namespace && names.includes(metadata.name),
        );
        const hash = template.metadata?.annotations?.[HASH];
        return read
          .filter(({ data = {} }) => contentHash(data) !== hash)
          .map(({ metadata }) => `${id}: ${HASH} is not that of ${metadata.name}`);
      }),
    breaks: [
      broken((objects) =>
        Object.assign(one(objects, 'ConfigMap', 'honeydue-config').data ?? {}, { DEBUG: 'true' }),
      ),
      broken((objects) => {
        delete podOf(objects, 'redis').metadata?.annotations?.[HASH];
      }),
    ],
  },
  {
    name: 'applications-are-configured',
    why: 'The applications read their database, mail and Redis from these names; DB_ and POSTGRES_ are both live.',
    controls: [],
    check: (objects, { database, mail, app, b2, apns }) => {
      const { data = {} } = one(objects, 'ConfigMap', 'honeydue-config');
      const wanted: Record<string, string | undefined> = {
        DB_HOST: database.host,
        DB_SSLMODE: database.sslMode,
        POSTGRES_DB: database.name,
        DEBUG: String(app.debug),
        EMAIL_HOST: mail.host,
        REDIS_HOST: 'redis',
        B2_BUCKET: b2?.bucket,
        APNS_TOPIC: apns?.topic,
        APPLE_CLIENT_ID: app.appleClientID,
      };
      return Object.entries(wanted)
        .filter(([key, text]) => data[key] !== text)
        .map(([key, text]) => `${key} is ${data[key]}, cluster.yaml says ${text}`);
    },
    breaks: [
      broken((objects) =>
        Object.assign(one(objects, 'ConfigMap', 'honeydue-config').data ?? {}, { POSTGRES_DB: 'honeydue' }),
      ),
    ],
  },
  {
    name: 'redis-is-found',
    why: 'A host name in the configuration that no Service has is an application that does not start.',
    controls: [],
    check: (objects) => {
      const { data = {} } = one(objects, 'ConfigMap', 'honeydue-config');
      const service = ofKind(objects, 'Service').find(({ metadata }) => metadata.name === data.REDIS_HOST);
      const port = service?.spec.ports.some((p) => String(p.port) === data.REDIS_PORT);
      return port ? [] : [`no Service is ${data.REDIS_HOST}:${data.REDIS_PORT}`];
    },
    breaks: [
      broken((objects) => Object.assign(one(objects, 'Service', 'redis').metadata, { name: 'cache' })),
    ],
  },
  {
    name: 'panel-listens-everywhere',
    why: 'Kubernetes sets HOSTNAME to the name of the pod, and Next.js would listen on that address alone.',
    controls: [],
    check: (objects) => {
      const admin = containerOf(objects, 'admin');
      const port = String(admin.ports?.[0]?.containerPort);
      return value(admin, 'HOSTNAME') === '0.0.0.0' && value(admin, 'PORT') === port
        ? []
        : ['admin listens elsewhere'];
    },
    breaks: [broken((objects) => containerOf(objects, 'admin').env?.shift())],
  },
  {
    name: 'traces-only',
    why: 'OpenTelemetry’s default sends metrics and logs to the trace receiver too, which answers 404 to both.',
    controls: ['O-1'],
    check: (objects) =>
      Object.entries(TRACED).flatMap(([name, service]) => {
        const container = containerOf(objects, name);
        const wanted = {
          OTEL_SERVICE_NAME: service,
          OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
          OTEL_METRICS_EXPORTER: 'none',
          OTEL_LOGS_EXPORTER: 'none',
        };
        return Object.entries(wanted)
          .filter(([key, text]) => value(container, key) !== text)
          .map(([key]) => `${name}: ${key} is ${value(container, key)}`);
      }),
    breaks: [
      broken((objects) => {
        const container = containerOf(objects, 'worker');
        container.env = container.env?.filter(({ name }) => name !== 'OTEL_METRICS_EXPORTER');
      }),
      broken((objects) => {
        const variable = containerOf(objects, 'worker').env?.find(({ name }) => name === 'OTEL_SERVICE_NAME');
        Object.assign(variable ?? {}, { value: 'honeydue-api' });
      }),
    ],
  },
  {
    name: 'traces-name-their-version',
    why: 'A slow trace is of use when it says which release, pod and node it came from.',
    controls: ['O-1'],
    check: (objects) =>
      Object.keys(TRACED).flatMap((name) => {
        const container = containerOf(objects, name);
        const tag = container.image.match(/:([\w.-]+)(@|$)/)?.[1];
        const attributes = value(container, 'OTEL_RESOURCE_ATTRIBUTES')?.split(',') ?? [];
        const wanted = [`service.version=${tag}`, 'k8s.pod.name=$(POD_NAME)', 'k8s.node.name=$(NODE_NAME)'];
        return [...wanted, 'deployment.environment.name=production']
          .filter((attribute) => !attributes.includes(attribute))
          .map((attribute) => `${name}: its traces lack ${attribute}`);
      }),
    breaks: [
      broken((objects) =>
        Object.assign(containerOf(objects, 'api'), {
          image: 'gitea.treytartt.com/admin/honeydue-api:0000001',
        }),
      ),
    ],
  },
  {
    name: 'traces-can-be-sent',
    why: 'Where traces go and the token for it are optional values of the Secret; the share is a key of the ConfigMap.',
    controls: ['O-1', 'O-2'],
    check: (objects, { app }) => [
      ...Object.keys(TRACED).flatMap((name) =>
        ['OBS_TRACES_URL', 'OBS_INGEST_TOKEN']
          .filter(
            (key) =>
              !containerOf(objects, name).env?.some(
                (v) => v.name === key && v.valueFrom?.secretKeyRef?.optional,
              ),
          )
          .map((key) => `${name} has no optional ${key}`),
      ),
      ...(one(objects, 'ConfigMap', 'honeydue-config').data?.OTEL_TRACES_SAMPLER_ARG ===
      app.tracesSamplerArg?.toString()
        ? []
        : ['OTEL_TRACES_SAMPLER_ARG is not app.tracesSamplerArg']),
    ],
    breaks: [
      broken((objects) => {
        const container = containerOf(objects, 'api');
        container.env = container.env?.filter(({ name }) => name !== 'OBS_INGEST_TOKEN');
      }),
      broken((objects) =>
        Object.assign(one(objects, 'ConfigMap', 'honeydue-config').data ?? {}, {
          OTEL_TRACES_SAMPLER_ARG: '1',
        }),
      ),
    ],
  },
];
