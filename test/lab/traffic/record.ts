import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Row } from './row.ts';

/** Rows that were measured on this machine and are not in the docs yet; one file each, so that one can be measured again. */
const folder = join(__dirname, '../../../.cache/traffic');

/** Keeps a row, and prints it with the requests that failed. */
export function record(row: Row, failures: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${row.id}.json`), `${JSON.stringify(row, null, 1)}\n`);
  process.stderr.write(`${[line(row), ...failures.map((failure) => `    ${failure}`)].join('\n')}\n`);
}

export function recordedRows(): Row[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Row);
}

function line({ id, requests, failed, secondTries, p50, p99, seconds, seen }: Row): string {
  const figures = [
    `${requests} requests`,
    `${failed} failed`,
    `${secondTries} second tries`,
    `p50 ${p50.toFixed(0)} ms`,
    `p99 ${p99.toFixed(0)} ms`,
    `${seconds} s`,
  ];
  return `  ${id.padEnd(20)} ${figures.join(', ')}; ${seen}`;
}
