import { parseArgs } from 'node:util';
import { buildApp } from './charts/index.ts';
import { hostTexts } from './config/hosts/host-text.ts';
import { loadCluster } from './config/load.ts';
import { ConfigError } from './config/problem.ts';
import { compare, compareFiles } from './synth/compare.ts';
import { OutputError, readFolder, readHosts, recoverFolder, replaceFolder } from './synth/folder.ts';
import { RenderError, type Rendered, render } from './synth/render.ts';
import { checkText, summarize, summaryText } from './synth/summary.ts';

const HELP = `Renders cluster.yaml into dist/: the manifests that kubectl applies, and in dist/hosts/ what provisioning
makes true on each server.

Usage: npm run synth [-- OPTIONS]

  --config FILE   the cluster to render      (default: cluster.yaml)
  --out DIR       the folder to write        (default: $CDK8S_OUTDIR or dist)
  --check         write nothing; exit with 1 and a list when the folder is not what would be written
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
      check: { type: 'boolean', default: false },
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
  const manifests = render(buildApp(cluster));
  const hosts = hostTexts(cluster);
  if (values.check) {
    check({ out, config: values.config, json: values.json }, new Map([...manifests, ...hosts]));
    return;
  }
  recoverFolder(out);
  const before = { manifests: readFolder(out), hosts: readHosts(out) };
  const hostChanges = compareFiles(before.hosts, hosts);
  if (hostChanges.length > 0 || compareFiles(before.manifests, manifests).length > 0)
    replaceFolder(out, new Map([...manifests, ...hosts]));
  const summary = summarize(out, manifests, compare(before.manifests, manifests), hostChanges);
  console.log(values.json ? JSON.stringify(summary, null, 2) : summaryText(summary));
}

interface Check {
  readonly out: string;
  readonly config: string;
  readonly json: boolean;
}

function check({ out, config, json }: Check, rendered: Rendered): void {
  const stale = compareFiles(new Map([...readFolder(out), ...readHosts(out)]), rendered);
  console.log(json ? JSON.stringify({ out, stale }, null, 2) : checkText(out, config, stale));
  if (stale.length > 0) process.exitCode = 1;
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
