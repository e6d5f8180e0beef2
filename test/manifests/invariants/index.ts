import type { Invariant } from '../invariant.ts';
import { capacityInvariants } from './capacity.ts';
import { configurationInvariants } from './configuration.ts';
import { fieldInvariants } from './fields.ts';
import { hardeningInvariants } from './hardening.ts';
import { imageInvariants } from './images.ts';
import { leakInvariants } from './leaks.ts';
import { nameInvariants } from './names.ts';
import { networkInvariants } from './network.ts';
import { placementInvariants } from './placement.ts';
import { podSecurityInvariants } from './pod-security.ts';
import { probeInvariants } from './probes.ts';
import { quotaInvariants } from './quota.ts';
import { redisInvariants } from './redis.ts';
import { referenceInvariants } from './references.ts';
import { rolloutInvariants } from './rollout.ts';
import { secretInvariants } from './secrets.ts';
import { selectorInvariants } from './selectors.ts';
import { traefikBackendInvariants } from './traefik-backends.ts';
import { traefikProtectionInvariants } from './traefik-protection.ts';
import { traefikRouteInvariants } from './traefik-routes.ts';
import { traefikStaticInvariants } from './traefik-static.ts';
import { traefikTLSInvariants } from './traefik-tls.ts';
import { vmagentInvariants } from './vmagent.ts';

/** Every invariant. docs/controls.md names them. */
export const invariants: readonly Invariant[] = [
  ...capacityInvariants,
  ...configurationInvariants,
  ...fieldInvariants,
  ...hardeningInvariants,
  ...imageInvariants,
  ...leakInvariants,
  ...nameInvariants,
  ...networkInvariants,
  ...placementInvariants,
  ...podSecurityInvariants,
  ...probeInvariants,
  ...quotaInvariants,
  ...redisInvariants,
  ...referenceInvariants,
  ...rolloutInvariants,
  ...secretInvariants,
  ...selectorInvariants,
  ...traefikBackendInvariants,
  ...traefikProtectionInvariants,
  ...traefikRouteInvariants,
  ...traefikStaticInvariants,
  ...traefikTLSInvariants,
  ...vmagentInvariants,
];
