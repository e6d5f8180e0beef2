import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { projectFolder } from './project.ts';
import type { Site } from './site.ts';

/** dist/ could not be rendered or checked. The message is that of synth. */
export class SynthError extends Error {
  override readonly name = 'SynthError';
}

/** Milliseconds; it takes less than one second, and some to start the first time. */
const DEADLINE = 60_000;

/**
 * The files of dist/ that are not what cluster.yaml renders, as `40-api.k8s.yaml` and `hosts/hetzner1.txt`.
 * @throws SynthError
 */
export async function staleFiles(site: Site): Promise<string[]> {
  const printed = await synth(site, ['--check', '--json']);
  const { stale } = JSON.parse(printed) as { stale: { file: string }[] };
  return stale.map(({ file }) => file);
}

/** Renders dist/ anew. @throws SynthError; dist/ is then as it was */
export async function renderDist(site: Site): Promise<void> {
  await synth(site, []);
}

/** @throws SynthError when a manifest is not what cluster.yaml renders: nobody has reviewed it */
export async function demandReviewedManifests(site: Site): Promise<void> {
  const manifests = (await staleFiles(site)).filter((file) => !isHostText(file));
  if (manifests.length === 0) return;
  throw new SynthError(
    `${site.dist}: ${manifests.join(', ')} ${manifests.length > 1 ? 'are' : 'is'} not what ${site.config} renders. ` +
      'Run npm run synth, read git diff dist/, commit both.',
  );
}

/** What people read about hosts; all else is applied. */
export const isHostText = (file: string) => file.startsWith('hosts/');

/** The program behind `npm run synth`, in a process of its own: this one needs none of the charts. @returns what it printed */
function synth({ config, dist }: Site, options: readonly string[]): Promise<string> {
  const run = [join(projectFolder, 'tools/run.mjs'), join(projectFolder, 'main.ts')];
  const args = [...run, '--config', config, '--out', dist, ...options];
  // Nothing of the environment is for it, and tokens are in it.
  const env = { PATH: process.env.PATH, HOME: process.env.HOME };
  return new Promise((done, fail) => {
    execFile(process.execPath, args, { env, timeout: DEADLINE }, (error, stdout, stderr) => {
      // It ends with 1 when it has found something stale, and says so.
      if (error === null || (error.code === 1 && stdout !== '')) done(stdout);
      else fail(new SynthError(`dist/ cannot be rendered: ${stderr.trim() || error.message}`));
    });
  });
}
