import { rmSync } from 'node:fs';
import { LabError } from '../core/errors.ts';
import { baseImage } from '../prepare/base-image.ts';
import { createDisk } from './disk.ts';
import { hostObject, type LabHost } from './host.ts';
import { checkSpec, type HostSpec } from './spec.ts';
import { diskDir, hostAliases, saveHost } from './store.ts';

/**
 * Makes a host with an empty disk, boots it, and waits until its user data has been applied.
 * @throws LabError when the name is taken, the specification is wrong, or it does not come up
 */
export async function createHost(spec: HostSpec): Promise<LabHost> {
  checkSpec(spec);
  if (hostAliases().includes(spec.alias)) {
    throw new LabError(`host ${spec.alias}`, 'it exists already', 'destroy it first, or open it by its name');
  }
  const base = baseImage();
  rmSync(diskDir(spec.alias), { recursive: true, force: true });
  createDisk(diskDir(spec.alias), spec, base);
  saveHost({ spec, base });
  const host = hostObject(spec);
  await host.boot();
  return host;
}
