import { type AppName, appImage } from '../../workloads/names.ts';
import type { Site } from '../site.ts';

type Good = 'old' | 'next';

/** The one of the two good images that cluster.yaml names now. */
export function theCurrent(site: Site, name: AppName): Good {
  return site.cluster().images[name] === appImage(name, 'old') ? 'old' : 'next';
}

/** The other one. */
export function theOther(site: Site, name: AppName): Good {
  return theCurrent(site, name) === 'old' ? 'next' : 'old';
}
