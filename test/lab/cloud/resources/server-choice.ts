import { ApiError, invalidField } from '../api/errors.ts';
import {
  byIdOrName,
  type Image,
  images,
  isAvailable,
  type Location,
  locations,
  type ServerType,
  serverTypes,
} from '../state/catalog.ts';
import type { CloudState } from '../state/model.ts';

/** The server type that a request names. @throws ApiError `invalid_input` */
export function chooseType(wanted: string): ServerType {
  const type = byIdOrName(serverTypes, wanted);
  if (!type) throw invalidField('server_type', `server type '${wanted}' not found`);
  return type;
}

/**
 * The location that a request names, or the first that has the type.
 * @throws ApiError `invalid_input` for an unknown one, `resource_unavailable` (412) when the type is sold out there
 */
export function chooseLocation(state: CloudState, type: ServerType, wanted: string | undefined): Location {
  if (wanted === undefined) {
    const first = locations.find(({ name }) => isAvailable(type, name, state.soldOut));
    if (!first)
      throw new ApiError('resource_unavailable', `server type ${type.name} is not available anywhere`);
    return first;
  }
  const location = byIdOrName(locations, wanted);
  if (!location) throw invalidField('location', `location '${wanted}' not found`);
  if (!type.locations.includes(location.name)) {
    throw invalidField('server_type', `unsupported location for server type ${type.name}`);
  }
  if (!isAvailable(type, location.name, state.soldOut)) {
    throw new ApiError('resource_unavailable', `server type ${type.name} is unavailable in ${location.name}`);
  }
  return location;
}

/** The image that a request names, in the architecture of the server type. @throws ApiError `invalid_input` */
export function chooseImage(type: ServerType, wanted: string): Image {
  const candidates = images.filter(({ id, name }) => String(id) === wanted || name === wanted);
  const image = candidates.find(({ architecture }) => architecture === type.architecture);
  if (image) return image;
  const reason = candidates.length > 0 ? `has no ${type.architecture} version` : 'not found';
  throw invalidField('image', `image '${wanted}' ${reason}`);
}
