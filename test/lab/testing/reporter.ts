import { basename } from 'node:path';
import type { Reporter, TestContext } from '@jest/reporters';
import type { AggregatedResult } from '@jest/test-result';
import { gigabytes, labMemory } from '../core/memory.ts';
import { logsRoot } from './logs.ts';

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1).padStart(7)} s`;

const SAMPLE_MS = 1_000;

/** After the run: the most memory, time of each scenario file and of its single tests, so that a slow one is seen. */
export default class TimesReporter implements Pick<Reporter, 'onRunStart' | 'onRunComplete'> {
  private most = 0;
  private sampler: NodeJS.Timeout | undefined;

  onRunStart(): void {
    this.sampler = setInterval(() => {
      this.most = Math.max(this.most, labMemory().held);
    }, SAMPLE_MS);
  }

  onRunComplete(_contexts: Set<TestContext>, results: AggregatedResult): void {
    clearInterval(this.sampler);
    const lines = ['', 'Time per scenario'];
    for (const file of results.testResults) {
      const duration = file.perfStats.end - file.perfStats.start;
      lines.push(
        `${seconds(duration)}  ${basename(file.testFilePath)}${file.numFailingTests > 0 ? '  FAILED' : ''}`,
      );
      for (const test of file.testResults.filter(({ status }) => status !== 'pending')) {
        lines.push(
          `${seconds(test.duration ?? 0)}      ${test.fullName}${test.status === 'failed' ? '  FAILED' : ''}`,
        );
      }
    }
    lines.push(`${seconds(Date.now() - results.startTime)}  in all`);
    lines.push(`${gigabytes(this.most).padStart(9)}  held at most by the lab's processes, file caches aside`);
    if (results.numFailedTests > 0) lines.push(`logs of failed scenarios: ${logsRoot()}`);
    process.stderr.write(`${lines.join('\n')}\n`);
  }
}
