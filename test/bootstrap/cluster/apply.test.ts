import { cleaned, differences } from '../../../bootstrap/src/cluster/apply/compare.ts';
import { type ObservedDist, refusalsIn } from '../../../bootstrap/src/cluster/apply/observe.ts';
import { planApply, toWatch } from '../../../bootstrap/src/cluster/apply/plan.ts';
import type { Deploy } from '../../../bootstrap/src/cluster/apply/record.ts';
import { planUndo } from '../../../bootstrap/src/cluster/apply/undo.ts';
import type { DistFile } from '../../../bootstrap/src/cluster/dist.ts';
import type { KubeObject } from '../../../bootstrap/src/cluster/object.ts';
import { rolloutsOf } from '../../../bootstrap/src/cluster/rollout/look.ts';
import { planText } from '../../../bootstrap/src/frame/plan-text.ts';
import { complete, deployment } from './objects.ts';

/** What a deployment would change, told before it is done. */

const OURS = [{ manager: 'honeydue', operation: 'Apply' } as const];

/** As the API server tells an object that dist/ was applied to. */
function live(object: KubeObject, metadata: object = {}): KubeObject {
  const servers = { uid: 'u', resourceVersion: '7', creationTimestamp: 'c', managedFields: OURS };
  return { ...object, metadata: { ...object.metadata, ...servers, ...metadata } };
}

const api = deployment('api');
const secret: KubeObject = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'honeydue-secrets', namespace: 'honeydue' },
  type: 'Opaque',
};
const files: DistFile[] = [
  { name: '21-secrets.k8s.yaml', text: '', objects: [secret] },
  { name: '40-api.k8s.yaml', text: '', objects: [api] },
];

function observed(more: Partial<ObservedDist> = {}): ObservedDist {
  const applied = [live(secret), live(api)];
  const found = more.live ?? applied;
  return {
    live: found,
    applied,
    refusals: [],
    rollouts: rolloutsOf(found, [api]),
    deploys: [],
    ...more,
  };
}

const rows = (has: ObservedDist) =>
  planApply(has, files).changes.map(({ action, what, detail }) => `${action} ${what}: ${detail ?? ''}`);

const scaled = { ...api, spec: { ...(api.spec as object), replicas: 5 } };

test('what is there as dist/ says is left alone, whatever the server adds', () => {
  const more = { resourceVersion: '9', generation: 1 };
  expect(planApply(observed({ live: [live(secret), live(api, more)] }), files)).toEqual({
    changes: [],
    problems: [],
    notes: [],
  });
});

test('what is not there is made; what differs is changed, with the places and a diff', () => {
  const has = observed({ live: [live(scaled)] });
  expect(rows(has)).toEqual([
    'create Secret honeydue/honeydue-secrets: ',
    'change Deployment honeydue/api: spec.replicas 5 → 1',
  ]);
  expect(planText(planApply(has, files))).toMatch(/\n- {2}replicas: 5\n\+ {2}replicas: 1\n/);
});

test('a hand-made change is named before it is overwritten; a restart is none', () => {
  const by = (manager: string, subresource?: string) => ({
    manager,
    operation: 'Update' as const,
    time: '2026-11-25T03:00:00Z',
    ...(subresource && { subresource }),
  });
  const notes = (...managedFields: object[]) =>
    planApply(
      observed({ live: [live(secret), live(scaled, { managedFields: [...OURS, ...managedFields] })] }),
      files,
    ).notes;
  expect(notes(by('kubectl-edit'))).toEqual([
    'Deployment honeydue/api was changed by hand (kubectl-edit, 2026-11-25T03:00:00Z); dist/ takes precedence.',
  ]);
  expect(notes(by('kubectl', 'scale'))).toHaveLength(1);
  expect(notes(by('kubectl-rollout'), by('kube-controller-manager', 'status'))).toEqual([]);
});

// Until it is applied as ours once, a field that dist/ drops would stay in the cluster for ever.
test('what was applied client-side is taken over', () => {
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}' };
  const row = 'change Deployment honeydue/api: the same; from now on its fields belong to dist/';
  expect(rows(observed({ live: [live(secret), live(api, { annotations })] }))).toEqual([row]);
  expect(rows(observed({ live: [live(secret), live(api, { managedFields: [] })] }))).toEqual([row]);
});

test('a rollout that an earlier run left unfinished is waited for, once', () => {
  const starting = { ...api, status: { ...complete, availableReplicas: 0 } };
  const row = 'start Deployment honeydue/api: waits for its pods: 1 of 1 pods new, 0 ready';
  const has = observed({ live: [live(secret), live(starting)] });
  expect(rows(has)).toEqual([row]);
  const both = planApply(
    observed({ live: [live(secret), live({ ...scaled, status: starting.status })] }),
    files,
  );
  expect(toWatch(both.changes).map(({ metadata }) => metadata.name)).toEqual(['api']);
});

test('what the API server refuses stops it, every refusal with its own lines, warnings aside', () => {
  const stderr = `Warning: would violate PodSecurity "restricted:latest"
The StatefulSet "redis" is invalid: spec: Forbidden: updates to statefulset spec are forbidden
Error from server (Invalid): Service "api" is invalid:
* spec.clusterIPs[0]: Invalid value: may not change once set
`;
  const refusals = refusalsIn({ stderr });
  expect(refusals.map((text) => text.split('\n').length)).toEqual([1, 2]);
  const { changes, problems } = planApply(observed({ refusals, applied: [] }), files);
  expect(changes).toEqual([]);
  expect(problems).toHaveLength(2);
  expect(problems[0]).toMatch(
    /^The API server refuses what dist\/ says: The StatefulSet "redis".*\nCorrect /,
  );
});

test('values of a Secret are no part of a comparison', () => {
  expect(JSON.stringify(cleaned({ ...secret, data: { KEY: 'dmFsdWU=' } }))).not.toMatch(/"data"|dmFs/);
});

test('differences are named by the names in lists; long texts only by their place', () => {
  const before = {
    ...api,
    spec: { containers: [{ name: 'a', image: 'x:1' }, { name: 'b' }], text: 'one\ntwo' },
  };
  const after = { ...api, spec: { containers: [{ name: 'a', image: 'x:2' }], text: 'one', list: [1] } };
  expect(differences(before, after)).toEqual([
    'spec.containers.a.image x:1 → x:2',
    'spec.containers.b removed',
    'spec.text changed',
    'spec.list added',
  ]);
});

describe('undo', () => {
  const last: Deploy = {
    at: '2026-11-25T12:00:00Z',
    by: 'me@here',
    commit: { id: '0123456789abcdef', dirty: false },
    objects: ['Deployment honeydue/api', 'Deployment honeydue/worker'],
    revisions: { 'Deployment honeydue/api': 4 },
  };
  const state = (name: string, status: object) => {
    const one = deployment(name, { status: { ...complete, ...status } });
    return rolloutsOf([one], [one]);
  };
  const down = { availableReplicas: 0 };

  test('goes back only with what failed, to where it was before', () => {
    const plan = planUndo({ last, rollouts: [...state('api', down), ...state('worker', {})] });
    expect(plan.changes.map(({ what, detail }) => `${what}: ${detail}`)).toEqual([
      'Deployment honeydue/api: back to revision 4; now 1 of 1 pods new, 0 ready',
    ]);
    expect(plan.notes).toContain(
      'The last deployment: 2026-11-25T12:00:00Z by me@here, commit 0123456789ab.',
    );
  });

  test('what the deployment made has nothing to go back to', () => {
    const { changes, notes } = planUndo({ last, rollouts: state('worker', down) });
    expect(changes).toEqual([]);
    expect(notes).toContainEqual(
      expect.stringMatching(/^Deployment honeydue\/worker was made by that deployment/),
    );
  });

  test('all is up: nothing to do, and how to go back all the same', () => {
    const { changes, notes } = planUndo({ last, rollouts: state('api', {}) });
    expect(changes).toEqual([]);
    expect(notes.at(-1)).toMatch(/^All that it changed is up\. .*git revert/);
  });

  test('without a record it is a problem', () => {
    expect(planUndo({ last: undefined, rollouts: [] }).problems).toHaveLength(1);
  });
});
