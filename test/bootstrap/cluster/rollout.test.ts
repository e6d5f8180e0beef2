import { openKubectl } from '../../../bootstrap/src/cluster/kubectl.ts';
import type { KubeObject } from '../../../bootstrap/src/cluster/object.ts';
import { podReasons } from '../../../bootstrap/src/cluster/rollout/pod.ts';
import { rolloutState } from '../../../bootstrap/src/cluster/rollout/state.ts';
import { stuckPods } from '../../../bootstrap/src/cluster/rollout/stuck-pods.ts';
import { RolloutError, watchRollouts } from '../../../bootstrap/src/cluster/rollout/watch.ts';
import { DeadlineError } from '../../../bootstrap/src/frame/wait.ts';
import { testClock } from '../clock.ts';
import { complete, deployment, node, pod, warning, workload } from './objects.ts';
import { type Asked, server } from './remote.ts';

/** When a rollout is over, when it has failed, and what an operator is told about it. */

const timedOut = [
  {
    type: 'Progressing',
    status: 'False',
    reason: 'ProgressDeadlineExceeded',
    message: 'has timed out progressing.',
  },
];

describe('a Deployment or StatefulSet', () => {
  test.each<[string, object, string]>([
    ['all new and ready', {}, 'complete'],
    ['the controller has not seen it yet', { observedGeneration: 0 }, 'under way'],
    ['an old pod still serves', { replicas: 2 }, 'under way'],
    ['the new pod is not ready', { availableReplicas: 0 }, 'under way'],
    ['no new pod yet', { updatedReplicas: 0 }, 'under way'],
    ['no progress in time', { availableReplicas: 0, conditions: timedOut }, 'failed'],
    ['it came up after all', { conditions: timedOut }, 'complete'],
  ])('%s', (_, status, expected) => {
    expect(rolloutState(deployment('api', { status: { ...complete, ...status } })).state).toBe(expected);
  });

  test('without pods it is complete when it wants none', () => {
    const spec = { ...(deployment('api').spec as object), replicas: 0 };
    expect(rolloutState(deployment('api', { spec, status: { observedGeneration: 1 } })).state).toBe(
      'complete',
    );
  });
});

describe('a DaemonSet', () => {
  const edge = (available: number, updated = 3) =>
    workload('DaemonSet', 'traefik', {
      status: {
        observedGeneration: 1,
        desiredNumberScheduled: 3,
        updatedNumberScheduled: updated,
        numberAvailable: available,
      },
    });

  test('is complete with a pod on each node', () => {
    expect([3, 2].map((available) => rolloutState(edge(available)).state)).toEqual(['complete', 'under way']);
    expect(rolloutState(edge(3, 2)).state).toBe('under way');
  });

  // Or nothing could be deployed, and no other step run, while a server is away.
  test('does not wait for a node that is down', () => {
    expect(rolloutState(edge(2, 2), 1).state).toBe('complete');
    expect(rolloutState(edge(1, 2), 1).state).toBe('under way');
  });
});

test('an old pod of a StatefulSet that is not ready is in the way; a new one, a ready one or a leaving one is not', () => {
  const redis = workload('StatefulSet', 'redis', { status: { updateRevision: 'redis-new' } });
  const of = (name: string, revision: string, isReady: boolean, metadata: object = {}) =>
    pod(
      'redis',
      name,
      { conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] },
      { labels: { 'app.kubernetes.io/name': 'redis', 'controller-revision-hash': revision }, ...metadata },
    );
  const pods = [
    of('stuck', 'redis-old', false),
    of('ready', 'redis-old', true),
    of('starting', 'redis-new', false),
    of('leaving', 'redis-old', false, { deletionTimestamp: '2026-11-25T12:00:00Z' }),
  ];
  expect(stuckPods(redis, pods).map(({ metadata }) => metadata.name)).toEqual(['stuck']);
});

describe('why a pod is not ready', () => {
  const status = (container: object) => ({
    containerStatuses: [{ name: 'api', ready: false, restartCount: 0, ...container }],
  });

  test.each<[string, object, string[]]>([
    [
      'no image',
      status({ state: { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "x:1"' } } }),
      ['api waits: ImagePullBackOff: Back-off pulling image "x:1"'],
    ],
    [
      'it crashes again and again',
      status({
        restartCount: 4,
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 1m20s' } },
        lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
      }),
      [
        'api waits: CrashLoopBackOff: back-off 1m20s',
        'api ended 4 times, last with exit code 137 (OOMKilled)',
      ],
    ],
    [
      'a Secret without the key',
      status({
        state: { waiting: { reason: 'CreateContainerConfigError', message: "couldn't find key SECRET_KEY" } },
      }),
      ["api waits: CreateContainerConfigError: couldn't find key SECRET_KEY"],
    ],
    ['it runs, and does not answer', status({ state: { running: {} } }), ['api runs, and is not ready']],
    [
      'no room',
      { conditions: [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes are available' }] },
      ['not scheduled: 0/3 nodes are available'],
    ],
    ['evicted', { phase: 'Failed', reason: 'Evicted', message: 'low on memory' }, ['Evicted: low on memory']],
  ])('%s', (_, given, expected) => {
    expect(podReasons(pod('api', 'api-1', given), [])).toEqual(expected);
  });

  test('warnings about it, each once, and none about others', () => {
    const events = [
      warning('Pod', 'api-1', 'Unhealthy', 'Readiness probe failed: 503'),
      warning('Pod', 'api-1', 'Unhealthy', 'Readiness probe failed: 503'),
      warning('Pod', 'api-1', 'Failed', 'Error: ErrImagePull'),
      warning('Pod', 'api-2', 'FailedMount', 'of another'),
    ];
    expect(podReasons(pod('api', 'api-1', {}), events)).toEqual(['Unhealthy: Readiness probe failed: 503']);
  });
});

describe('the watch', () => {
  const list = (...items: KubeObject[]) => ({ stdout: JSON.stringify({ kind: 'List', items }) });
  const starting = deployment('api', { status: { ...complete, availableReplicas: 0 } });
  const failed = deployment('api', { status: { ...complete, availableReplicas: 0, conditions: timedOut } });
  const crashing = pod('api', 'api-1', {
    containerStatuses: [
      { name: 'api', ready: false, restartCount: 2, state: { waiting: { reason: 'CrashLoopBackOff' } } },
    ],
  });

  /** @param looks what is seen one after the other; the last for ever */
  function watched(looks: readonly KubeObject[][], asked: Asked[] = [], speed = 1) {
    let count = 0;
    const kubectl = openKubectl(() => [
      server('h1', asked, (words) => {
        if (words.includes('logs')) return { stdout: 'panic: no route to database\n' };
        if (words.some((word) => word.startsWith('pods,'))) return list(crashing);
        count += 1;
        return list(node('node-1'), ...(looks[Math.min(count, looks.length) - 1] ?? []));
      }),
    ]);
    const said: string[] = [];
    const run = {
      clock: testClock(undefined, speed),
      signal: new AbortController().signal,
      say: (line: string) => said.push(line),
    };
    return { done: watchRollouts(kubectl, [deployment('api')], 'Take it back.', run), said };
  }

  test('says how far it is when that changes, and ends when all is up', async () => {
    const { done, said } = watched([[starting], [starting], [deployment('api')]]);
    await done;
    expect(said).toEqual(['api: 1 of 1 pods new, 0 ready']);
  });

  test('a rollout that failed ends it, with reasons, log and where to look', async () => {
    const asked: Asked[] = [];
    const { done } = watched([[starting], [failed]], asked);
    await expect(done).rejects.toThrow(RolloutError);
    await expect(done).rejects.toThrow(
      [
        'Deployment honeydue/api: 1 of 1 pods new, 0 ready; has timed out progressing.',
        '  pod api-1 on node-1',
        '    api waits: CrashLoopBackOff',
        '    | panic: no route to database',
        '  See: kubectl -n honeydue describe pods -l app.kubernetes.io/name=api',
        'Take it back.',
      ].join('\n'),
    );
    const logs = asked
      .filter(({ words }) => words.includes('logs'))
      .map(({ words }) => words.slice(2).join(' '));
    expect(logs).toEqual(['logs api-1 -n honeydue -c api --tail=15 --previous']);
  });

  // A registry's refusal alternates between two wordings, and a back-off counts up: neither is progress.
  test('a reason is said as soon as there is one, and a new wording of it is no progress', async () => {
    const waits = (reason: string) =>
      pod('api', 'api-1', {
        containerStatuses: [{ name: 'api', ready: false, restartCount: 0, state: { waiting: { reason } } }],
      });
    const looks = Array.from({ length: 500 }, (_, i) => [
      starting,
      ...(i === 0 ? [] : [waits(i % 2 ? 'ErrImagePull' : 'ImagePullBackOff')]),
    ]);
    const { done, said } = watched(looks);
    await expect(done).rejects.toThrow(/^Nothing has changed for 6 min/);
    expect(said).toEqual([
      'api: 1 of 1 pods new, 0 ready',
      'api: 1 of 1 pods new, 0 ready (api waits: ErrImagePull)',
    ]);
  });

  test('one that does not move at all ends it after a while, though nothing says that it failed', async () => {
    await expect(watched([[starting]]).done).rejects.toThrow(/^Nothing has changed for 6 min/);
  });

  test('one that always moves and never ends has a deadline', async () => {
    const looks = Array.from({ length: 5_000 }, (_, i) => [
      deployment('api', { status: { ...complete, availableReplicas: 0, updatedReplicas: i } }),
    ]);
    await expect(watched(looks).done).rejects.toThrow(DeadlineError);
  });
});
