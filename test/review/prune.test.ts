import { prunePlan } from '../../review/prune.ts';
import { report } from '../../review/report.ts';
import type { Located } from '../../review/state/manifests.ts';
import { manifest } from './edits/edit.ts';
import { filesOf, objects, states } from './states.ts';

const located = (kind: string, name: string): Located => ({
  object: manifest('v1', kind, name, {}),
  id: `${kind} honeydue/${name}`,
  key: `${kind} ${name}`,
  file: 'x',
  line: 1,
});

// Deleting is the one thing that applying again does not mend.
describe('the prune plan', () => {
  test('never deletes volumes, namespaces, secrets or kinds, and says why', () => {
    const kinds = [
      'PersistentVolumeClaim',
      'PersistentVolume',
      'Namespace',
      'Secret',
      'CustomResourceDefinition',
    ];
    const { deletions, kept } = prunePlan(kinds.map((kind) => located(kind, 'a')));
    expect(deletions).toEqual([]);
    expect(kept.map(({ object }) => object).sort()).toEqual(kinds.map((kind) => `${kind} honeydue/a`).sort());
    for (const { why } of kept) expect(why).not.toBe('');
  });

  test('unless one is named, and then only that one', () => {
    const { deletions, kept } = prunePlan(
      [located('Secret', 'a'), located('Secret', 'b')],
      ['Secret honeydue/a'],
    );
    expect(deletions).toEqual(['Secret honeydue/a']);
    expect(kept.map(({ object }) => object)).toEqual(['Secret honeydue/b']);
  });

  // While a pod runs, its policy and its account must be there: without the policy it would be open, or cut off.
  test('stops pods before it takes away what they stand on', () => {
    const kinds = [
      'NetworkPolicy',
      'ServiceAccount',
      'ConfigMap',
      'Service',
      'Lease',
      'Deployment',
      'StatefulSet',
      'ResourceQuota',
    ];
    expect(prunePlan(kinds.map((kind) => located(kind, 'a'))).deletions).toEqual(
      [
        'Deployment',
        'StatefulSet',
        'Lease',
        'Service',
        'ConfigMap',
        'ServiceAccount',
        'NetworkPolicy',
        'ResourceQuota',
      ].map((kind) => `${kind} honeydue/a`),
    );
  });

  test('is about what has gone, not about what has moved to another file', () => {
    const before = filesOf(objects());
    const [all = ''] = before.values();
    const moved = new Map(
      [...before].map(([name, text]) => [name === 'all.k8s.yaml' ? 'other.k8s.yaml' : name, text] as const),
    );
    expect(all).not.toBe('');
    const { before: old, after } = states(before, moved);
    const { impact, prune, entries } = report(old, after);
    expect({ impact, prune }).toEqual({ impact: 'no effect', prune: { deletions: [], kept: [] } });
    expect(entries[0]?.effects[0]?.text).toBe('moved here from all.k8s.yaml');
  });

  // Another group is another object, whatever it is called.
  test('an object of another API group is another object', () => {
    const ingress = (group: string) => manifest(`${group}/v1`, 'Ingress', 'web', { spec: {} });
    const { before, after } = states(
      filesOf([...objects(), ingress('extensions')]),
      filesOf([...objects(), ingress('networking.k8s.io')]),
    );
    expect(report(before, after).prune.deletions).toEqual(['Ingress honeydue/web']);
  });
});
