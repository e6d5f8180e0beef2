import type { Context } from '../context.ts';
import { ProdEnvError } from '../secrets/problem.ts';
import { type Finding, note, problem } from './finding.ts';

/** Whether prod.env is there, well kept and complete. */
export async function checkProdEnv(context: Context): Promise<Finding> {
  try {
    return note(...(await context.prodEnv()).notes);
  } catch (error) {
    if (!(error instanceof ProdEnvError)) throw error;
    return problem(...error.message.split('\n'));
  }
}
