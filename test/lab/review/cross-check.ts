import { isDeepStrictEqual } from 'node:util';
import { normal } from '../../../review/compare/normal.ts';
import { pathText } from '../../../review/compare/path.ts';
import { typeOf } from '../../../review/compare/schema.ts';
import { compareValues } from '../../../review/compare/values.ts';
import type { Entry } from '../../../review/entry.ts';
import { isController } from '../../../review/objects/find.ts';
import { report } from '../../../review/report.ts';
import type { Manifest } from '../../../synth/render.ts';
import type { EditCase } from '../../review/edits/edit.ts';
import { statesOf } from '../../review/edits/states.ts';
import { apply, type Kubectl, live, remove, templateHash, tryApply } from './api-server.ts';
import { asWritten } from './as-written.ts';

/** Compares what the report says of an edit with what a real API server, and its controllers, make of it. */

/** Where an object, as the API server keeps it, differs from what the review takes it for; nothing when they agree. */
export async function unknownDefaults(kubectl: Kubectl, object: Manifest): Promise<string[]> {
  const kept = asWritten(await live(kubectl, object), object) as Manifest;
  return compareValues(normal(object), normal(kept), typeOf(object)).map(
    ({ path, before, after }) =>
      `${pathText(path)}: ${JSON.stringify(before)} here, ${JSON.stringify(after)} there`,
  );
}

/** A verdict that does not hold, as a sentence; nothing when all do. dist/ has been applied, and is again afterwards. */
export async function wrongVerdicts(kubectl: Kubectl, edit: EditCase): Promise<string[]> {
  const { before, after } = statesOf(edit);
  const given = edit.given ?? [];
  if (given.length > 0) await apply(kubectl, given);
  const wrong: string[] = [];
  for (const entry of report(before, after).entries) {
    const object = after.objects.find(({ id }) => id === entry.subject)?.object;
    // Of hosts, and of what goes, there is nothing to apply.
    if (entry.host !== undefined || object === undefined) continue;
    wrong.push(
      ...(await wrongOf(
        kubectl,
        entry,
        object,
        before.objects.find(({ id }) => id === entry.subject)?.object,
      )),
    );
  }
  if (given.length > 0) await remove(kubectl, given);
  return wrong.map((text) => `${edit.name}: ${text}`);
}

async function wrongOf(
  kubectl: Kubectl,
  entry: Entry,
  object: Manifest,
  before: Manifest | undefined,
): Promise<string[]> {
  const refused = entry.effects.some(({ impact }) => impact === 'refused by the API');
  const answer = await tryApply(kubectl, object);
  if ('refusal' in answer)
    return refused ? [] : [`${entry.subject} is ${entry.impact}, and was refused: ${answer.refusal}`];
  if (refused) return [`${entry.subject} is refused, and was taken`];
  if (before === undefined) return [];
  const now = await live(kubectl, object);
  const same = isDeepStrictEqual(asWritten(now, object), asWritten(answer.object, object));
  if (same !== (entry.impact === 'no effect'))
    return [
      `${entry.subject} is ${entry.impact}, and the API server ${same ? 'keeps' : 'changes'} the object`,
    ];
  return isController(object) ? wrongRollout(kubectl, entry, object, before) : [];
}

/** For real: only a controller computes the hash of a template. */
async function wrongRollout(
  kubectl: Kubectl,
  entry: Entry,
  object: Manifest,
  before: Manifest,
): Promise<string[]> {
  const said = entry.differences.some(({ path, unseen }) => path.startsWith('spec.template') && !unseen);
  const old = await templateHash(kubectl, object);
  await apply(kubectl, [object]);
  const paused = (object.spec as { paused?: boolean }).paused === true;
  const next = paused ? old : await templateHash(kubectl, object);
  await apply(kubectl, [before]);
  if (paused || said === (next !== old)) return [];
  return [
    `${entry.subject}: its pods ${said ? 'are said to be' : 'are not said to be, and are'} replaced: ${old} ${next}`,
  ];
}
