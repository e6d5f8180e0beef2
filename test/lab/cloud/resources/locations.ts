import { ApiError } from '../api/errors.ts';
import { listReply } from '../api/listing.ts';
import { idParam, type Operation, operation } from '../api/operation.ts';
import { locations } from '../state/catalog.ts';
import { byId } from './lookup.ts';

/** Locations, and the data centers that the provider removed in their favour. */
export const locationOperations: readonly Operation[] = [
  operation('list_locations', 'GET', '/locations', (call) =>
    listReply(call, 'locations', locations, (location) => location),
  ),
  operation('get_location', 'GET', '/locations/{id}', (call) => ({
    status: 200,
    body: { location: byId(locations, idParam(call, 'location'), 'location') },
  })),
  operation('list_data_centers', 'GET', '/datacenters', removed),
  operation('get_data_center', 'GET', '/datacenters/{id}', removed),
];

function removed(): never {
  throw new ApiError('deprecated_api_endpoint', 'API functionality was removed', {
    announcement: 'https://docs.hetzner.cloud/changelog#2026-06-02-datacenters-deprecated',
  });
}
