/** Pod Security `restricted` for all namespaces but kube-system, and limits that a test cannot reach. */
export const ADMISSION = `apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
  - name: PodSecurity
    configuration:
      apiVersion: pod-security.admission.config.k8s.io/v1
      kind: PodSecurityConfiguration
      defaults: { enforce: restricted, enforce-version: latest }
      exemptions: { namespaces: [kube-system] }
  - name: EventRateLimit
    configuration:
      apiVersion: eventratelimit.admission.k8s.io/v1alpha1
      kind: Configuration
      limits: [{ type: Server, qps: 5000, burst: 20000 }]
`;

export const AUDIT = `apiVersion: audit.k8s.io/v1
kind: Policy
rules: [{ level: Metadata }]
`;

const FOLDER = '/var/lib/rancher/k3s/server';

/** Files that the API server reads, by path. */
export const SERVER_FILES = { [`${FOLDER}/psa.yaml`]: ADMISSION, [`${FOLDER}/audit.yaml`]: AUDIT } as const;

/** Settings of every server in the contract test. */
export const COMMON_CONFIG = {
  'write-kubeconfig-mode': '0644',
  'kube-apiserver-arg': [
    'enable-admission-plugins=NodeRestriction,EventRateLimit',
    `admission-control-config-file=${FOLDER}/psa.yaml`,
    `audit-policy-file=${FOLDER}/audit.yaml`,
    `audit-log-path=${FOLDER}/logs/audit.log`,
  ],
  'kubelet-arg': ['max-pods=77'],
  'node-label': ['lab/one=1'],
} as const;

/** A pod that Pod Security must refuse. */
export const PRIVILEGED_POD = `apiVersion: v1
kind: Pod
metadata: { name: privileged, namespace: default }
spec:
  containers:
    - { name: one, image: any.invalid/one, securityContext: { privileged: true } }
`;

/** A claim and a pod that makes it be bound; the pod's program does not matter. */
export function claimFor(image: string): string {
  return `apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data, namespace: kube-system }
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: local-path
  resources: { requests: { storage: 1Mi } }
---
apiVersion: v1
kind: Pod
metadata: { name: data, namespace: kube-system }
spec:
  containers: [{ name: one, image: "${image}", volumeMounts: [{ name: data, mountPath: /data }] }]
  volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]
`;
}

/** Python: asks a name server (argument 1) for a name (argument 2) and prints the answer's last four bytes as an address. */
export const DNS_QUERY = `import socket, struct, sys
name = b"".join(bytes([len(part)]) + part.encode() for part in sys.argv[2].split("."))
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(2)
client.sendto(struct.pack(">HHHHHH", 7, 256, 1, 0, 0, 0) + name + b"\\0" + struct.pack(">HH", 1, 1), (sys.argv[1], 53))
answer = client.recv(512)
print(socket.inet_ntoa(answer[-4:]) if struct.unpack(">H", answer[6:8])[0] else "no answer")
`;
