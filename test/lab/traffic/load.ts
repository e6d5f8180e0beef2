import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { LabError } from '../core/errors.ts';
import { cacheDir, labSources } from '../core/paths.ts';
import { identify, signal } from '../core/process.ts';
import { inNamespace } from '../network/client.ts';
import { namespaceOf } from '../network/topology.ts';
import { build } from './build.ts';

/** One kind of request at a constant rate; `load/spec.go` reads it. */
export interface Stream {
  readonly name: string;
  /** Requests a second. */
  readonly rate: number;
  /** Sent in turn. */
  readonly targets: readonly Target[];
  /** Its latencies are no part of the sum: they are long on purpose. */
  readonly background?: boolean;
  /** The ids of answers 201 are kept. */
  readonly acknowledged?: boolean;
}

interface Target {
  readonly method: 'GET' | 'POST';
  readonly host: string;
  readonly path: string;
  readonly body?: string;
}

export interface LoadSpec {
  /** `address:port` of each node, in the order of the turns. */
  readonly origins: readonly string[];
  /** Authority in PEM that signed the origins' certificate; with it the load goes by HTTPS. */
  readonly authority?: string;
  readonly streams: readonly Stream[];
  /** Seconds after which it ends by itself (default 900). */
  readonly maxSeconds?: number;
}

/** A request that got no answer, or one other than 2xx. Times are Unix milliseconds. */
export interface Failure {
  readonly atMs: number;
  readonly endMs: number;
  /** 0: no answer. */
  readonly status: number;
  readonly error: string;
  readonly origin: string;
  readonly url: string;
}

/** Latencies in milliseconds. */
export interface Figures {
  readonly requests: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface Tally extends Figures {
  readonly failed: number;
  /** The first 500 of them. */
  readonly failures: readonly Failure[];
  /** Answered by a second origin because the first took no connection. */
  readonly secondTries: number;
  /** Sent again to the same origin because a kept connection had just been closed. */
  readonly replays: number;
  /** Answers by origin, and by the version that gave them. */
  readonly origins: Readonly<Record<string, number>>;
  readonly versions: Readonly<Record<string, number>>;
  readonly acknowledged: readonly { readonly id: string; readonly atMs: number }[];
}

export interface LoadReport {
  readonly beganMs: number;
  readonly endedMs: number;
  /** Sum of the streams that are not in the background. */
  readonly all: Figures;
  readonly streams: Readonly<Record<string, Tally>>;
}

export interface Load {
  /** Ends it; resolves when the last request has been answered or given up. @throws LabError */
  stop(): Promise<LoadReport>;
}

/** Longest that a request may take. Cloudflare would wait 100 s; what has no answer after 30 s fails either way. */
const REQUEST_TIMEOUT_MS = 30_000;
const START_DEADLINE_MS = 20_000;

let runs = 0;

/**
 * Puts a constant load on the nodes from the place that the lab declares as Cloudflare's, until it is stopped.
 * @throws LabError when it does not begin
 */
export async function startLoad(spec: LoadSpec): Promise<Load> {
  const program = await build(cacheDir(), () => {});
  runs += 1;
  const entered = inNamespace(namespaceOf('edge'), [program]);
  const name = `load-${process.pid}-${runs}`;
  const child = spawn('sh', [join(labSources, 'services', 'run-service.sh'), name, ...entered], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  const began = new Promise<void>((resolve) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      if (stderr.includes('running\n')) resolve();
    });
  });
  const closed = once(child, 'close');
  child.stdin.on('error', () => {}); // it may refuse what it reads
  child.stdin.end(JSON.stringify({ maxSeconds: 900, timeoutMs: REQUEST_TIMEOUT_MS, ...spec }));
  await Promise.race([began, closed, deadline(START_DEADLINE_MS)]);
  const process_ = child.pid === undefined ? undefined : identify(child.pid);
  if (process_ === undefined || !stderr.includes('running\n')) {
    child.kill('SIGKILL');
    throw new LabError('load generator', `did not begin: ${stderr}`, 'see test/lab/traffic/load');
  }
  return {
    stop: async () => {
      signal(process_, 'SIGTERM');
      await Promise.race([closed, deadline(REQUEST_TIMEOUT_MS + 10_000)]);
      if (child.exitCode === 0) return JSON.parse(stdout) as LoadReport;
      child.kill('SIGKILL');
      throw new LabError(
        'load generator',
        `exit code ${child.exitCode}: ${stderr}`,
        'see test/lab/traffic/load',
      );
    },
  };
}

function deadline(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
