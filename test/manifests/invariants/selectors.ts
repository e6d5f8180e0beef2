import { identity } from '../../../synth/compare.ts';
import { containersOf, matches, ofKind, one, selected } from '../find.ts';
import { broken, type Invariant } from '../invariant.ts';

/** What selects pods selects some: Services, budgets, policies, and the storage of a StatefulSet. */

export const selectorInvariants: readonly Invariant[] = [
  {
    name: 'services-reach-pods',
    why: 'A Service whose selector or named port matches nothing accepts connections and drops them.',
    controls: [],
    check: (objects) =>
      ofKind(objects, 'Service').flatMap((service) => {
        const pods = selected(objects, service.metadata.namespace, { matchLabels: service.spec.selector });
        const declared = pods
          .flatMap(({ template }) => containersOf(template))
          .flatMap(({ ports = [] }) => ports);
        const missing = service.spec.ports.filter(
          ({ targetPort, port }) =>
            !declared.some((p) => [p.name, p.containerPort].includes(targetPort ?? port)),
        );
        const [first] = pods;
        return [
          ...(first && service.spec.selector ? [] : [`${identity(service)} selects no pod`]),
          ...(pods.length > 1 ? [`${identity(service)} selects pods of ${pods.length} workloads`] : []),
          ...missing.map(
            ({ targetPort, port }) => `${identity(service)}: no pod has port ${targetPort ?? port}`,
          ),
        ];
      }),
    breaks: [
      broken((objects) =>
        Object.assign(one(objects, 'Service', 'api').spec.selector ?? {}, {
          'app.kubernetes.io/name': 'apy',
        }),
      ),
      broken((objects) =>
        Object.assign(one(objects, 'Service', 'redis').spec.ports[0] ?? {}, { targetPort: 'http' }),
      ),
      broken((objects) =>
        Object.assign(one(objects, 'Service', 'api').spec, {
          selector: { 'app.kubernetes.io/part-of': 'honeydue' },
        }),
      ),
    ],
  },
  {
    name: 'headless-service-of-stateful-sets',
    why: 'A StatefulSet names its pods by a headless Service; another kind gives them no names.',
    controls: ['R-4'],
    check: (objects) =>
      ofKind(objects, 'StatefulSet').flatMap((set) => {
        const labels = set.spec.template.metadata?.labels ?? {};
        const service = ofKind(objects, 'Service').find(
          ({ metadata, spec }) =>
            metadata.namespace === set.metadata.namespace &&
            metadata.name === set.spec.serviceName &&
            matches({ matchLabels: spec.selector }, labels),
        );
        return service?.spec.clusterIP === 'None'
          ? []
          : [`${identity(set)}: ${set.spec.serviceName} is not its headless Service`];
      }),
    breaks: [
      broken((objects) => Object.assign(one(objects, 'StatefulSet', 'redis').spec, { serviceName: 'redis' })),
      broken((objects) =>
        Object.assign(one(objects, 'StatefulSet', 'redis').spec, { serviceName: 'nowhere' }),
      ),
    ],
  },
  {
    name: 'budgets-and-policies-select-pods',
    why: 'A budget or a policy whose selector matches nothing protects nothing, and nobody notices.',
    controls: ['N-1', 'Z-5'],
    check: (objects) =>
      [...ofKind(objects, 'PodDisruptionBudget'), ...ofKind(objects, 'NetworkPolicy')].flatMap((object) => {
        const selector = 'selector' in object.spec ? object.spec.selector : object.spec.podSelector;
        return selected(objects, object.metadata.namespace, selector).length > 0
          ? []
          : [`${identity(object)} selects no pod`];
      }),
    breaks: [
      broken((objects) =>
        Object.assign(one(objects, 'NetworkPolicy', 'api').spec, {
          podSelector: { matchLabels: { app: 'api' } },
        }),
      ),
    ],
  },
  {
    name: 'policy-peers-exist',
    why: 'A misspelt peer in a policy allows nothing: the traffic that it was written for is dropped.',
    controls: ['N-1', 'N-3'],
    check: (objects) =>
      ofKind(objects, 'NetworkPolicy').flatMap((policy) => {
        const { ingress = [], egress = [] } = policy.spec;
        const peers = [...ingress.flatMap(({ from = [] }) => from), ...egress.flatMap(({ to = [] }) => to)];
        return peers
          .filter(({ podSelector }) => podSelector)
          .filter(({ podSelector, namespaceSelector }) => {
            const name = namespaceSelector?.matchLabels?.['kubernetes.io/metadata.name'];
            const namespace = namespaceSelector ? name : policy.metadata.namespace;
            const dns = namespace === 'kube-system' && matches(podSelector, { 'k8s-app': 'kube-dns' });
            return !dns && selected(objects, namespace, podSelector).length === 0;
          })
          .map((peer) => `${identity(policy)}: no pod is ${JSON.stringify(peer)}`);
      }),
    breaks: [
      broken((objects) => {
        const [rule] = one(objects, 'NetworkPolicy', 'redis').spec.ingress ?? [];
        Object.assign(rule?.from?.[0]?.podSelector?.matchLabels ?? {}, { 'app.kubernetes.io/name': 'apis' });
      }),
      broken((objects) => {
        const rule = one(objects, 'NetworkPolicy', 'api').spec.egress?.find(
          ({ to }) => to?.[0]?.namespaceSelector,
        );
        Object.assign(rule?.to?.[0]?.podSelector?.matchLabels ?? {}, { 'k8s-app': 'coredns' });
      }),
    ],
  },
  {
    name: 'storage-class-retains',
    why: 'k3s’ own class deletes the data together with the claim.',
    controls: ['R-4'],
    check: (objects) =>
      ofKind(objects, 'StatefulSet').flatMap((set) => {
        const { whenDeleted, whenScaled } = set.spec.persistentVolumeClaimRetentionPolicy ?? {};
        const classes = (set.spec.volumeClaimTemplates ?? []).map(({ spec }) =>
          ofKind(objects, 'StorageClass').find(({ metadata }) => metadata.name === spec.storageClassName),
        );
        return [
          ...(whenDeleted === 'Retain' && whenScaled === 'Retain'
            ? []
            : [`${identity(set)} does not retain its claims`]),
          ...classes
            .filter((c) => c?.reclaimPolicy !== 'Retain' || c.volumeBindingMode !== 'WaitForFirstConsumer')
            .map(() => `${identity(set)}: its storage class is not one of ours that retains`),
        ];
      }),
    breaks: [
      broken((objects) =>
        Object.assign(one(objects, 'StorageClass', 'honeydue-retain'), { reclaimPolicy: 'Delete' }),
      ),
      broken((objects) => {
        delete one(objects, 'StatefulSet', 'redis').spec.persistentVolumeClaimRetentionPolicy;
      }),
      broken((objects) => {
        delete one(objects, 'StatefulSet', 'redis').spec.volumeClaimTemplates?.[0]?.spec.storageClassName;
      }),
    ],
  },
];
