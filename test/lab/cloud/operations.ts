import type { Operation } from './api/operation.ts';
import { actionOperations } from './resources/actions.ts';
import { firewallTargetOperations } from './resources/firewall-targets.ts';
import { firewallOperations } from './resources/firewalls.ts';
import { imageOperations } from './resources/images.ts';
import { locationOperations } from './resources/locations.ts';
import { networkOperations } from './resources/networks.ts';
import { placementGroupOperations } from './resources/placement-groups.ts';
import { primaryIPAssignmentOperations } from './resources/primary-ip-assignment.ts';
import { primaryIPOperations } from './resources/primary-ips.ts';
import { serverNetworkOperations } from './resources/server-networks.ts';
import { serverPowerOperations } from './resources/server-power.ts';
import { serverSettingOperations } from './resources/server-settings.ts';
import { serverTypeOperations } from './resources/server-types.ts';
import { serverOperations } from './resources/servers.ts';
import { sshKeyOperations } from './resources/ssh-keys.ts';
import { subnetOperations } from './resources/subnets.ts';

/** Every operation the emulator has, under the ids, methods and paths of the provider's description. */
export const operations: readonly Operation[] = [
  ...actionOperations,
  ...firewallOperations,
  ...firewallTargetOperations,
  ...imageOperations,
  ...locationOperations,
  ...networkOperations,
  ...placementGroupOperations,
  ...primaryIPOperations,
  ...primaryIPAssignmentOperations,
  ...serverOperations,
  ...serverNetworkOperations,
  ...serverPowerOperations,
  ...serverSettingOperations,
  ...serverTypeOperations,
  ...sshKeyOperations,
  ...subnetOperations,
];
