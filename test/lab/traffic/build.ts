import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { go, goVersion, sourceKey } from '../k3s/go.ts';

/**
 * Builds the load generator unless its sources, or Go, have not changed since; half a minute when cold.
 * @returns the program
 * @throws LabError with the compiler's last words
 */
export async function build(cacheDir: string, log: (line: string) => void): Promise<string> {
  const source = join(__dirname, 'load');
  const folder = join(cacheDir, 'traffic');
  const program = join(folder, `load-${sourceKey([source], await goVersion())}`);
  if (existsSync(program)) return program;
  log('load generator: go build');
  mkdirSync(folder, { recursive: true });
  const partial = `${program}.partial-${process.pid}`;
  await go(
    'load generator',
    ['build', '-C', source, '-trimpath', '-ldflags', '-s -w', '-o', partial, '.'],
    log,
  );
  renameSync(partial, program);
  return program;
}
