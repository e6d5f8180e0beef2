import type { Change } from '../frame/step.ts';
import type { FirewallRule, WantedServer } from './wanted.ts';

export type Labels = Readonly<Record<string, string>>;

/** What is to be done at the provider. Ids are only those of things that exist when it is planned. */
export type CloudTask =
  | { readonly kind: 'create-ssh-key'; readonly name: string; readonly publicKey: string }
  | { readonly kind: 'create-network'; readonly name: string; readonly cidr: string; readonly zone: string }
  | { readonly kind: 'add-subnet'; readonly network: number; readonly cidr: string; readonly zone: string }
  | { readonly kind: 'create-placement-group'; readonly name: string }
  | { readonly kind: 'create-firewall'; readonly name: string; readonly rules: readonly FirewallRule[] }
  | {
      readonly kind: 'set-firewall-rules';
      readonly firewall: number;
      readonly rules: readonly FirewallRule[];
    }
  | { readonly kind: 'label'; readonly resource: Labelled; readonly id: number; readonly labels: Labels }
  | { readonly kind: 'create-server'; readonly server: WantedServer; readonly addresses: ReservedAddresses }
  | { readonly kind: 'attach-server'; readonly server: WantedServer }
  | { readonly kind: 'apply-firewall'; readonly server: WantedServer }
  | { readonly kind: 'power-on'; readonly server: WantedServer };

export type Labelled = 'server' | 'network' | 'firewall' | 'placement group';

/** Ids of addresses of the project that a new server takes, as cluster.yaml records them for it. */
export interface ReservedAddresses {
  readonly ipv4?: number;
  readonly ipv6?: number;
}

export interface CloudChange extends Change {
  readonly task: CloudTask;
}

/** What part of a plan adds to it. */
export interface Part {
  readonly changes?: readonly CloudChange[];
  readonly problems?: readonly string[];
  readonly notes?: readonly string[];
}

export const WHERE = 'Hetzner';

/** A row of the plan at the provider. */
export function change(action: Change['action'], what: string, detail: string, task: CloudTask): CloudChange {
  return { action, where: WHERE, what, detail, task };
}

/** The row that marks something existing as ours; none when it is marked already. Other labels are kept. */
export function labelChange(
  resource: Labelled,
  existing: { readonly id: number; readonly name: string; readonly labels?: Labels },
  wanted: Labels,
): CloudChange[] {
  const current = existing.labels ?? {};
  if (Object.entries(wanted).every(([key, value]) => current[key] === value)) return [];
  const labels = { ...current, ...wanted };
  const { id, name } = existing;
  return [
    change('change', `${resource} ${name}`, 'adopt: label it', { kind: 'label', resource, id, labels }),
  ];
}
