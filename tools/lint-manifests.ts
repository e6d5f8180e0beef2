import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseDocument, stringify } from 'yaml';
import { buildApp } from '../charts/index.ts';
import { parseCluster } from '../config/load.ts';
import { parseManifests } from '../synth/compare.ts';
import { readFolder } from '../synth/folder.ts';
import { type Rendered, render } from '../synth/render.ts';
import { provide } from './lint-manifests-install.ts';
import { type LinterProgram, linters, type Target } from './lint-manifests-linters.ts';
import { type LinterReport, report } from './lint-manifests-report.ts';
import { lint } from './lint-manifests-run.ts';
import { waivedOn, withoutWaivers } from './lint-manifests-waivers.ts';

const HELP = `Asks independent linters, each with its default settings, about the manifests: dist/, and what cluster.yaml
gives in the other edge mode. Ends with 1 when one of them has something critical to say that no waiver covers.

Usage: npm run lint:manifests [-- OPTIONS]

  --only NAME   this linter alone; may be given several times: ${linters.map(({ name }) => name).join(', ')}
  --help

The linters are installed on first use, in pinned versions, under $XDG_CACHE_HOME/honeydue-linters
(~/.cache/honeydue-linters): kube-linter and kube-score need Go, checkov needs python3. One that cannot be had is
reported and left out. Waivers: charts/waivers.ts.
`;

/** What is linted: one rendering of the whole deployment, and the minor version of Kubernetes it is for. */
interface Variant {
  readonly label: string;
  readonly kubernetes: string;
  readonly files: Rendered;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { only: { type: 'string', multiple: true, default: [] }, help: { type: 'boolean' } },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const unknown = values.only.find((name) => linters.every((linter) => linter.name !== name));
  if (unknown) throw new Error(`There is no linter ${unknown}. See npm run lint:manifests -- --help`);
  const chosen = linters.filter(({ name }) => values.only.length === 0 || values.only.includes(name));

  // Building a linter is no reason to slow down what else is done on this machine.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  const work = mkdtempSync(join(tmpdir(), 'lint-manifests-'));
  try {
    const all = variants();
    const reports: LinterReport[] = [];
    // One after the other: each is a build or a run that takes all the cores there are.
    for (const linter of chosen) reports.push(await ask(linter, all, work));
    const { text, failed } = report(reports);
    console.log(text);
    return failed ? 1 : 0;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function variants(): Variant[] {
  const root = join(__dirname, '..');
  const dist = readFolder(join(root, 'dist'));
  if (dist.size === 0) throw new Error('dist/ is empty: run npm run synth first.');
  const cluster = parseDocument(readFileSync(join(root, 'cluster.yaml'), 'utf8'));
  const otherMode = cluster.getIn(['edge', 'tls']) === 'strict' ? 'flexible' : 'strict';
  cluster.setIn(['edge', 'tls'], otherMode);
  const other = parseCluster(cluster.toString(), 'cluster.yaml');
  const kubernetes = other.k3s.version.split('.').slice(0, 2).join('.');
  return [
    { label: 'dist/', kubernetes, files: dist },
    { label: `edge.tls: ${otherMode}`, kubernetes, files: render(buildApp(other)) },
  ];
}

/** Lints each variant as it is, which must be clean, and without waivers, which shows what they are good for. */
async function ask(linter: LinterProgram, all: readonly Variant[], work: string): Promise<LinterReport> {
  const progress = (line: string) => console.error(line);
  const provided = await provide(linter, progress);
  if (provided.command === undefined) {
    progress(`${linter.name} DOES NOT RUN: ${provided.reason}`);
    return { linter: linter.name, reason: provided.reason };
  }
  progress(`${linter.name} ${provided.version}: linting ...`);
  const results = [];
  for (const [index, { label, kubernetes, files }] of all.entries()) {
    const manifests = parseManifests(files);
    const folder = join(work, `${linter.name}-${index}`);
    const bare = new Map(
      manifests.map((manifest, at) => [
        `${at}.yaml`,
        stringify(withoutWaivers(manifest), { version: '1.1' }),
      ]),
    );
    results.push({
      label,
      findings: await lint(linter, provided.command, write(`${folder}-dist`, files, kubernetes)),
      withoutWaivers: await lint(linter, provided.command, write(`${folder}-bare`, bare, kubernetes)),
      waived: manifests.flatMap(waivedOn).filter((waived) => waived.linter === linter.name),
    });
  }
  return { linter: linter.name, version: provided.version, results };
}

function write(folder: string, files: Rendered, kubernetes: string): Target {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  return { folder, files: [...files.keys()].map((name) => join(folder, name)), kubernetes };
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
