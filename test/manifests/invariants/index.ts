import type { Invariant } from '../invariant.ts';
import { capacityInvariants } from './capacity.ts';
import { fieldInvariants } from './fields.ts';
import { hardeningInvariants } from './hardening.ts';
import { imageInvariants } from './images.ts';
import { nameInvariants } from './names.ts';
import { placementInvariants } from './placement.ts';
import { podSecurityInvariants } from './pod-security.ts';
import { probeInvariants } from './probes.ts';
import { rolloutInvariants } from './rollout.ts';

/** Every invariant. docs/controls.md names them. */
export const invariants: readonly Invariant[] = [
  ...capacityInvariants,
  ...fieldInvariants,
  ...hardeningInvariants,
  ...imageInvariants,
  ...nameInvariants,
  ...placementInvariants,
  ...podSecurityInvariants,
  ...probeInvariants,
  ...rolloutInvariants,
];
