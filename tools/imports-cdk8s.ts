/** Runs the importer inside cdk8s-cli on definitions of our own: `cdk8s import k8s` has no option for a local file. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ImportsError } from './imports-error.ts';
import type { Definitions } from './imports-schema.ts';

/** The parts of cdk8s-cli that are used. They are internal to it, which is why its version is pinned exactly. */
interface CliUtil {
  download: (url: string) => Promise<string>;
}
interface CliK8s {
  ImportKubernetesApi?: new (options: {
    apiVersion: string;
  }) => {
    import(options: { targetLanguage: 'typescript'; outdir: string }): Promise<void>;
  };
}

/** The TypeScript that `cdk8s import k8s@VERSION -l typescript` would make, had these definitions been published for it. */
export async function generateTypeScript(definitions: Definitions, apiVersion: string): Promise<string> {
  const { ImportKubernetesApi } = cliModule<CliK8s>('lib/import/k8s.js');
  const util = cliModule<CliUtil>('lib/util.js');
  if (!ImportKubernetesApi || typeof util.download !== 'function') {
    throw new ImportsError('cli-changed', 'cdk8s-cli has moved its importer; see tools/imports-cdk8s.ts.');
  }

  const outdir = await mkdtemp(join(tmpdir(), 'imports-'));
  const { download } = util;
  const { log } = console;
  util.download = async () => JSON.stringify({ definitions });
  console.log = () => {}; // the importer prints the name of the module
  try {
    await new ImportKubernetesApi({ apiVersion }).import({ targetLanguage: 'typescript', outdir });
    return await readFile(join(outdir, 'k8s.ts'), 'utf8');
  } finally {
    util.download = download;
    console.log = log;
    await rm(outdir, { recursive: true });
  }
}

/** Loads a file of cdk8s-cli by its path, since its package.json exports none of them. */
function cliModule<T>(file: string): T {
  return require(join(dirname(require.resolve('cdk8s-cli/package.json')), file)) as T;
}
