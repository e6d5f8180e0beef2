import { z } from 'zod';
import { clusterSchema } from './schema.ts';

/** The JSON Schema of cluster.yaml, from which editors complete and check as one types. */
export function clusterJSONSchema(): string {
  const schema = z.toJSONSchema(clusterSchema, { io: 'input', reused: 'inline' });
  return `${JSON.stringify({ ...schema, title: 'cluster.yaml of honeyDue' }, null, 2)}\n`;
}
