import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Prints the figures that the README quotes. Machines differ and are noisy: compare the ratios, not the milliseconds. */

const ROUNDS = 9;
const out = mkdtempSync(join(tmpdir(), 'bench-'));
// Certificates that a workplace adds are read at each start of Node 20 and would be half of its time.
const env = { ...process.env, NODE_EXTRA_CA_CERTS: undefined };

const CLI = 'node_modules/.bin/cdk8s';
const commands: Record<string, string[]> = {
  'node -e 0': [process.execPath, '-e', '0'],
  'npm run synth': [process.execPath, 'tools/run.mjs', 'main.ts', '--out', join(out, 'a')],
  'the same through tsx': [process.execPath, '--import', 'tsx', 'main.ts', '--out', join(out, 'b')],
  'cdk8s synth, loader tsx': [
    ...[process.execPath, CLI, 'synth', '--no-check-upgrade', '--output', join(out, 'c')],
    ...['--app', 'node --import tsx main.ts'],
  ],
};

interface Sample {
  readonly milliseconds: number;
  readonly megabytes: number;
}

/** Start-up in rounds, one of each, so that a slow moment of the machine hits all of them alike. */
function startUp(): void {
  const samples = new Map<string, Sample[]>(Object.keys(commands).map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, command] of Object.entries(commands)) {
      const sample = timed(command);
      // The first round fills caches.
      if (round > 0) samples.get(name)?.push(sample);
    }
  }
  const floor = median(samples.get('node -e 0') ?? []);
  console.log(`start-up, median of ${ROUNDS}          ms       MB   x node`);
  for (const [name, list] of samples) {
    const { milliseconds, megabytes } = median(list);
    console.log(row(name, milliseconds, megabytes, `${(milliseconds / floor.milliseconds).toFixed(1)}`));
  }
}

function growth(): void {
  console.log('\ngrowth, median of 5              ms       MB   ms/workload');
  for (const writer of ['ours', 'cdk8s']) {
    for (const count of ['10', '100', '1000']) {
      const rounds = writer === 'cdk8s' && count === '1000' ? 1 : 5;
      const samples = Array.from({ length: rounds }, () =>
        run(['tools/run.mjs', 'bench/growth.ts', count, writer]),
      );
      const { milliseconds, megabytes } = median(samples);
      const name = `${count} workloads, ${writer === 'ours' ? 'this project' : 'App.synth'}`;
      console.log(row(name, milliseconds, megabytes, (milliseconds / Number(count)).toFixed(2)));
    }
  }
}

function run(args: string[]): Sample {
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', env })) as Sample;
}

function timed([program = '', ...args]: string[]): Sample {
  const start = performance.now();
  // The kernel's own account of the peak, through the shell's time(1) where there is one.
  const result = spawnSync('/usr/bin/time', ['-f', '%M', program, ...args], { encoding: 'utf8', env });
  if (result.error) throw new Error(`/usr/bin/time is missing: install the package "time"`);
  if (result.status !== 0)
    throw new Error(`${program} ${args.join(' ')} failed:\n${result.stdout}${result.stderr}`);
  const kilobytes = Number(result.stderr.trim().split('\n').at(-1));
  return { milliseconds: performance.now() - start, megabytes: kilobytes / 1024 };
}

function median(samples: readonly Sample[]): Sample {
  const middle = (values: number[]) =>
    values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
  return {
    milliseconds: middle(samples.map(({ milliseconds }) => milliseconds)),
    megabytes: middle(samples.map(({ megabytes }) => megabytes)),
  };
}

function row(name: string, milliseconds: number, megabytes: number, last: string): string {
  return `${name.padEnd(28)} ${milliseconds.toFixed(0).padStart(6)} ${megabytes.toFixed(0).padStart(8)} ${last.padStart(8)}`;
}

startUp();
growth();
rmSync(out, { recursive: true });
