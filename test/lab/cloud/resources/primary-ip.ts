import type { Call } from '../api/operation.ts';
import { takePublicIPv4, takePublicIPv6 } from '../state/addresses.ts';
import { byIdOrName, locations } from '../state/catalog.ts';
import { type PrimaryIPRecord, takeId } from '../state/model.ts';

interface NewPrimaryIP extends Pick<PrimaryIPRecord, 'type' | 'location' | 'autoDelete' | 'labels'> {
  /** Undefined for one that comes with a server: the provider names it after its id. */
  name: string | undefined;
  /** An IPv4 address whose number an IPv6 network should share. */
  near: string | null;
  /** The server it is made for, by name: reserved addresses go by it. */
  serverName?: string;
}

/** Adds a Primary IP with the next free address. */
export function newPrimaryIP(
  { state, config, now }: Pick<Call, 'state' | 'config' | 'now'>,
  wanted: NewPrimaryIP,
): PrimaryIPRecord {
  const id = takeId(state);
  const address =
    wanted.type === 'ipv4'
      ? takePublicIPv4(state, config, wanted.serverName ?? '')
      : takePublicIPv6(state, config, wanted.near);
  const record: PrimaryIPRecord = {
    id,
    name: wanted.name ?? `primary_ip-${id}`,
    type: wanted.type,
    ip: address,
    assignee: null,
    autoDelete: wanted.autoDelete,
    labels: wanted.labels,
    location: wanted.location,
    protection: { delete: false },
    dnsPtr: wanted.type === 'ipv4' ? [{ ip: address, dns_ptr: defaultName(address) }] : [],
    created: now.toISOString(),
  };
  state.primaryIPs.push(record);
  return record;
}

/** The reverse name that an IPv4 address has until one is set. */
export function defaultName(ipv4: string): string {
  return `static.${ipv4.split('.').toReversed().join('.')}.clients.example`;
}

/** A Primary IP as the API shows it. */
export function viewPrimaryIP(record: PrimaryIPRecord) {
  return {
    id: record.id,
    name: record.name,
    type: record.type,
    ip: record.ip,
    assignee_id: record.assignee,
    assignee_type: 'server',
    auto_delete: record.autoDelete,
    blocked: false,
    labels: record.labels,
    location: byIdOrName(locations, record.location),
    protection: record.protection,
    dns_ptr: record.dnsPtr,
    created: record.created,
  };
}
