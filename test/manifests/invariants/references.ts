import type { Container } from '../../../review/objects/kinds.ts';
import { identity } from '../../../synth/compare.ts';
import type { Manifest } from '../../../synth/render.ts';
import { allContainers, allPods, containerOf, containersOf, ofKind, one, type Pods, podOf } from '../find.ts';
import { broken, type Invariant } from '../invariant.ts';

/** Every name that an object mentions leads somewhere. */

/** The ConfigMaps that a pod reads, with the keys it names. */
function configRefs({ namespace, template }: Pods): { id: string; keys: string[] }[] {
  const at = (name: string, keys: string[] = []) => ({ id: `ConfigMap ${namespace}/${name}`, keys });
  return [
    ...(template.spec.volumes ?? []).flatMap(({ configMap }) =>
      configMap
        ? [
            at(
              configMap.name,
              configMap.items?.map(({ key }) => key),
            ),
          ]
        : [],
    ),
    ...containersOf(template).flatMap(({ env = [], envFrom = [] }) => [
      ...envFrom.flatMap(({ configMapRef }) => (configMapRef ? [at(configMapRef.name)] : [])),
      ...env.flatMap(({ valueFrom }) =>
        valueFrom?.configMapKeyRef
          ? [at(valueFrom.configMapKeyRef.name, [valueFrom.configMapKeyRef.key])]
          : [],
      ),
    ]),
  ];
}

/** The files of ConfigMaps that a container sees: their paths. */
function configFiles(objects: readonly Manifest[], { namespace, template }: Pods, container: Container) {
  const folders = (container.volumeMounts ?? []).flatMap(({ name, mountPath }) => {
    const configMap = template.spec.volumes?.find((volume) => volume.name === name)?.configMap;
    if (!configMap) return [];
    const data = ofKind(objects, 'ConfigMap').find(
      ({ metadata }) => metadata.namespace === namespace && metadata.name === configMap.name,
    )?.data;
    return [{ mountPath, files: Object.keys(data ?? {}).map((file) => `${mountPath}/${file}`) }];
  });
  return folders;
}

const words = ({ command = [], args = [] }: Container) => [...command, ...args];

export const referenceInvariants: readonly Invariant[] = [
  {
    name: 'config-maps-exist',
    why: 'A pod that names a ConfigMap or a key that is not there waits in CreateContainerConfigError.',
    controls: [],
    check: (objects) =>
      allPods(objects).flatMap((pods) =>
        configRefs(pods).flatMap(({ id, keys }) => {
          const found = ofKind(objects, 'ConfigMap').find((object) => identity(object) === id);
          const missing = keys.filter((key) => !(key in (found?.data ?? {})));
          return [
            ...(found ? [] : [`${pods.id}: ${id} is not there`]),
            ...missing.map((key) => `${pods.id}: ${id} has no ${key}`),
          ];
        }),
      ),
    breaks: [
      broken((objects) => objects.splice(objects.indexOf(one(objects, 'ConfigMap', 'honeydue-config')), 1)),
      broken((objects) =>
        Object.assign(
          podOf(objects, 'vmagent').spec.volumes?.find(({ configMap }) => configMap)?.configMap ?? {},
          {
            items: [{ key: 'prometheus.yml', path: 'prometheus.yml' }],
          },
        ),
      ),
    ],
  },
  {
    name: 'config-maps-are-read',
    why: 'A ConfigMap that nobody reads is a leftover, or the reader’s reference is misspelt.',
    controls: [],
    check: (objects) => {
      const read = allPods(objects)
        .flatMap(configRefs)
        .map(({ id }) => id);
      return ofKind(objects, 'ConfigMap')
        .map(identity)
        .filter((id) => !read.includes(id))
        .map((id) => `${id} has no reader`);
    },
    breaks: [
      broken((objects) => {
        for (const name of ['api', 'worker', 'admin']) delete containerOf(objects, name).envFrom;
      }),
    ],
  },
  {
    name: 'volumes-and-mounts-meet',
    why: 'A mount without its volume is refused by the API server; a volume without a mount is a secret given for nothing.',
    controls: [],
    check: (objects) =>
      allPods(objects).flatMap(({ id, owner, template }) => {
        const claims = ofKind([owner], 'StatefulSet').flatMap(({ spec }) => spec.volumeClaimTemplates ?? []);
        const volumes = [
          ...(template.spec.volumes ?? []).map(({ name }) => name),
          ...claims.map((c) => c.metadata.name),
        ];
        const mounts = containersOf(template).flatMap(({ volumeMounts = [] }) =>
          volumeMounts.map(({ name }) => name),
        );
        return [
          ...mounts
            .filter((name) => !volumes.includes(name))
            .map((name) => `${id}: there is no volume ${name}`),
          ...volumes
            .filter((name) => !mounts.includes(name))
            .map((name) => `${id}: volume ${name} is not mounted`),
        ];
      }),
    breaks: [
      broken((objects) => podOf(objects, 'api').spec.volumes?.pop()),
      broken((objects) => containerOf(objects, 'redis').volumeMounts?.pop()),
    ],
  },
  {
    name: 'files-in-arguments-exist',
    why: 'An argument that names a file of a mounted ConfigMap which is not in it lets the process start and fail.',
    controls: [],
    check: (objects) =>
      allContainers(objects).flatMap(({ where, pods, container }) =>
        configFiles(objects, pods, container).flatMap(({ mountPath, files }) =>
          words(container)
            .flatMap((word) => word.match(/\/[\w./-]+/g) ?? [])
            .filter((path) => path.startsWith(`${mountPath}/`) && !files.includes(path))
            .map((path) => `${where}: ${path} is not in the ConfigMap`),
        ),
      ),
    breaks: [
      broken((objects) => {
        const { data = {} } = one(objects, 'ConfigMap', 'vmagent-config');
        data['scrape.yml'] = data['scrape.yaml'] ?? '';
        delete data['scrape.yaml'];
      }),
      broken((objects) => {
        delete one(objects, 'ConfigMap', 'redis-config').data?.['start.sh'];
      }),
    ],
  },
  {
    name: 'variables-resolve',
    why: '$(NAME) of a variable that is not set above it stays in the text as it is, and a name given twice hides the first.',
    controls: [],
    check: (objects) =>
      allContainers(objects).flatMap(({ where, container }) => {
        const { env = [] } = container;
        const names = env.map(({ name }) => name);
        const used = (text: string) => [...text.matchAll(/\$\(([\w.-]+)\)/g)].map(([, name = '']) => name);
        return [
          ...names
            .filter((name, i) => names.indexOf(name) !== i)
            .map((name) => `${where} sets ${name} twice`),
          ...words(container)
            .flatMap(used)
            .filter((name) => !names.includes(name))
            .map((name) => `${where}: an argument uses ${name}, which is not set`),
          ...env.flatMap(({ name, value = '' }, i) =>
            used(value)
              .filter((other) => !names.slice(0, i).includes(other))
              .map((other) => `${where}: ${name} uses ${other}, which is not set above it`),
          ),
        ];
      }),
    breaks: [
      broken((objects) => containerOf(objects, 'api').env?.reverse()),
      broken((objects) => containerOf(objects, 'traefik').env?.shift()),
      broken((objects) => containerOf(objects, 'api').env?.push({ name: 'GOMEMLIMIT', value: '1MiB' })),
    ],
  },
  {
    name: 'variables-once-over-all-sources',
    why: 'A variable in `env` silently wins over the same one of the ConfigMap.',
    controls: [],
    check: (objects) =>
      allContainers(objects).flatMap(({ where, pods, container: { env = [], envFrom = [] } }) => {
        const shared = envFrom.flatMap(({ configMapRef }) => {
          const id = `ConfigMap ${pods.namespace}/${configMapRef?.name}`;
          return Object.keys(
            ofKind(objects, 'ConfigMap').find((object) => identity(object) === id)?.data ?? {},
          );
        });
        return env
          .filter(({ name }) => shared.includes(name))
          .map(({ name }) => `${where}: ${name} comes from two places`);
      }),
    breaks: [broken((objects) => containerOf(objects, 'api').env?.push({ name: 'DEBUG', value: 'true' }))],
  },
];
