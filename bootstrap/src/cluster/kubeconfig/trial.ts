import { get } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { Credentials } from './credentials.ts';

/** Milliseconds; over ssh a login is in it. */
const DEADLINE = 10_000;

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/**
 * Asks a server for /readyz as kubectl would, with the certificates of the kubeconfig.
 * @param through a connection to the server's port that exists; otherwise one is made
 * @returns undefined when it answers that it is ready, otherwise why not
 */
export function tryServer(
  { address, port }: Endpoint,
  { authority, certificate, key }: Credentials,
  through?: Duplex,
): Promise<string | undefined> {
  const tls = { ca: authority, cert: certificate, key: key.reveal(), host: address };
  return new Promise((resolve) => {
    const end = (reason?: string) => {
      clearTimeout(timer);
      request.destroy();
      through?.destroy();
      resolve(reason);
    };
    const request = get({
      ...tls,
      port,
      path: '/readyz',
      ...(through ? { createConnection: () => connectTls({ ...tls, socket: through }) } : { agent: false }),
    });
    const timer = setTimeout(() => end(`no answer in ${DEADLINE / 1000} s`), DEADLINE);
    request.on('response', (response) => {
      response.resume();
      end(response.statusCode === 200 ? undefined : meaning(response.statusCode));
    });
    request.on('error', (error) => end(error.message));
    through?.on('error', (error) => end(error.message));
  });
}

function meaning(status: number | undefined): string {
  return status === 401 ? 'it does not know this certificate (401)' : `it answers ${status}`;
}
