import type { Cluster } from '../config/schema.ts';
import type * as k8s from '../imports/k8s.ts';
import { optionalSecretVolume } from './volumes.ts';

/** The key for push to iOS: a file, as Apple hands it out, when cluster.yaml names an app to push to. */

const FOLDER = '/etc/honeydue/apns';
const FILE = 'apns_auth_key.p8';

export function apnsVolumes({ apns }: Cluster): k8s.Volume[] {
  // Optional: without the key the pods start all the same.
  return apns ? [optionalSecretVolume('apns-key', 'honeydue-apns-key', FILE)] : [];
}

export function apnsMounts({ apns }: Cluster): k8s.VolumeMount[] {
  return apns ? [{ name: 'apns-key', mountPath: FOLDER, readOnly: true }] : [];
}

/** APNS_AUTH_KEY_PATH is a name of ours: the application's is not documented. */
export function apnsEnv({ apns }: Cluster): k8s.EnvVar[] {
  return apns ? [{ name: 'APNS_AUTH_KEY_PATH', value: `${FOLDER}/${FILE}` }] : [];
}
