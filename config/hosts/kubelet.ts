import { stringify } from 'yaml';
import { type HostFile, hostFile } from './host-file.ts';
import { k3sPaths } from './k3s-paths.ts';

/** The kubelet's settings, merged key by key over those of k3s. All of them are here, none among k3s' arguments. */
const settings = {
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  // A disk that is full stops etcd and Redis: pods go first (K-13).
  evictionHard: {
    'memory.available': '200Mi',
    'nodefs.available': '10%',
    'nodefs.inodesFree': '5%',
    'imagefs.available': '15%',
  },
  imageGCHighThresholdPercent: 80,
  imageGCLowThresholdPercent: 70,
  containerLogMaxSize: '20Mi',
  containerLogMaxFiles: 5,
  // Stops a fork bomb (P-9).
  podPidsLimit: 1024,
  streamingConnectionIdleTimeout: '5m0s',
  // A reboot ends pods in order (K-12): 60 s, the longest grace period of ours, then 20 s for the system's.
  shutdownGracePeriod: '80s',
  shutdownGracePeriodCriticalPods: '20s',
  tlsCipherSuites: [
    'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
    'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
    'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
    'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
    'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
    'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
  ],
};

export const kubeletFile: HostFile = hostFile(
  { path: k3sPaths.kubelet, mode: '0600', reason: 'a full disk or a runaway pod hurts pods, not the node' },
  stringify(settings),
);
