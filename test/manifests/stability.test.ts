import type { Document } from 'yaml';
import { buildApp } from '../../charts/index.ts';
import { compare } from '../../synth/compare.ts';
import { type Rendered, render } from '../../synth/render.ts';
import { cluster } from '../clusters.ts';

const rendered = (edit?: (document: Document) => void) => render(buildApp(cluster(edit)));
const before = rendered();

/** The lines that leave a file (-) and come into it (+), in order. An edit that moves lines shows as both. */
function changedLines(after: Rendered): string[] {
  return [...before].flatMap(([name, text]) => {
    const old = text.split('\n');
    const next = (after.get(name) ?? '').split('\n');
    const left = subtract(old, next).map((line) => `- ${line.trim()}`);
    const came = subtract(next, old).map((line) => `+ ${line.trim()}`);
    return [...left, ...came].map((line) => `${name} ${line}`);
  });
}

/** The lines of a that b does not have, counting each as often as it is there. */
function subtract(a: readonly string[], b: readonly string[]): string[] {
  const rest = new Map<string, number>();
  for (const line of b) rest.set(line, (rest.get(line) ?? 0) + 1);
  return a.filter((line) => {
    const count = rest.get(line) ?? 0;
    rest.set(line, count - 1);
    return count <= 0;
  });
}

const FILES = ['certFile: /etc/edge-certificate/tls.crt', 'keyFile: /etc/edge-certificate/tls.key'];
const OPTIONS = ['minVersion: VersionTLS12', 'sniStrict: true'];
/** Section `tls` of the edge's file. */
const CERTIFICATE_IN_ROUTES = [
  ...['tls:', 'certificates:', ...FILES.map((line, i) => (i === 0 ? `- ${line}` : line))],
  ...['stores:', 'default:', 'defaultCertificate:', ...FILES],
  ...['options:', 'default:', ...OPTIONS, 'edge:', ...OPTIONS],
];

const objectsOf = (after: Rendered) =>
  compare(before, after).map(({ change, object }) => `${change} ${object}`);

// An operator reads this diff before every release: a line more is a surprise, a line less a lie.
test('a new image of the api changes its image and the version in its traces, and nothing else', () => {
  const after = rendered((document) =>
    document.setIn(['images', 'api'], 'gitea.treytartt.com/admin/honeydue-api:0000001'),
  );
  const attributes = (version: string) =>
    `value: deployment.environment.name=production,service.version=${version},k8s.pod.name=$(POD_NAME),k8s.node.name=$(NODE_NAME)`;
  expect(changedLines(after)).toEqual([
    `40-api.k8s.yaml - ${attributes('237c6b8')}`,
    '40-api.k8s.yaml - image: gitea.treytartt.com/admin/honeydue-api:237c6b8',
    `40-api.k8s.yaml + ${attributes('0000001')}`,
    '40-api.k8s.yaml + image: gitea.treytartt.com/admin/honeydue-api:0000001',
  ]);
});

// Pods do not notice a changed ConfigMap; the fingerprint is what replaces them, and only those that read it.
test('a changed value of the configuration rolls exactly the pods that read it', () => {
  const after = rendered((document) => document.setIn(['app', 'debug'], true));
  expect(objectsOf(after)).toEqual([
    'changed ConfigMap honeydue/honeydue-config',
    'changed Deployment honeydue/api',
    'changed Deployment honeydue/worker',
    'changed Deployment honeydue/admin',
  ]);
  const lines = changedLines(after).map((line) => line.replace(/[0-9a-f]{16}$/, '…'));
  const hash = ['- honeydue.dev/config-hash: …', '+ honeydue.dev/config-hash: …'];
  expect(lines).toEqual([
    '20-config.k8s.yaml - DEBUG: "false"',
    '20-config.k8s.yaml + DEBUG: "true"',
    ...['40-api', '41-worker', '42-admin'].flatMap((file) => hash.map((line) => `${file}.k8s.yaml ${line}`)),
  ]);
});

test('a larger rate limit rolls the edge alone', () => {
  const after = rendered((document) => document.setIn(['edge', 'rateLimit', 'burst'], 200));
  expect(objectsOf(after)).toEqual([
    'changed ConfigMap traefik/traefik-config',
    'changed DaemonSet traefik/traefik',
  ]);
});

// Switching the edge mode is one line; it must not touch a workload behind the edge.
test('strict mode differs from flexible in the edge alone', () => {
  const after = rendered((document) => document.setIn(['edge', 'tls'], 'strict'));
  expect(objectsOf(after)).toEqual([
    'changed ConfigMap traefik/traefik-config',
    'changed DaemonSet traefik/traefik',
    'changed NetworkPolicy traefik/traefik',
  ]);
  const lines = changedLines(after)
    .filter((line) => !line.includes('config-hash'))
    .map((line) => line.replace('10-traefik.k8s.yaml ', ''));
  expect(lines.filter((line) => line.startsWith('-'))).toEqual([
    '- - --entryPoints.edge.address=:80',
    '- - containerPort: 80',
    '- hostPort: 80',
    '- - port: 80',
  ]);
  expect(lines.filter((line) => line.startsWith('+'))).toEqual([
    ...CERTIFICATE_IN_ROUTES.map((line) => `+ ${line}`),
    '+ - --entryPoints.edge.address=:443',
    '+ - --entryPoints.edge.http.tls=true',
    '+ - --entryPoints.edge.http.tls.options=edge@file',
    '+ - containerPort: 443',
    '+ hostPort: 443',
    '+ - mountPath: /etc/edge-certificate',
    '+ name: certificate',
    '+ readOnly: true',
    '+ - name: certificate',
    '+ secret:',
    '+ defaultMode: 256',
    '+ items:',
    '+ - key: tls.crt',
    '+ path: tls.crt',
    '+ - key: tls.key',
    '+ path: tls.key',
    '+ secretName: cloudflare-origin-cert',
    '+ - port: 443',
  ]);
});

// A construct's id is a name for programmers: renamed, the cluster must not get other objects.
test('renaming every construct leaves every file byte for byte as it was', () => {
  const renamed = renderedWithIds((id) => `renamed-${id}`);
  expect([...renamed.keys()]).toEqual([...before.keys()].map((name) => `renamed-${name}`));
  expect([...renamed.values()]).toEqual([...before.values()]);
});

/** The files when every construct has another id. `Resource` and `Default` stay: constructs looks for them by name. */
function renderedWithIds(rename: (id: string) => string): Rendered {
  let files: Rendered = new Map();
  jest.isolateModules(() => {
    jest.doMock('constructs', () => {
      const actual = jest.requireActual<typeof import('constructs')>('constructs');
      class Renamed extends actual.Construct {
        constructor(scope: InstanceType<typeof actual.Construct>, id: string) {
          super(scope, ['', 'Resource', 'Default', undefined].includes(id) ? id : rename(id));
        }
      }
      return { ...actual, Construct: Renamed };
    });
    const charts = jest.requireActual<typeof import('../../charts/index.ts')>('../../charts/index.ts');
    const synth = jest.requireActual<typeof import('../../synth/render.ts')>('../../synth/render.ts');
    files = synth.render(charts.buildApp(cluster()));
  });
  return files;
}
