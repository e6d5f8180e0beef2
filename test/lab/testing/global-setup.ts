import { rmSync } from 'node:fs';
import { messageOf } from '../core/errors.ts';
import { startLab } from '../lab.ts';
import { logsRoot } from './logs.ts';

/** Starts an empty lab for all scenarios; what a killed run left behind is removed first. */
export default async function globalSetup(): Promise<void> {
  try {
    const release = await startLab('npm run test:lab');
    process.once('exit', release);
    rmSync(logsRoot(), { recursive: true, force: true });
  } catch (error) {
    // Without a stack: this is for people who have to install something or end another lab.
    process.stderr.write(`\n${messageOf(error)}\n`);
    process.exit(1);
  }
}
