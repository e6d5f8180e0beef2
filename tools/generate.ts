import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clusterJSONSchema } from '../config/json-schema.ts';
import { prodEnvExample } from '../config/prod-env-example.ts';

/** Files that are written from the code and committed, so that people can read them; a test fails when one is stale. */
export const generatedFiles: Readonly<Record<string, () => string>> = {
  'config/cluster.schema.json': clusterJSONSchema,
  'prod.env.example': prodEnvExample,
};

if (require.main === module) {
  for (const [file, text] of Object.entries(generatedFiles)) {
    writeFileSync(join(__dirname, '..', file), text());
    console.log(`wrote ${file}`);
  }
}
