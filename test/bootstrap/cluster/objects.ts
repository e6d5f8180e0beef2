import type { KubeObject } from '../../../bootstrap/src/cluster/object.ts';

/** Objects as the API server tells them, reduced to what is read of them. */

export function deployment(name: string, more: Partial<KubeObject> = {}): KubeObject {
  return workload('Deployment', name, more);
}

export function workload(kind: string, name: string, more: Partial<KubeObject> = {}): KubeObject {
  const template = { spec: { containers: [{ name, image: 'image:1', env: [reads('honeydue-secrets')] }] } };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace: 'honeydue', uid: `${kind}-${name}`, generation: 1 },
    spec: { replicas: 1, selector: { matchLabels: { 'app.kubernetes.io/name': name } }, template },
    status: complete,
    ...more,
  };
}

const reads = (secret: string) => ({ name: 'X', valueFrom: { secretKeyRef: { name: secret, key: 'X' } } });

/** Of a Deployment or a StatefulSet with one replica. */
export const complete = {
  observedGeneration: 1,
  replicas: 1,
  updatedReplicas: 1,
  readyReplicas: 1,
  availableReplicas: 1,
};

export function namespace(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

export function node(name: string, isReady = true): KubeObject {
  const conditions = [{ type: 'Ready', status: isReady ? 'True' : 'Unknown' }];
  return { apiVersion: 'v1', kind: 'Node', metadata: { name }, status: { conditions } };
}

export function pod(app: string, name: string, status: object, metadata: object = {}): KubeObject {
  const labels = { 'app.kubernetes.io/name': app };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'honeydue', uid: name, labels, ...metadata },
    spec: { nodeName: 'node-1', containers: [{ name: app, image: 'image:1' }] },
    status,
  };
}

export function warning(kind: string, name: string, reason: string, message: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.${reason}`, namespace: 'honeydue' },
    type: 'Warning',
    reason,
    message,
    lastTimestamp: '2026-11-25T12:00:00Z',
    involvedObject: { kind, name, namespace: 'honeydue' },
  };
}
