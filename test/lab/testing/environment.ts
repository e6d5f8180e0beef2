import type { Circus } from '@jest/types';
import { TestEnvironment } from 'jest-environment-node';
import { messageOf } from '../core/errors.ts';
import { hosts } from '../lab.ts';
import { collectLogs } from './logs.ts';

/** Collects the logs of all hosts at the moment a scenario fails, while they still stand as they did. */
export default class LabEnvironment extends TestEnvironment {
  private readonly file: string;
  private collected = false;

  constructor(...args: ConstructorParameters<typeof TestEnvironment>) {
    super(...args);
    this.file = args[1].testPath;
  }

  async handleTestEvent(event: Circus.AsyncEvent | Circus.SyncEvent): Promise<void> {
    if (event.name === 'test_start') this.collected = false;
    if (event.name !== 'test_fn_failure' && event.name !== 'hook_failure') return;
    // Tests that have neither a host nor a service of the lab's need no logs.
    const usesLab = this.file.includes('/scenarios/') || hosts().length > 0;
    if (this.collected || !usesLab) return;
    this.collected = true;
    const name = 'test' in event && event.test !== undefined ? event.test.name : 'hook';
    const file = this.file.slice(this.file.lastIndexOf('/') + 1).replace('.test.ts', '');
    const folder = await collectLogs(`${file} ${name}`, messageOf(event.error));
    process.stderr.write(`\n  logs of the failed scenario: ${folder}\n`);
  }
}
