import { filterBy, listReply } from '../api/listing.ts';
import { idParam, type Operation, operation } from '../api/operation.ts';
import { type Image, images } from '../state/catalog.ts';
import { byId } from './lookup.ts';

/** System images. Snapshots and backups are not emulated. */
export const imageOperations: readonly Operation[] = [
  operation('list_images', 'GET', '/images', (call) => {
    const byType = filterBy(images, call.query, 'type', () => 'system');
    const byStatus = filterBy(byType, call.query, 'status', () => 'available');
    const byBinding = filterBy(byStatus, call.query, 'bound_to', () => null);
    const found = filterBy(byBinding, call.query, 'architecture', (image) => image.architecture);
    return listReply(call, 'images', found, viewImage);
  }),
  operation('get_image', 'GET', '/images/{id}', (call) => ({
    status: 200,
    body: { image: viewImage(byId(images, idParam(call, 'image'), 'image')) },
  })),
];

/** An image as the API shows it. */
export function viewImage(image: Image) {
  return {
    ...image,
    type: 'system',
    status: 'available',
    image_size: null,
    disk_size: 10,
    created: '2024-04-25T13:26:27Z',
    created_from: null,
    bound_to: null,
    rapid_deploy: true,
    protection: { delete: false },
    deprecated: null,
    deleted: null,
    labels: {},
  };
}
