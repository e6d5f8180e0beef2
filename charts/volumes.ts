import type { SecretName } from '../config/secrets.ts';
import * as k8s from '../imports/k8s.ts';

/** What a pod mounts: folders to write to, files of ConfigMaps and of Secrets. */

/** A folder that may be written to, under a read-only root; its size counts against ephemeral-storage (P-4). */
export function scratch(name: string, mountPath: string, sizeLimit: string) {
  return {
    volume: { name, emptyDir: { sizeLimit: k8s.Quantity.fromString(sizeLimit) } } satisfies k8s.Volume,
    mount: { name, mountPath } satisfies k8s.VolumeMount,
  };
}

/** The files of a ConfigMap, as volume `config`. */
export function configVolume(configMap: string): k8s.Volume {
  return { name: 'config', configMap: { name: configMap, defaultMode: 0o444 } };
}

/** Keys of a Secret as files of their names, and only these keys (S-7). The pod waits until they are there. */
export function secretVolume(name: string, secretName: SecretName, keys: readonly string[]): k8s.Volume {
  const items = keys.map((key) => ({ key, path: key }));
  return { name, secret: { secretName, defaultMode: 0o400, items } };
}

/** As secretVolume, for a key that may be missing: the pod starts without the file. */
export function optionalSecretVolume(name: string, secretName: SecretName, key: string): k8s.Volume {
  const { secret } = secretVolume(name, secretName, [key]);
  return { name, secret: { ...secret, optional: true } };
}
