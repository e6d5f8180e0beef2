import { RESOURCES, type Resource } from '../../config/node-room.ts';
import { cpuQuantity, memoryQuantity } from '../../config/quantity.ts';
import { type Capacity, share } from '../capacity.ts';
import { some } from '../judge/list-text.ts';
import type { Report } from '../report.ts';

/** What pods request of each node, and whether one server less is enough. */

/** Cells of a table, its heading first; nothing when no total differs. */
export function roomTable({ before, after }: Report['capacity']): string[][] {
  if (after === undefined || JSON.stringify(before?.nodes) === JSON.stringify(after.nodes)) return [];
  const names = [...new Set([...(before?.nodes ?? []), ...after.nodes].map(({ node }) => node))];
  return [
    ['requests by node', 'cpu', 'memory', 'disk'],
    ...names.map((name) => [name, ...RESOURCES.map((resource) => cell(before, after, name, resource))]),
  ];
}

function cell(before: Capacity | undefined, after: Capacity, name: string, resource: Resource): string {
  const amountOn = (capacity: Capacity | undefined) =>
    capacity?.nodes.find(({ node }) => node === name)?.requests[resource];
  const [old, next] = [amountOn(before), amountOn(after)];
  const text = (amount: number | undefined) => (amount === undefined ? 'none' : quantity(resource, amount));
  const percent = next === undefined ? '' : ` (${Math.round((100 * next) / after.room[resource])} %)`;
  return `${old === next ? '' : `${text(old)} → `}${text(next)}${percent}`;
}

const quantity = (resource: Resource, amount: number) =>
  resource === 'cpu' ? cpuQuantity(Math.round(1000 * amount)) : memoryQuantity(Math.round(amount));

/** One sentence on the loss of a server; undefined where the hosts are not known. */
export function lossText({ after }: Report['capacity']): string | undefined {
  if (after === undefined || after.nodes.length < 2) return undefined;
  const others = after.nodes.length - 1;
  const short = after.withoutOne.filter(({ noRoomFor }) => noRoomFor.length > 0);
  const fullest = Math.max(...after.nodes.map(({ requests }) => share(requests)));
  if (short.length === 0)
    return `Without any one server the other ${others} carry everything; the fullest of all is at ${Math.round(100 * fullest)} %.`;
  return short
    .map(({ lost, noRoomFor }) => `Without ${lost} there is no room for ${some(noRoomFor)}.`)
    .join(' ');
}
