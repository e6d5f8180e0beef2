import { amount } from '../../../config/quantity.ts';
import type { Manifest } from '../../../synth/render.ts';
import { containerOf, one, podOf } from '../find.ts';
import { broken, type Invariant } from '../invariant.ts';

/** Redis: the job queue lives there. */

const files = (objects: readonly Manifest[]) => one(objects, 'ConfigMap', 'redis-config').data ?? {};

/** redis.conf as pairs; a later line wins. */
function conf(objects: readonly Manifest[]): Map<string, string> {
  const lines = (files(objects)['redis.conf'] ?? '').split('\n').filter((line) => /^[a-z]/.test(line));
  return new Map(lines.map((line) => [line.split(' ')[0] ?? '', line.replace(/^\S+ /, '')]));
}

function wrong(objects: readonly Manifest[], wanted: Readonly<Record<string, string>>): string[] {
  return Object.entries(wanted)
    .filter(([key, value]) => conf(objects).get(key) !== value)
    .map(([key, value]) => `${key} is ${conf(objects).get(key)}, not ${value}`);
}

const edited = (file: string, from: string, to: string) =>
  broken((objects) => Object.assign(files(objects), { [file]: files(objects)[file]?.replace(from, to) }));

export const redisInvariants: readonly Invariant[] = [
  {
    name: 'redis-writes-to-disk',
    why: 'After a crash at most a second of jobs may be gone; a torn last command drops itself, not the file.',
    controls: ['R-1'],
    check: (objects) => [
      ...wrong(objects, {
        appendonly: 'yes',
        appendfsync: 'everysec',
        'aof-load-truncated': 'yes',
        'aof-use-rdb-preamble': 'yes',
        save: '""',
        dir: '/data',
      }),
      ...(containerOf(objects, 'redis').volumeMounts?.some(
        (m) => m.mountPath === '/data' && m.name === 'data' && !m.readOnly,
      )
        ? []
        : ['/data is not on its volume']),
    ],
    breaks: [
      edited('redis.conf', 'appendonly yes', 'appendonly no'),
      broken((objects) => containerOf(objects, 'redis').volumeMounts?.shift()),
    ],
  },
  {
    name: 'redis-never-evicts',
    why: 'Jobs are queued here: `allkeys-lru` deleted them in silence when memory was full.',
    controls: ['R-2'],
    check: (objects, { workloads }) => {
      const share =
        Number(conf(objects).get('maxmemory')) /
        amount(containerOf(objects, 'redis').resources?.limits?.memory);
      return [
        ...wrong(objects, {
          'maxmemory-policy': 'noeviction',
          maxmemory: String(amount(workloads.redis.maxmemory)),
        }),
        ...(share <= 0.6 ? [] : [`maxmemory is ${share} of the limit: rewriting the file needs the rest`]),
      ];
    },
    breaks: [
      edited('redis.conf', 'noeviction', 'allkeys-lru'),
      broken((objects) =>
        Object.assign(containerOf(objects, 'redis').resources?.limits ?? {}, { memory: '300Mi' }),
      ),
    ],
  },
  {
    name: 'redis-memory-is-promised',
    why: 'A pod that uses more than it asked for is the first to be evicted when a node is short.',
    controls: ['P-7', 'R-2'],
    check: (objects) => {
      const { requests, limits } = containerOf(objects, 'redis').resources ?? {};
      return requests?.memory === limits?.memory
        ? []
        : [`asks for ${requests?.memory}, may use ${limits?.memory}`];
    },
    breaks: [
      broken((objects) =>
        Object.assign(containerOf(objects, 'redis').resources?.requests ?? {}, { memory: '64Mi' }),
      ),
    ],
  },
  {
    name: 'redis-password-stays-in-files',
    why: 'A password in the arguments or the environment is in the process list; in the configuration only its hash is needed.',
    controls: ['R-3'],
    check: (objects) => {
      const { 'start.sh': start = '', 'ready.sh': ready = '' } = files(objects);
      return [
        ...(start.includes('sha256sum') && start.includes('#%s')
          ? []
          : ['start.sh does not hash the password']),
        ...(/requirepass|--pass|-a "?\$/.test(start + ready)
          ? ['a script passes the password on as it is']
          : []),
        ...(ready.includes('REDISCLI_AUTH="$password"') ? [] : ['ready.sh does not log in']),
        ...(containerOf(objects, 'redis').env ? ['the container has variables'] : []),
      ];
    },
    breaks: [
      edited('start.sh', 'sha256sum', 'cat'),
      edited('ready.sh', 'redis-cli', 'redis-cli -a "$password"'),
    ],
  },
  {
    name: 'redis-ready-means-pong',
    why: 'While it loads its file Redis answers LOADING with exit code 0: an exit code alone calls it ready.',
    controls: ['R-7'],
    check: (objects) => {
      const { readinessProbe, startupProbe, livenessProbe } = containerOf(objects, 'redis');
      const asks = (command?: string[]) => command?.join(' ') === 'sh /etc/redis/ready.sh';
      return [
        ...(asks(readinessProbe?.exec?.command) && asks(startupProbe?.exec?.command)
          ? []
          : ['ready.sh is not asked']),
        ...(/\bping\)" = PONG \]/.test(files(objects)['ready.sh'] ?? '')
          ? []
          : ['ready.sh does not wait for PONG']),
        ...((livenessProbe?.failureThreshold ?? 3) * (livenessProbe?.periodSeconds ?? 10) >= 60
          ? []
          : ['liveness is impatient']),
      ];
    },
    breaks: [
      edited('ready.sh', ' = PONG ]', ' ]'),
      broken((objects) =>
        Object.assign(containerOf(objects, 'redis').readinessProbe ?? {}, {
          exec: { command: ['redis-cli', 'ping'] },
        }),
      ),
    ],
  },
  {
    name: 'redis-saves-on-its-way-out',
    why: 'SIGTERM makes Redis write everything to disk; a preStop only takes time from that, and NOSAVE throws it away.',
    controls: ['R-6'],
    check: (objects) => [
      ...(containerOf(objects, 'redis').lifecycle ? ['Redis has hooks'] : []),
      ...((podOf(objects, 'redis').spec.terminationGracePeriodSeconds ?? 30) >= 60
        ? []
        : ['Redis has less than 60 s to leave']),
      ...Object.values(files(objects))
        .filter((text) => /nosave|shutdown-on-sigterm/i.test(text))
        .map(() => 'Redis leaves without saving'),
      ...(files(objects)['start.sh']?.includes('\nexec redis-server ')
        ? []
        : ['the shell, not Redis, gets SIGTERM']),
    ],
    breaks: [
      broken((objects) =>
        Object.assign(containerOf(objects, 'redis'), { lifecycle: { preStop: { sleep: { seconds: 5 } } } }),
      ),
      edited('redis.conf', 'dir /data', 'shutdown-on-sigterm nosave'),
      edited('start.sh', 'exec redis-server', 'redis-server'),
    ],
  },
  {
    name: 'redis-stays-with-its-volume',
    why: 'The volume is a folder of one node: elsewhere Redis would start empty, or not at all.',
    controls: ['R-4'],
    check: (objects, { workloads: { redis } }) => {
      const { nodeSelector } = podOf(objects, 'redis').spec;
      const claims = one(objects, 'StatefulSet', 'redis').spec.volumeClaimTemplates ?? [];
      return [
        ...(JSON.stringify(nodeSelector) === JSON.stringify({ 'kubernetes.io/hostname': redis.node })
          ? []
          : ['Redis may move']),
        ...(amount(claims[0]?.spec.resources.requests.storage) === amount(redis.volume)
          ? []
          : ['the volume is of another size']),
      ];
    },
    breaks: [
      broken((objects) => {
        delete podOf(objects, 'redis').spec.nodeSelector;
      }),
    ],
  },
];
