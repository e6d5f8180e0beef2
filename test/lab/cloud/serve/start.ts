import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildRouter, type Router } from '../api/router.ts';
import type { ServerBackend } from '../backend/backend.ts';
import { type CloudConfig, defaultConfig } from '../config.ts';
import { createFaultRegistry } from '../faults/registry.ts';
import { readMetadata } from '../metadata/metadata.ts';
import type { Contract } from '../openapi/contract.ts';
import { providerContract } from '../openapi/shared.ts';
import { operations } from '../operations.ts';
import { type CloudState, emptyState } from '../state/model.ts';
import { type CloudControl, controlCommand, controlOver, type RequestLogEntry } from './control.ts';
import { execute } from './execute.ts';
import { type ListenOn, listen, type Services } from './http.ts';
import { createPipeline } from './pipeline.ts';
import { createRunner } from './runner.ts';
import { createStore } from './store.ts';

export interface StartOptions {
  backend: ServerBackend;
  /** Defaults to a free port on 127.0.0.1. */
  listenOn?: readonly ListenOn[];
  config?: Partial<CloudConfig>;
  /** What the project holds at first. */
  state?: CloudState;
  /** Defaults to the provider's description, where it is found. */
  contract?: Contract;
  /** Defaults to every operation of the emulator; a test of the checks gives another. */
  router?: Router;
  log?: (line: string) => void;
}

/** A running emulator. */
export interface Cloud {
  /** The API's base address, with /v1; for the first TCP address listened on. */
  readonly url: string;
  readonly control: CloudControl;
  /** Whether requests and answers are checked against the provider's description. */
  readonly checked: boolean;
  /** Resolves when no action is under way; stuck ones do not count. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts an emulated project of the provider's API.
 * @throws Error when an address cannot be listened on
 */
export async function startCloud(options: StartOptions): Promise<Cloud> {
  const log = options.log ?? ((line) => console.error(line));
  const config = { ...defaultConfig, ...options.config };
  const store = createStore(options.state ?? emptyState());
  const faults = createFaultRegistry();
  const contract = options.contract ?? providerContract(log);
  const requests: RequestLogEntry[] = [];
  const violations: string[] = [];
  const runner = createRunner({ store, backend: options.backend, faults, actionMs: config.actionMs, log });
  const pipeline = createPipeline({
    config,
    store,
    router: options.router ?? buildRouter(operations),
    contract,
    faults,
    submit: runner.submit,
    onViolation: (violation) => violations.push(violation),
    now: () => new Date(),
  });
  const send = (command: unknown) =>
    execute({ store, faults, pipeline, runner, requests, violations }, controlCommand.parse(command));
  const services: Services = {
    api: (request) => {
      const answer = pipeline.handle(request);
      const { method, path } = request;
      const status = answer.drop ? 0 : answer.status;
      requests.push({
        at: new Date().toISOString(),
        method,
        path,
        operation: answer.operation ?? null,
        status,
      });
      return answer;
    },
    metadata: (address, path) => readMetadata(store.current, address, path),
    control: send,
    log,
  };
  const servers: Server[] = [];
  for (const on of options.listenOn ?? [{ host: '127.0.0.1', port: 0 }]) {
    servers.push(await listen(services, on));
  }
  return {
    url: baseUrl(servers),
    control: controlOver(async (command) => send(command)),
    checked: contract.enabled,
    idle: runner.idle,
    close: async () => {
      await Promise.all(servers.map(stop));
      await runner.close();
    },
  };
}

function baseUrl(servers: readonly Server[]): string {
  const address = servers.map((server) => server.address()).find((found) => typeof found === 'object');
  if (!address) return '';
  const { address: host, port, family } = address as AddressInfo;
  return `http://${family === 'IPv6' ? `[${host}]` : host}:${port}/v1`;
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
