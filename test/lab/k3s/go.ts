import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../core/errors.ts';
import { must, run } from '../core/process.ts';

/** Longest a single program may take to compile on two cores that have never seen its sources. */
const COMPILE_DEADLINE_MS = 50 * 60_000;
const HEARTBEAT_MS = 60_000;

/** Static programs, the same bytes wherever they are built. */
const ENVIRONMENT = { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' };

/** Version of Go on this machine. @throws LabError when there is none */
export async function goVersion(): Promise<string> {
  const { exitCode, stdout } = await run(['go', 'env', 'GOVERSION'], { env: ENVIRONMENT });
  if (exitCode !== 0) {
    throw new LabError(
      'Go',
      'the program go is not on the path',
      'install Go 1.24 or newer (https://go.dev/dl)',
    );
  }
  return stdout.trim();
}

/** Hash of everything below some folders and of further facts, as 16 hexadecimal digits. */
export function sourceKey(folders: readonly string[], ...facts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const folder of folders) {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith('_test.go'))
      .map((entry) => join(entry.parentPath, entry.name));
    for (const file of files.sort()) {
      hash
        .update(`${file.slice(folder.length)}\0`)
        .update(readFileSync(file))
        .update('\0');
    }
  }
  return hash.update(facts.join('\0')).digest('hex').slice(0, 16);
}

/**
 * Runs `go` below other work, saying every minute that it still does. Go keeps what it has compiled: a build that was cut
 * off goes on where it was.
 * @throws LabError with the compiler's last words
 */
export async function go(
  what: string,
  words: readonly string[],
  log: (line: string) => void,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const started = Date.now();
  const minutes = () => Math.round((Date.now() - started) / 60_000);
  const heartbeat = setInterval(() => log(`${what}: still compiling after ${minutes()} min`), HEARTBEAT_MS);
  try {
    const options = { timeoutMs: COMPILE_DEADLINE_MS, env: { ...ENVIRONMENT, ...env } };
    await must(['nice', '-n', '5', 'go', ...words], options);
  } finally {
    clearInterval(heartbeat);
  }
}
