import { parseAllDocuments } from 'yaml';
import { type Kubectl, openKubectl } from '../../../bootstrap/src/cluster/kubectl.ts';
import { type KubeObject, type ObjectRef, objectName } from '../../../bootstrap/src/cluster/object.ts';
import { complete } from './objects.ts';
import { asksFirst, server } from './remote.ts';

/**
 * As much of an API server as applying dist/ needs: it keeps objects by their names. A mock, because what is tested is
 * what is asked of it and in which order; test/lab/scenarios has the real one.
 */
export class ApiServer {
  readonly objects = new Map<string, KubeObject>();
  /** What was asked that changes something: `apply Deployment honeydue/api`, `delete …`. */
  readonly done: string[] = [];
  readonly kubectl: Kubectl = openKubectl(() => [
    server('hetzner1', [], (words, input) =>
      this.#answer(asksFirst(words) ? words.slice(4) : words.slice(2), input),
    ),
  ]);

  /** Objects as if dist/ had been applied by this project. */
  put(...objects: readonly KubeObject[]): void {
    for (const object of objects) this.objects.set(objectName(object), applied(object));
  }

  #answer(words: readonly string[], input: string): { stdout?: string } {
    const given = objectsOf(input);
    switch (words[0]) {
      case 'get':
        if (words[1] !== '-f') return list([...this.objects.values()]);
        return list(given.flatMap((ref) => this.objects.get(objectName(ref)) ?? []));
      case 'apply':
        if (words.includes('--dry-run=server')) return list(given.map(applied));
        this.put(...given);
        break;
      case 'delete':
        for (const ref of given) this.objects.delete(objectName(ref));
        break;
      default:
        throw new Error(`kubectl ${words.join(' ')}: not known here`);
    }
    this.done.push(...given.map((object) => `${words[0]} ${objectName(object)}`));
    return {};
  }
}

/** Its pods, if it has any, run at once. */
function applied(object: KubeObject): KubeObject {
  const managedFields = [{ manager: 'honeydue', operation: 'Apply' } as const];
  const status = object.kind === 'Deployment' ? { status: complete } : {};
  return { ...object, ...status, metadata: { ...object.metadata, managedFields } };
}

const list = (items: readonly ObjectRef[]) => ({ stdout: JSON.stringify({ kind: 'List', items }) });

function objectsOf(input: string): KubeObject[] {
  return parseAllDocuments(input).flatMap((document) => {
    const object = document.toJS() as KubeObject & { readonly items?: KubeObject[] };
    return object.items ?? [object];
  });
}
