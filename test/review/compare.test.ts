import { compareObjects } from '../../review/compare/objects.ts';
import { pathText } from '../../review/compare/path.ts';
import type { Manifest } from '../../synth/render.ts';

// Judges are told what the API server would see. Defaults are filled in only where something changed, and some of them
// hang on their neighbours: one forgotten, and a policy closes a direction that nobody is told about.

const seen = (before: Omit<Manifest, 'metadata'>, after: Omit<Manifest, 'metadata'>) => {
  const metadata = { name: 'a' };
  const { seen } = compareObjects({ ...before, metadata } as Manifest, { ...after, metadata } as Manifest);
  return seen.map(({ path }) => pathText(path));
};

test('a default that a change of its neighbour brings along is seen', () => {
  const policy = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' };
  const open = { podSelector: {} };
  const closed = { podSelector: {}, egress: [{ to: [{ podSelector: {} }] }] };
  expect(seen({ ...policy, spec: open }, { ...policy, spec: closed })).toEqual([
    'spec.policyTypes[1]',
    'spec.egress',
  ]);
});

// It was once refused as a change of an immutable field.
test('what both sides say is no change, also under another version of the API', () => {
  const kind = {
    kind: 'PriorityClass',
    value: 1,
    preemptionPolicy: 'PreemptLowerPriority',
    globalDefault: false,
  };
  const [old, next] = ['scheduling.k8s.io/v1beta1', 'scheduling.k8s.io/v1'];
  expect(seen({ ...kind, apiVersion: old }, { ...kind, apiVersion: next })).toEqual(['apiVersion']);
});
