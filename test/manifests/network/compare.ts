import type { Cluster } from '../../../config/schema.ts';
import type { Manifest } from '../../../synth/render.ts';
import { ofKind } from '../find.ts';
import { endpoints, target } from './endpoints.ts';
import { verdict } from './evaluate.ts';
import { cells, matrix } from './matrix.ts';

const table = cells(matrix);
const MARKS = { allowed: '+', denied: '.', unguarded: 'o' } as const;

/** Where the policies and the table disagree, one sentence a connection. */
export function disagreements(objects: readonly Manifest[], cluster: Cluster): string[] {
  const policies = ofKind(objects, 'NetworkPolicy');
  const known = endpoints(objects, cluster);
  const of = (name: string) => {
    const found = known.get(name);
    if (!found) throw new Error(`the table names ${name}, which is not there`);
    return found;
  };
  const rows = new Map(table.map(({ to }) => [to, target(to, cluster)]));
  return table.flatMap(({ from, to }) => {
    const row = rows.get(to);
    if (!row) return [];
    const expected = expectedMark(from, to, rows);
    return of(from).flatMap((source) =>
      of(row.name)
        .filter(({ ip }) => ip !== source.ip)
        .map((destination) => ({ destination, mark: MARKS[verdict(policies, source, destination, row)] }))
        .filter(({ mark }) => mark !== expected)
        .map(
          ({ destination, mark }) =>
            `${source.name} → ${destination.name}, ${to}: ${mark}, the table says ${expected}`,
        ),
    );
  });
}

/** Two rows may be one port, as 443 and that of the obs host: what one of them allows is allowed. */
function expectedMark(
  from: string,
  to: string,
  rows: Map<string, ReturnType<typeof target>>,
): string | undefined {
  const own = rows.get(to);
  const same = (other: string) => {
    const row = rows.get(other);
    return row?.name === own?.name && row?.port === own?.port && row?.protocol === own?.protocol;
  };
  const marks = table.filter((cell) => cell.from === from && same(cell.to)).map(({ mark }) => mark);
  return marks.includes('+') ? '+' : marks[0];
}
