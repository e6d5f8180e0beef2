import { buildApp } from '../../../charts/index.ts';
import { hostTexts } from '../../../config/hosts/host-text.ts';
import { render } from '../../../synth/render.ts';
import { cluster } from '../../clusters.ts';
import { dist, filesOf, objects, states } from '../states.ts';
import type { EditCase } from './edit.ts';

/** Both states of an edit. */
export function statesOf({ given = [], cluster: ofCluster, objects: ofObjects, host }: EditCase) {
  if (ofCluster) {
    const of = cluster(ofCluster);
    return states(dist, new Map([...render(buildApp(of)), ...hostTexts(of)]));
  }
  const old = [...objects(), ...structuredClone(given)];
  const next = structuredClone(old);
  ofObjects?.(next);
  return states(filesOf(old), filesOf(next, host));
}
