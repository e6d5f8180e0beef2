import type { Context } from '../../context.ts';
import { ProdEnvError } from '../../secrets/problem.ts';

/** The logs of pods that fail are shown, and who knows what a program prints: what is in prod.env is blacked out. */
export async function hideValues({ prodEnv, say }: Pick<Context, 'prodEnv' | 'say'>): Promise<void> {
  try {
    await prodEnv();
  } catch (error) {
    if (!(error instanceof ProdEnvError)) throw error;
    say('prod.env cannot be read: if a pod prints a secret value, its log shows it');
  }
}
