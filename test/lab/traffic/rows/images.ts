import { type AppName, appImage } from '../../workloads/names.ts';
import type { Site } from '../site.ts';

/** The one of the two good images that cluster.yaml does not name now. */
export function theOther(site: Site, name: AppName): 'old' | 'next' {
  return site.cluster().images[name] === appImage(name, 'old') ? 'next' : 'old';
}
