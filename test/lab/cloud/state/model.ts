/**
 * What the emulator remembers, as plain data: it can be cloned, compared and printed.
 * References between objects are ids; what follows from others (a placement group's servers, a server's
 * firewalls) is never stored twice but computed by the views in `resources/`.
 */

export type Labels = Record<string, string>;

/** A resource of the API as actions name it. */
export interface ResourceRef {
  id: number;
  type: 'server' | 'network' | 'firewall' | 'primary_ip' | 'placement_group' | 'image';
}

export interface ActionRecord {
  id: number;
  command: string;
  status: 'running' | 'success' | 'error';
  started: string;
  finished: string | null;
  resources: ResourceRef[];
  error: { code: string; message: string } | null;
}

export type ServerStatus = 'initializing' | 'starting' | 'running' | 'stopping' | 'off' | 'deleting';

export interface Attachment {
  network: number;
  ip: string;
  aliasIPs: string[];
  mac: string;
}

export interface ServerRecord {
  id: number;
  name: string;
  status: ServerStatus;
  created: string;
  labels: Labels;
  serverType: string;
  location: string;
  image: number;
  privateNets: Attachment[];
  placementGroup: number | null;
  protection: { delete: boolean; rebuild: boolean };
  userData: string;
  /** Public keys as they were at creation: deleting an SSH key later changes no server. */
  publicKeys: string[];
}

export interface SubnetRecord {
  type: 'cloud' | 'server' | 'vswitch';
  ipRange: string;
  networkZone: string;
}

export interface NetworkRecord {
  id: number;
  name: string;
  ipRange: string;
  subnets: SubnetRecord[];
  routes: { destination: string; gateway: string }[];
  labels: Labels;
  protection: { delete: boolean };
  exposeRoutesToVswitch: boolean;
  created: string;
}

export interface PlacementGroupRecord {
  id: number;
  name: string;
  labels: Labels;
  type: 'spread';
  created: string;
}

export interface SshKeyRecord {
  id: number;
  name: string;
  fingerprint: string;
  publicKey: string;
  labels: Labels;
  created: string;
}

export interface FirewallRule {
  direction: 'in' | 'out';
  protocol: 'tcp' | 'udp' | 'icmp' | 'esp' | 'gre';
  port: string | null;
  source_ips: string[];
  destination_ips: string[];
  description: string | null;
}

export type FirewallTarget =
  | { type: 'server'; server: { id: number } }
  | { type: 'label_selector'; label_selector: { selector: string } };

export interface FirewallRecord {
  id: number;
  name: string;
  labels: Labels;
  rules: FirewallRule[];
  appliedTo: FirewallTarget[];
  created: string;
}

export interface PrimaryIPRecord {
  id: number;
  name: string;
  type: 'ipv4' | 'ipv6';
  /** An IPv4 address, or the /64 of an IPv6 one. */
  ip: string;
  assignee: number | null;
  autoDelete: boolean;
  labels: Labels;
  location: string;
  protection: { delete: boolean };
  dnsPtr: { ip: string; dns_ptr: string }[];
  created: string;
}

export interface CloudState {
  nextId: number;
  servers: ServerRecord[];
  networks: NetworkRecord[];
  placementGroups: PlacementGroupRecord[];
  sshKeys: SshKeyRecord[];
  firewalls: FirewallRecord[];
  primaryIPs: PrimaryIPRecord[];
  actions: ActionRecord[];
  /** IPv4 addresses ever handed out, oldest first: a replaced server gets a fresh one, as at the provider. */
  handedOut: string[];
  /** `type/location` pairs that are sold out. */
  soldOut: string[];
}

/** A project without anything in it. Ids start well above zero so that they are never taken for an index. */
export function emptyState(): CloudState {
  return {
    nextId: 1001,
    servers: [],
    networks: [],
    placementGroups: [],
    sshKeys: [],
    firewalls: [],
    primaryIPs: [],
    actions: [],
    handedOut: [],
    soldOut: [],
  };
}

/** The next unused id of a project. */
export function takeId(state: CloudState): number {
  const id = state.nextId;
  state.nextId += 1;
  return id;
}
