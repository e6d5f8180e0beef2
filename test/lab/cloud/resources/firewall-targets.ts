import { z } from 'zod';
import { ApiError } from '../api/errors.ts';
import { parseSelector } from '../api/label-selector.ts';
import { type Call, type Operation, operationWithBody, type Reply } from '../api/operation.ts';
import { startAction } from '../state/actions.ts';
import { waitJob } from '../state/jobs.ts';
import type {
  ActionRecord,
  CloudState,
  FirewallRecord,
  FirewallTarget,
  ResourceRef,
  ServerRecord,
} from '../state/model.ts';
import { view } from './actions.ts';
import { idBody } from './bodies.ts';
import { firewallOf, requireUnchanging } from './lookup.ts';

// "A Server can be applied to a maximum of 5 Firewalls."
const maxFirewallsPerServer = 5;

/** A server, or a label selector for servers, that a firewall is applied to. */
export const targetBody = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('server'), server: z.strictObject({ id: idBody }) }),
  z.strictObject({
    type: z.literal('label_selector'),
    label_selector: z.strictObject({ selector: z.string().min(1) }),
  }),
]);

const applyBody = z.strictObject({ apply_to: z.array(targetBody).min(1) });
const removeBody = z.strictObject({ remove_from: z.array(targetBody).min(1) });

/** Applying firewalls to servers and taking them off. */
export const firewallTargetOperations: readonly Operation[] = [
  operationWithBody(
    'apply_to_resources',
    'POST',
    '/firewalls/{id}/actions/apply_to_resources',
    applyBody,
    (call) => change(call, (firewall) => applyTo(call.state, firewall, call.body.apply_to, call.now)),
  ),
  operationWithBody(
    'remove_from_resources',
    'POST',
    '/firewalls/{id}/actions/remove_from_resources',
    removeBody,
    (call) => change(call, (firewall) => removeFrom(call, firewall, call.body.remove_from)),
  ),
];

/** Applies a firewall to targets; returns one running action for each. */
export function applyTo(
  state: CloudState,
  firewall: FirewallRecord,
  targets: readonly FirewallTarget[],
  now: Date,
): ActionRecord[] {
  return targets.map((target) => {
    addTarget(state, firewall, target);
    return startAction(state, 'apply_firewall', resourcesOf(firewall, target), now);
  });
}

/**
 * Puts a target on a firewall's list without an action, as for a server that is made with firewalls.
 * @throws ApiError as the provider answers: already applied, not found, no public interface, too many
 */
export function addTarget(state: CloudState, firewall: FirewallRecord, target: FirewallTarget): void {
  if (isAppliedTo(firewall, target)) {
    throw new ApiError('firewall_already_applied', 'firewall is already applied to the resource');
  }
  if (target.type === 'server') requireTarget(state, target.server.id);
  else parseSelector(target.label_selector.selector, 'label_selector.selector');
  firewall.appliedTo.push(target);
}

/** The firewalls of a server, directly and by label selector. */
export function firewallsOf(state: CloudState, server: ServerRecord): FirewallRecord[] {
  return state.firewalls.filter((firewall) => firewall.appliedTo.some((target) => matches(target, server)));
}

/** A firewall as the API shows it. */
export function viewFirewall(state: CloudState, firewall: FirewallRecord) {
  const { appliedTo, ...rest } = firewall;
  return {
    ...rest,
    applied_to: appliedTo.map((target) =>
      target.type === 'server' ? target : { ...target, applied_to_resources: selected(state, target) },
    ),
  };
}

function change(call: Call, apply: (firewall: FirewallRecord) => ActionRecord[]): Reply {
  const firewall = firewallOf(call);
  requireUnchanging(call.state, 'firewall', firewall.id);
  const actions = apply(firewall);
  return {
    status: 201,
    body: { actions: actions.map((action) => view(call, action)) },
    jobs: actions.map(waitJob),
  };
}

function removeFrom(call: Call, firewall: FirewallRecord, targets: readonly FirewallTarget[]) {
  return targets.map((target) => {
    if (!isAppliedTo(firewall, target)) {
      const server = target.type === 'server' && findServer(call.state, target.server.id);
      if (server && firewallsOf(call.state, server).includes(firewall)) {
        throw new ApiError(
          'firewall_managed_by_label_selector',
          'firewall is applied via a label selector and cannot be removed manually',
        );
      }
      throw new ApiError('firewall_resource_not_found', 'the firewall is not applied to the resource');
    }
    firewall.appliedTo = firewall.appliedTo.filter((existing) => keyOf(existing) !== keyOf(target));
    return startAction(call.state, 'remove_firewall', resourcesOf(firewall, target), call.now);
  });
}

function isAppliedTo(firewall: FirewallRecord, target: FirewallTarget): boolean {
  return firewall.appliedTo.some((existing) => keyOf(existing) === keyOf(target));
}

function keyOf(target: FirewallTarget): string {
  return target.type === 'server' ? `server ${target.server.id}` : `labels ${target.label_selector.selector}`;
}

function requireTarget(state: CloudState, id: number): void {
  const server = findServer(state, id);
  if (!server) throw new ApiError('firewall_resource_not_found', `server with ID '${id}' not found`);
  if (!state.primaryIPs.some(({ assignee }) => assignee === id)) {
    throw new ApiError('private_net_only_server', 'the server has no public interface');
  }
  if (firewallsOf(state, server).length >= maxFirewallsPerServer) {
    throw new ApiError('resource_limit_exceeded', 'the server has 5 firewalls already', {
      limits: [{ name: 'firewall_limit' }],
    });
  }
}

function resourcesOf(firewall: FirewallRecord, target: FirewallTarget): ResourceRef[] {
  const own: ResourceRef = { id: firewall.id, type: 'firewall' };
  return target.type === 'server' ? [own, { id: target.server.id, type: 'server' }] : [own];
}

function selected(state: CloudState, target: FirewallTarget) {
  return state.servers
    .filter((server) => matches(target, server))
    .map(({ id }) => ({ type: 'server', server: { id } }));
}

function matches(target: FirewallTarget, server: ServerRecord): boolean {
  if (target.type === 'server') return target.server.id === server.id;
  return parseSelector(target.label_selector.selector)(server.labels);
}

function findServer(state: CloudState, id: number): ServerRecord | undefined {
  return state.servers.find((server) => server.id === id);
}
