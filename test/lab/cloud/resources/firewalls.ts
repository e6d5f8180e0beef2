import { z } from 'zod';
import { ApiError } from '../api/errors.ts';
import { checkLabels } from '../api/labels.ts';
import { listReply } from '../api/listing.ts';
import { type Operation, operation, operationWithBody } from '../api/operation.ts';
import { startAction } from '../state/actions.ts';
import { waitJob } from '../state/jobs.ts';
import { type FirewallRecord, takeId } from '../state/model.ts';
import { view } from './actions.ts';
import { labelsBody, nameBody, renameBody } from './bodies.ts';
import { ruleBody, takeRules } from './firewall-rules.ts';
import { applyTo, targetBody, viewFirewall } from './firewall-targets.ts';
import { firewallOf, requireUnchanging, requireUniqueName } from './lookup.ts';
import { applyNameAndLabels } from './name-and-labels.ts';

const createBody = z.strictObject({
  name: nameBody,
  labels: labelsBody.optional(),
  rules: z.array(ruleBody).optional(),
  apply_to: z.array(targetBody).optional(),
});

const setRulesBody = z.strictObject({ rules: z.array(ruleBody) });

/** Firewalls and their rules; what they are applied to is in `firewall-targets.ts`. */
export const firewallOperations: readonly Operation[] = [
  operation('list_firewalls', 'GET', '/firewalls', (call) =>
    listReply(call, 'firewalls', call.state.firewalls, (firewall) => viewFirewall(call.state, firewall)),
  ),
  operationWithBody('create_firewall', 'POST', '/firewalls', createBody, (call) => {
    const { state, body, now } = call;
    requireUniqueName(state.firewalls, body.name, 'firewall');
    const firewall: FirewallRecord = {
      id: takeId(state),
      name: body.name,
      labels: checkLabels(body.labels),
      rules: takeRules(body.rules ?? []),
      appliedTo: [],
      created: now.toISOString(),
    };
    state.firewalls.push(firewall);
    const setRules = startAction(state, 'set_firewall_rules', [{ id: firewall.id, type: 'firewall' }], now);
    const actions = [setRules, ...applyTo(state, firewall, body.apply_to ?? [], now)];
    return {
      status: 201,
      body: {
        firewall: viewFirewall(state, firewall),
        actions: actions.map((action) => view(call, action)),
      },
      jobs: actions.map(waitJob),
    };
  }),
  operation('get_firewall', 'GET', '/firewalls/{id}', (call) => ({
    status: 200,
    body: { firewall: viewFirewall(call.state, firewallOf(call)) },
  })),
  operationWithBody('replace_firewall', 'PUT', '/firewalls/{id}', renameBody, (call) => {
    const firewall = firewallOf(call);
    requireUnchanging(call.state, 'firewall', firewall.id);
    applyNameAndLabels(call.state.firewalls, firewall, call.body, 'firewall');
    return { status: 200, body: { firewall: viewFirewall(call.state, firewall) } };
  }),
  operation('delete_firewall', 'DELETE', '/firewalls/{id}', (call) => {
    const firewall = firewallOf(call);
    if (firewall.appliedTo.length > 0) {
      throw new ApiError('resource_in_use', `firewall with ID '${firewall.id}' is still in use`);
    }
    call.state.firewalls = call.state.firewalls.filter(({ id }) => id !== firewall.id);
    return { status: 204 };
  }),
  operationWithBody('set_rules', 'POST', '/firewalls/{id}/actions/set_rules', setRulesBody, (call) => {
    const { state, now } = call;
    const firewall = firewallOf(call);
    requireUnchanging(state, 'firewall', firewall.id);
    firewall.rules = takeRules(call.body.rules);
    const action = startAction(state, 'set_firewall_rules', [{ id: firewall.id, type: 'firewall' }], now);
    return { status: 201, body: { actions: [view(call, action)] }, jobs: [waitJob(action)] };
  }),
];
