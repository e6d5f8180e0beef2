import type { Labels } from '../state/model.ts';
import { invalidField } from './errors.ts';

// The provider's reference, "Labels": an optional DNS prefix and a name of at most 63 characters.
const name = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const prefix = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/**
 * Checks a label set and returns it.
 * @throws ApiError `invalid_input` for a key or value that the provider refuses
 */
export function checkLabels(labels: Labels = {}): Labels {
  for (const [key, value] of Object.entries(labels)) {
    const slash = key.lastIndexOf('/');
    const before = key.slice(0, Math.max(slash, 0));
    if (!name.test(key.slice(slash + 1))) throw invalidField('labels', `label key '${key}' is invalid`);
    if (slash >= 0 && (before.length > 253 || !prefix.test(before))) {
      throw invalidField('labels', `label key prefix '${before}' is invalid`);
    }
    if (before === 'hetzner.cloud') throw invalidField('labels', `label key prefix '${before}' is reserved`);
    if (value !== '' && !name.test(value)) throw invalidField('labels', `label value '${value}' is invalid`);
  }
  return labels;
}
