import { parse, stringify } from 'yaml';
import type { Manifest } from '../../synth/render.ts';
import { containerOf, one } from './find.ts';

/** Traefik's two halves, as it reads them: arguments, and the file of routes. */

export interface Router {
  entryPoints?: string[];
  rule: string;
  service: string;
  middlewares?: string[];
  tls?: object;
}

interface Certificate {
  certFile: string;
  keyFile: string;
}

interface TLSOptions {
  minVersion?: string;
  sniStrict?: boolean;
  clientAuth?: { clientAuthType?: string; caFiles?: string[] };
}

export interface Edge {
  http: {
    routers: Record<string, Router>;
    services: Record<string, { loadBalancer: { servers: { url: string }[]; serversTransport?: string } }>;
    middlewares: Record<string, Record<string, Record<string, unknown>>>;
    serversTransports: Record<
      string,
      { maxIdleConnsPerHost?: number; forwardingTimeouts?: { dialTimeout?: string } }
    >;
  };
  tls?: {
    certificates?: Certificate[];
    stores?: Record<string, { defaultCertificate?: Certificate }>;
    options?: Record<string, TLSOptions>;
  };
}

const FILE = 'edge.yaml';
const files = (objects: readonly Manifest[]) => one(objects, 'ConfigMap', 'traefik-config').data ?? {};

/** The file of routes. */
export function edgeOf(objects: readonly Manifest[]): Edge {
  return parse(files(objects)[FILE] ?? '') as Edge;
}

/** Changes the file of routes, for breaks. */
export function editEdge(objects: Manifest[], edit: (edge: Edge) => void): void {
  const edge = edgeOf(objects);
  edit(edge);
  files(objects)[FILE] = stringify(edge, { aliasDuplicateObjects: false });
}

/** The arguments by name in lower case, as Traefik ignores case. */
export function optionsOf(objects: readonly Manifest[]): Map<string, string> {
  return new Map(
    (containerOf(objects, 'traefik').args ?? []).map((arg) => {
      const [, name = arg, value = 'true'] = /^--([^=]+)=?(.*)$/.exec(arg) ?? [];
      return [name.toLowerCase(), value];
    }),
  );
}

/** One option of the entry points that serve Cloudflare; undefined unless it is the same in all of them. */
export function entryPointOption(objects: readonly Manifest[], name: string): string | undefined {
  const values = publicEntryPoints(objects).map((entryPoint) => optionOf(objects, entryPoint, name));
  return new Set(values).size === 1 ? values[0] : undefined;
}

/** One option of the entry point that listens on a port. */
export function optionOnPort(objects: readonly Manifest[], port: number, name: string): string | undefined {
  const found = publicEntryPoints(objects).find((each) => optionOf(objects, each, 'address') === `:${port}`);
  return found === undefined ? undefined : optionOf(objects, found, name);
}

/** All but the one for health and metrics. */
function publicEntryPoints(objects: readonly Manifest[]): string[] {
  const names = [...optionsOf(objects).keys()].flatMap(
    (option) => /^entrypoints\.([\w-]+)\.address$/.exec(option)?.[1] ?? [],
  );
  return names.filter((name) => name !== 'metrics');
}

function optionOf(objects: readonly Manifest[], entryPoint: string, name: string): string | undefined {
  return optionsOf(objects).get(`entrypoints.${entryPoint}.${name}`.toLowerCase());
}

/** Changes arguments, for breaks. */
export function editArgs(objects: Manifest[], edit: (args: string[]) => string[]): void {
  const container = containerOf(objects, 'traefik');
  container.args = edit(container.args ?? []);
}

/** Seconds of `30s`. */
export const seconds = (text: string | undefined): number =>
  /^\d+s$/.test(text ?? '') ? Number.parseInt(text ?? '', 10) : Number.NaN;
