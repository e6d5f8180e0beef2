import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of this project, from wherever in it the code is run: it is bundled into .cache/. */
export const projectFolder = folderWith('package.json', __dirname);

function folderWith(name: string, start: string): string {
  if (existsSync(join(start, name))) return start;
  if (dirname(start) === start) throw new Error(`no ${name} above ${__dirname}`);
  return folderWith(name, dirname(start));
}
