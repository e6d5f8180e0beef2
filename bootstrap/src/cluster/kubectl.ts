import { NotYet } from '../frame/wait.ts';
import type { Fleet } from '../host/fleet.ts';
import { type Remote, RemoteError, type RemoteResult, UnreachableError } from '../host/remote.ts';

/** One call of kubectl, as data. Each can be made twice: the second time it changes nothing. */
export interface KubectlCall {
  /** What follows `kubectl`; never a secret, as anybody on the server may read it. */
  readonly words: readonly string[];
  /** What it reads from standard input; the only way for a secret. */
  readonly input?: string;
  /** Milliseconds after which it is given up; a minute when not said. */
  readonly deadline?: number;
}

/** kubectl on whichever server has an API that answers: no open port and no program of the workstation is needed. */
export interface Kubectl {
  /** @returns whatever its exit code is; @throws NoApiError */
  run(call: KubectlCall): Promise<RemoteResult>;
  /** @returns its standard output; @throws RemoteError when it fails; NoApiError */
  must(call: KubectlCall): Promise<string>;
  /** @returns its standard output, parsed; @throws as {@link must} */
  json<T>(call: KubectlCall): Promise<T>;
}

/** No server has a Kubernetes API that answers. Says of each server why. */
export class NoApiError extends NotYet {
  constructor(reasons: readonly string[]) {
    super(
      `No server has a Kubernetes API that answers.\n${reasons.join('\n')}\n` +
        'See on a server: systemctl status k3s; journalctl -u k3s -n 50. zx bootstrap/provision.mjs --only k3s starts it.',
    );
  }
}

/** EX_UNAVAILABLE of sysexits.h; kubectl itself never ends with it. */
const NOT_READY = 69;

const ASK_READY = ['k3s', 'kubectl', 'get', '--raw', '/readyz', '--request-timeout=5s'];

/** In one round trip: whether this server's API is ready, and only then the call itself. */
const IF_READY = [
  'sh',
  '-c',
  `${ASK_READY.join(' ')} >/dev/null || exit ${NOT_READY}; exec k3s kubectl "$@"`,
  'sh',
];

/** kubectl on the servers of cluster.yaml. */
export function kubectlOf(fleet: Fleet): Kubectl {
  return openKubectl(() =>
    fleet.cluster().nodes.map((node) => ({
      alias: node.alias,
      run: async (words, options) => fleet.host(node).run(words, options),
    })),
  );
}

/**
 * @param servers asked in this order until one answers; that one is kept while it does
 */
export function openKubectl(servers: () => readonly Remote[]): Kubectl {
  let proven: string | undefined;

  async function run(call: KubectlCall): Promise<RemoteResult> {
    const reasons: string[] = [];
    const first = proven;
    const isFirst = ({ alias }: Remote) => alias === first;
    for (const server of [...servers()].sort((a, b) => Number(isFirst(b)) - Number(isFirst(a)))) {
      const answer = await ask(server, call, isFirst(server));
      if (typeof answer !== 'string') {
        proven = server.alias;
        return answer;
      }
      if (proven === server.alias) proven = undefined;
      reasons.push(answer);
    }
    throw new NoApiError(reasons);
  }

  async function must(call: KubectlCall): Promise<string> {
    const result = await run(call);
    if (result.exitCode === 0) return result.stdout;
    throw new RemoteError(proven ?? 'a server', ['kubectl', ...call.words], result);
  }

  return { run, must, json: async <T>(call: KubectlCall) => JSON.parse(await must(call)) as T };
}

/** @returns why this server cannot answer, or what kubectl did there */
async function ask(
  server: Remote,
  { words, ...options }: KubectlCall,
  isProven: boolean,
): Promise<RemoteResult | string> {
  try {
    const result = await server.run([...(isProven ? ['k3s', 'kubectl'] : IF_READY), ...words], options);
    if (result.exitCode === 0) return result;
    if (!isProven) return result.exitCode === NOT_READY ? notReady(server, result) : result;
    // It failed where it used to work: because of the call, or because the API has gone meanwhile?
    const ready = await server.run(ASK_READY);
    return ready.exitCode === 0 ? result : notReady(server, ready);
  } catch (error) {
    if (error instanceof UnreachableError) return error.message;
    if (error instanceof NotYet) return `${server.alias}: ${error.message}`;
    throw error;
  }
}

function notReady({ alias }: Remote, { stdout, stderr }: RemoteResult): string {
  return `${alias}: ${stderr.trim() || stdout.trim() || 'not ready'}`;
}
