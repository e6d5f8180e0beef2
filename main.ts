import { parseArgs } from 'node:util';
import { buildApp } from './charts/index.ts';
import { loadCluster } from './config/load.ts';
import { ConfigError } from './config/problem.ts';
import { compare } from './synth/compare.ts';
import { OutputError, readFolder, recoverFolder, replaceFolder } from './synth/folder.ts';
import { RenderError, render } from './synth/render.ts';
import { summarize, summaryText } from './synth/summary.ts';

const HELP = `Renders cluster.yaml into dist/: the manifests that kubectl applies.

Usage: npm run synth [-- OPTIONS]

  --config FILE   the cluster to render      (default: cluster.yaml)
  --out DIR       the folder to write        (default: $CDK8S_OUTDIR or dist)
  --json          print the summary as JSON
  --help

Examples:
  npm run synth                                    after an edit; then read git diff dist/
  npm run synth -- --config lab.yaml --out /tmp/x  another cluster, without touching dist/

The folder is replaced as a whole, or not at all.
`;

function main(): void {
  const { values } = parseArgs({
    options: {
      config: { type: 'string', default: 'cluster.yaml' },
      out: { type: 'string', default: process.env.CDK8S_OUTDIR ?? 'dist' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const out = values.out.replace(/\/+$/, '');
  const cluster = loadCluster(values.config);
  const after = render(buildApp(cluster));
  recoverFolder(out);
  const before = readFolder(out);
  if (!sameFiles(before, after)) replaceFolder(out, after);
  const summary = summarize(out, after, compare(before, after));
  console.log(values.json ? JSON.stringify(summary, null, 2) : summaryText(summary));
}

function sameFiles(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([name, text]) => b.get(name) === text);
}

// An exported CDK8S_DISABLE_SORT would reorder every key of dist/.
delete process.env.CDK8S_DISABLE_SORT;
try {
  main();
} catch (error) {
  const expected = [ConfigError, OutputError, RenderError].some((type) => error instanceof type);
  const badFlag =
    error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  if (!expected && !badFlag) throw error;
  console.error((error as Error).message);
  if (badFlag) console.error('See npm run synth -- --help');
  console.error('Nothing was written.');
  process.exitCode = 1;
}
