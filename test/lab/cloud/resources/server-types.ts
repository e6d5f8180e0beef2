import { listReply } from '../api/listing.ts';
import { type Call, idParam, type Operation, operation } from '../api/operation.ts';
import { byIdOrName, isAvailable, locations, type ServerType, serverTypes } from '../state/catalog.ts';
import type { CloudState } from '../state/model.ts';
import { byId } from './lookup.ts';

// The lab bills nothing, so it invents no prices.
const free = { net: '0.0000000000', gross: '0.0000000000000000' };

/** Server types and where each can be ordered. */
export const serverTypeOperations: readonly Operation[] = [
  operation('list_server_types', 'GET', '/server_types', (call) =>
    listReply(call, 'server_types', serverTypes, (type) => viewServerType(call.state, type)),
  ),
  operation('get_server_type', 'GET', '/server_types/{id}', (call: Call) => {
    const type = byId(serverTypes, idParam(call, 'server_type'), 'server_type');
    return { status: 200, body: { server_type: viewServerType(call.state, type) } };
  }),
];

/** A server type as the API shows it. */
export function viewServerType(state: CloudState, type: ServerType) {
  const { locations: where, ...facts } = type;
  return {
    ...facts,
    storage_type: 'local',
    deprecated: false,
    deprecation: null,
    prices: where.map((location) => ({
      location,
      price_hourly: free,
      price_monthly: free,
      included_traffic: 21_990_232_555_520,
      price_per_tb_traffic: free,
    })),
    locations: where.map((name) => ({
      id: byIdOrName(locations, name)?.id,
      name,
      deprecation: null,
      available: isAvailable(type, name, state.soldOut),
      recommended: isAvailable(type, name, state.soldOut),
    })),
  };
}
