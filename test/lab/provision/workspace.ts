import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { labToken } from '../cloud/config.ts';
import { labClusterYaml } from '../cluster-yaml.ts';
import { LabError } from '../core/errors.ts';
import { cacheDir, runDir } from '../core/paths.ts';
import type { ExecResult } from '../core/process.ts';
import { build } from '../k3s/build.ts';
import { NEWEST, RELEASES_HOST, RELEASES_PORT } from '../k3s/releases.ts';
import { asOperator, type OperatorOptions, type OperatorRun, startAsOperator } from '../operator/operator.ts';
import { MAIL_PASSWORD, OBS_HOST, REGISTRY_ACCOUNT } from '../workloads/names.ts';

/** The checkout that the operator works in. */
const CHECKOUT = join(__dirname, '../../..');

export interface WorkspaceOptions {
  readonly provider: 'hetzner' | 'static';
  /** Release of k3s (default: the lab's newest). */
  readonly version?: string;
}

/** An operator's folder with a deployment of its own: cluster.yaml, prod.env, dist/. */
export interface Workspace {
  readonly folder: string;
  readonly config: string;
  /** The values of prod.env by name; each is found nowhere else. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Changes cluster.yaml and renders dist/ anew. */
  edit(change: (set: (path: readonly (string | number)[], value: unknown) => void) => void): Promise<void>;
  /** Adds values to prod.env, or changes them. */
  setSecrets(values: Readonly<Record<string, string>>): void;
  /** Runs `zx bootstrap/NAME.mjs ARGUMENTS` to its end, as the operator. */
  run(name: string, args?: readonly string[], options?: OperatorOptions): Promise<ExecResult>;
  /** The same without waiting for it. */
  start(name: string, args?: readonly string[], options?: OperatorOptions): Promise<OperatorRun>;
}

/** Makes the operator's folder, empty but for the deployment. The releases must be served, and the surroundings be there. @throws LabError */
export async function createWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const folder = join(runDir(), 'operator', 'site');
  // The scenario before has pinned the keys of hosts that are gone.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const config = join(folder, 'cluster.yaml');
  writeFileSync(config, await clusterYaml(options));
  const secrets = freshSecrets();
  const writeSecrets = () => writeFileSync(join(folder, 'prod.env'), prodEnv(secrets), { mode: 0o600 });
  writeSecrets();
  await synth(folder);
  const command = (name: string, args: readonly string[]) => [
    join(CHECKOUT, 'node_modules/.bin/zx'),
    join(CHECKOUT, `bootstrap/${name}.mjs`),
    ...['--config', config, ...args],
  ];
  const withDefaults = (given: OperatorOptions = {}): OperatorOptions => ({
    cwd: folder,
    ...given,
    env: { HCLOUD_TOKEN: labToken, HCLOUD_ENDPOINT: 'http://api.lab:8081/v1', ...given.env },
  });
  return {
    folder,
    config,
    secrets,
    edit: async (change) => {
      const document = parseDocument(readFileSync(config, 'utf8'));
      change((path, value) => (value === undefined ? document.deleteIn(path) : document.setIn(path, value)));
      writeFileSync(config, document.toString({ lineWidth: 0 }));
      await synth(folder);
    },
    setSecrets: (values) => {
      Object.assign(secrets, values);
      writeSecrets();
    },
    run: (name, args = [], given) => asOperator(command(name, args), withDefaults(given)),
    start: (name, args = [], given) => startAsOperator(command(name, args), withDefaults(given)),
  };
}

async function clusterYaml({ provider, version = NEWEST }: WorkspaceOptions): Promise<string> {
  const { releases } = await build(cacheDir(), () => {});
  const binary = readFileSync(join(releases, 'download', version, 'k3s'));
  const production = readFileSync(join(CHECKOUT, 'cluster.yaml'), 'utf8');
  const document = parseDocument(labClusterYaml(production, { provider, version }));
  document.setIn(['k3s', 'releases'], `http://${RELEASES_HOST}:${RELEASES_PORT}/download`);
  document.setIn(['k3s', 'sha256'], createHash('sha256').update(binary).digest('hex'));
  if (provider === 'hetzner') {
    // Not known before the servers are there.
    for (const i of [0, 1, 2]) {
      document.deleteIn(['nodes', i, 'publicIPv4']);
      document.deleteIn(['nodes', i, 'publicIPv6']);
    }
  }
  return document.toString({ lineWidth: 0 });
}

async function synth(folder: string): Promise<void> {
  const words = ['node', join(CHECKOUT, 'tools/run.mjs'), join(CHECKOUT, 'main.ts')];
  const { exitCode, stderr } = await asOperator(
    [...words, '--config', join(folder, 'cluster.yaml'), '--out', join(folder, 'dist')],
    { cwd: CHECKOUT },
  );
  if (exitCode !== 0) throw new LabError('synth', stderr, 'correct the scenario');
}

/** Values that are found nowhere else, but for those that the lab's stand-ins fix. */
function freshSecrets(): Record<string, string> {
  const canary = (name: string) => `canary-${name}-${randomBytes(12).toString('hex')}`;
  const apnsKey = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey;
  return {
    POSTGRES_PASSWORD: `${canary('postgres')} with blanks, "quotes" and $signs`,
    SECRET_KEY: canary('secret-key-of-the-application'),
    EMAIL_HOST_USER: 'lab@example.com',
    EMAIL_HOST_PASSWORD: MAIL_PASSWORD,
    FCM_SERVER_KEY: canary('fcm'),
    B2_KEY_ID: canary('b2-id'),
    B2_APP_KEY: canary('b2-key'),
    REDIS_PASSWORD: canary('redis'),
    OBS_TRACES_URL: `https://${OBS_HOST}/v1/traces`,
    OBS_INGEST_TOKEN: canary('obs'),
    APNS_AUTH_KEY: apnsKey,
    REGISTRY_TOKEN: REGISTRY_ACCOUNT.password,
  };
}

function prodEnv(secrets: Readonly<Record<string, string>>): string {
  const quoted = (value: string) =>
    `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('$', '\\$')}"`;
  return Object.entries(secrets)
    .map(([name, value]) => `${name}=${quoted(value)}\n`)
    .join('');
}
