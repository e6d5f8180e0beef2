import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ZodError } from 'zod';
import { type Finding, NothingLinted } from './lint-manifests-findings.ts';
import type { LinterProgram, Target } from './lint-manifests-linters.ts';

/** A linter ran and gave no answer that can be read. */
export class LinterError extends Error {
  override readonly name = 'LinterError';
}

const RUN_TIMEOUT_MS = 5 * 60_000;

/**
 * What a linter says about a folder. Its exit status is not asked: with findings it is not zero.
 * @throws LinterError
 */
export async function lint(linter: LinterProgram, command: string, target: Target): Promise<Finding[]> {
  const { stdout, stderr } = await answer(command, linter.lintArgs(target));
  try {
    return linter.findings(JSON.parse(stdout));
  } catch (error) {
    const known = error instanceof SyntaxError || error instanceof ZodError || error instanceof NothingLinted;
    if (!known) throw error;
    const said = stderr.trim().split('\n').slice(-3).join('\n');
    throw new LinterError(
      `${linter.name} gave no answer that can be read: ${error.message}${said && `\nIt said: ${said}`}`,
    );
  }
}

async function answer(command: string, args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  try {
    const options = { timeout: RUN_TIMEOUT_MS, maxBuffer: 2 ** 26 };
    return await promisify(execFile)(command, [...args], options);
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    if (stdout === undefined) throw error;
    return { stdout, stderr: stderr ?? '' };
  }
}
