/**
 * Who may connect to what, as far as the policies in dist/ decide it:
 *   +  allowed    .  denied    o  open: no policy of ours selects either end
 *
 * `edge` stands for Traefik, whose packets come from the address of a node, or from 10.42.N.0 or 10.42.N.1. A policy
 * cannot tell those of the pod network from a pod's own address, so `stranger`, a pod of kube-system, reaches what
 * `edge` reaches; never Redis. `byhand` is a pod in honeydue that no chart makes. What `o` leaves open is UFW's.
 */
export const matrix = `
                    api worker admin redis vmagent edge byhand stranger neighbour internet
api:8000             .    .      .     .      +      +     .      +         .        .
worker:6060          .    .      .     .      .      .     .      .         .        .
admin:3000           .    .      .     .      .      +     .      +         .        .
redis:6379           +    +      .     .      .      .     .      .         .        .
vmagent:8429         .    .      .     .      .      .     .      .         .        .
api:22               .    .      .     .      .      .     .      .         .        .
redis:22             .    .      .     .      .      .     .      .         .        .
byhand:8080          .    .      .     .      .      .     .      .         .        .
dns:53/UDP           +    +      +     .      +      o     .      o         o        o
dns:53               +    +      +     .      +      o     .      o         o        o
dns:9153             .    .      .     .      .      o     .      o         o        o
stranger:8080        .    .      .     .      .      o     .      o         o        o
apiserver:443        .    .      .     .      .      o     .      o         o        o
node:22              .    .      .     .      .      o     .      o         o        o
node:2379            .    .      .     .      .      o     .      o         o        o
node:6443            .    .      .     .      .      o     .      o         o        o
node:9100            .    .      .     .      +      o     .      o         o        o
node:10250           .    .      .     .      .      o     .      o         o        o
metadata:80          .    .      .     .      .      o     .      o         o        o
neighbour:443        .    .      .     .      .      o     .      o         o        o
neighbour:5432       .    .      .     .      .      o     .      o         o        o
internet:443         +    +      +     .      .      o     .      o         o        o
internet:database    +    +      .     .      .      o     .      o         o        o
internet:mail        +    +      .     .      .      o     .      o         o        o
internet:obs         .    .      .     .      +      o     .      o         o        o
internet:25          .    .      .     .      .      o     .      o         o        o
internet:80          .    .      .     .      .      o     .      o         o        o
internet:443/UDP     .    .      .     .      .      o     .      o         o        o
`;

/** One cell. */
export interface Cell {
  readonly from: string;
  /** `internet:mail`. */
  readonly to: string;
  readonly mark: string;
}

/** The cells of a table written as above. */
export function cells(table: string): Cell[] {
  const [header = '', ...rows] = table.trim().split('\n');
  const sources = header.trim().split(/\s+/);
  return rows.flatMap((row) => {
    const [to = '', ...marks] = row.trim().split(/\s+/);
    if (marks.length !== sources.length)
      throw new Error(`the row of ${to} has ${marks.length} cells, not ${sources.length}`);
    return sources.map((from, i) => ({ from, to, mark: marks[i] ?? '' }));
  });
}
