import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { metadataRoot } from '../metadata/metadata.ts';
import type { ApiAnswer, ApiRequest } from './pipeline.ts';

/** What the HTTP server serves; each part is called with what it needs and knows nothing of sockets. */
export interface Services {
  api(request: ApiRequest): ApiAnswer;
  /** Undefined when there is nothing for this address and path. */
  metadata(address: string, path: string): string | undefined;
  /** Takes a control command as parsed JSON. @throws when it is malformed */
  control(command: unknown): unknown;
  log(line: string): void;
}

/** An address to listen on: TCP, or a Unix socket's path. */
export type ListenOn = { host: string; port: number } | { path: string };

const apiRoot = '/v1';
const controlPath = '/_lab';
// The largest body of the API is a server with 32 KiB of user data.
const maxBodyBytes = 1024 * 1024;

/**
 * Serves the API below /v1, the metadata service and the control endpoint on one address.
 * @throws Error when the address cannot be listened on
 */
export async function listen(services: Services, on: ListenOn): Promise<Server> {
  const server = createServer((request, response) => {
    serve(services, request, response).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      services.log(`${request.method} ${request.url}: ${message}`);
      sendJson(response, 500, { error: { code: 'lab_emulator_defect', message, details: null } });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(on, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return server;
}

async function serve(services: Services, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://emulator');
  if (url.pathname.startsWith(`${apiRoot}/`)) return serveApi(services, request, response, url);
  if (url.pathname.startsWith(`${metadataRoot}/`)) return serveMetadata(services, request, response, url);
  if (url.pathname === controlPath && request.method === 'POST') {
    const command: unknown = JSON.parse(await readBody(request));
    return sendJson(response, 200, { result: services.control(command) ?? null });
  }
  sendJson(response, 404, { error: { code: 'not_found', message: 'not found', details: null } });
}

async function serveApi(
  services: Services,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const answer = services.api({
    method: request.method ?? 'GET',
    path: url.pathname.slice(apiRoot.length),
    query: readQuery(url),
    authorization: request.headers.authorization,
    text: await readBody(request),
  });
  if (answer.delayMs > 0) await sleep(answer.delayMs);
  if (answer.drop) {
    request.socket.destroy();
    return;
  }
  const headers = { ...answer.headers };
  if (headers.Link) headers.Link = headers.Link.replaceAll('<?', `<${pageUrl(request, url)}`);
  response.writeHead(answer.status, headers).end(answer.text);
}

function serveMetadata(
  services: Services,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): void {
  const address = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const text = services.metadata(address, url.pathname);
  if (text === undefined) response.writeHead(404).end();
  else response.writeHead(200, { 'Content-Type': 'text/plain' }).end(text);
}

/** This list's address up to the page parameters. */
function pageUrl(request: IncomingMessage, url: URL): string {
  const rest = new URLSearchParams(url.search);
  rest.delete('page');
  rest.delete('per_page');
  const query = rest.size > 0 ? `${rest}&` : '';
  return `http://${request.headers.host}${url.pathname}?${query}`;
}

function readQuery(url: URL): Record<string, string[]> {
  const names = new Set(url.searchParams.keys());
  return Object.fromEntries([...names].map((name) => [name, url.searchParams.getAll(name)]));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > maxBodyBytes) throw new Error(`the request body is larger than ${maxBodyBytes} bytes`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
