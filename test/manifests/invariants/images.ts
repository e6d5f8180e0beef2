import { identity } from '../../../synth/compare.ts';
import { allContainers, allPods, containerOf, ofKind, one, podOf } from '../find.ts';
import { broken, type Invariant } from '../invariant.ts';

/** What runs, and who goes first when a node is full. */

const PINNED =
  /^[a-z0-9.-]+\.[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)+:(?!latest(@|$))[\w.-]+(@sha256:[a-f0-9]{64})?$/;
const OWN = ['api', 'worker', 'admin'];

export const imageInvariants: readonly Invariant[] = [
  {
    name: 'images-pinned',
    why: 'A tag that moves gives each node another program; a registry that is down must not stop a container from starting.',
    controls: ['P-8'],
    check: (objects) =>
      allContainers(objects).flatMap(({ where, container: { image, imagePullPolicy } }) => [
        ...(PINNED.test(image) ? [] : [`${where}: ${image} is not pinned`]),
        ...(imagePullPolicy === 'IfNotPresent' ? [] : [`${where}: imagePullPolicy is ${imagePullPolicy}`]),
      ]),
    breaks: [
      broken((objects) =>
        Object.assign(containerOf(objects, 'redis'), { image: 'docker.io/library/redis:latest' }),
      ),
      broken((objects) => Object.assign(containerOf(objects, 'redis'), { image: 'redis:7.4.9' })),
      broken((objects) => Object.assign(containerOf(objects, 'api'), { imagePullPolicy: 'Always' })),
    ],
  },
  {
    name: 'app-images-from-our-registry',
    why: 'A pull secret for another host is ignored without a word, and the pod waits for ever.',
    controls: ['P-8'],
    check: (objects, { registry }) =>
      allPods(objects).flatMap(({ id, owner, template: { spec } }) => {
        const ours = spec.containers.some(({ image }) => image.startsWith(`${registry.host}/`));
        const logsIn = spec.imagePullSecrets?.some(({ name }) => name === 'gitea-credentials') ?? false;
        return [
          ...(OWN.includes(owner.metadata.name) && !ours ? [`${id}: not an image of ${registry.host}`] : []),
          ...(ours === logsIn ? [] : [`${id}: ${ours ? 'lacks' : 'does not need'} the pull secret`]),
        ];
      }),
    breaks: [
      broken((objects) => Object.assign(containerOf(objects, 'api'), { image: 'docker.io/library/api:1' })),
      broken((objects) => {
        delete podOf(objects, 'worker').spec.imagePullSecrets;
      }),
    ],
  },
  {
    name: 'priorities',
    why: 'Under pressure the edge and the queue stay, and nothing pushes others out in a cascade.',
    controls: ['P-10'],
    check: (objects) => {
      const classes = ofKind(objects, 'PriorityClass');
      const value = (name?: string) => classes.find(({ metadata }) => metadata.name === name)?.value ?? 0;
      const ofPods = (name: string) => value(podOf(objects, name).spec.priorityClassName);
      const apps = ['api', 'worker', 'admin', 'vmagent'];
      return [
        ...classes.filter((c) => c.preemptionPolicy !== 'Never').map((c) => `${identity(c)} preempts`),
        ...classes.filter((c) => c.globalDefault).map((c) => `${identity(c)} is the default of every pod`),
        ...allPods(objects)
          .filter(({ template }) => !value(template.spec.priorityClassName))
          .map(({ id }) => `${id} has no priority`),
        ...['traefik', 'redis']
          .filter((name) => apps.some((app) => ofPods(app) >= ofPods(name)))
          .map((name) => `${name} is not above the applications`),
      ];
    },
    breaks: [
      broken((objects) => {
        delete one(objects, 'PriorityClass', 'honeydue-edge').preemptionPolicy;
      }),
      broken((objects) => Object.assign(podOf(objects, 'redis').spec, { priorityClassName: 'honeydue-app' })),
      broken((objects) => {
        delete podOf(objects, 'worker').spec.priorityClassName;
      }),
    ],
  },
];
