import { filterBy, listReply } from '../api/listing.ts';
import { type Operation, operation, operationWithBody } from '../api/operation.ts';
import { startAction } from '../state/actions.ts';
import { job } from '../state/jobs.ts';
import { view } from './actions.ts';
import { renameBody } from './bodies.ts';
import { requireDeletable, requireUnlocked, serverOf } from './lookup.ts';
import { applyNameAndLabels } from './name-and-labels.ts';
import { createServerBody, requireHostname } from './server-body.ts';
import { createServer } from './server-create.ts';
import { viewServer } from './server-view.ts';

/** Servers; power, networks and placement are in files of their own. */
export const serverOperations: readonly Operation[] = [
  operation('list_servers', 'GET', '/servers', (call) => {
    const found = filterBy(call.state.servers, call.query, 'status', ({ status }) => status);
    return listReply(call, 'servers', found, (server) => viewServer(call, server));
  }),
  operationWithBody('create_server', 'POST', '/servers', createServerBody, createServer),
  operation('get_server', 'GET', '/servers/{id}', (call) => ({
    status: 200,
    body: { server: viewServer(call, serverOf(call)) },
  })),
  operationWithBody('replace_server', 'PUT', '/servers/{id}', renameBody, (call) => {
    const server = serverOf(call);
    if (call.body.name !== undefined) requireHostname(call.body.name);
    applyNameAndLabels(call.state.servers, server, call.body, 'server');
    return { status: 200, body: { server: viewServer(call, server) } };
  }),
  operation('delete_server', 'DELETE', '/servers/{id}', (call) => {
    const server = serverOf(call);
    requireUnlocked(call.state, 'server', server.id);
    requireDeletable(server, 'server');
    server.status = 'deleting';
    const action = startAction(call.state, 'delete_server', [{ id: server.id, type: 'server' }], call.now);
    return {
      status: 200,
      body: { action: view(call, action) },
      jobs: [job(action, { kind: 'destroy', server: server.id })],
    };
  }),
];
