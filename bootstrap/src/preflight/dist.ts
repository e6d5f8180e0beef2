import type { Context } from '../context.ts';
import { differsByAddresses, staleTexts } from '../servers/host-texts.ts';
import { staleFiles } from '../synth.ts';
import { type Finding, fine, problem } from './finding.ts';

/**
 * Whether what was reviewed, dist/, is what this run makes true. Addresses that provisioning itself has recorded need no
 * review; the step `servers` renders them.
 * @throws SynthError
 */
export async function checkDist({ site }: Context): Promise<Finding> {
  const recorded = staleTexts(site)
    .filter((text) => differsByAddresses(text, site.cluster()))
    .map(({ name }) => name);
  const unreviewed = (await staleFiles(site)).filter((file) => !recorded.includes(file));
  if (unreviewed.length === 0) return fine;
  return problem(
    `${site.dist}/ is not what ${site.config} renders: ${unreviewed.join(', ')}. Run npm run synth, read git diff dist/, commit both.`,
  );
}
