import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Where the operator's kubectl finds this cluster: `export KUBECONFIG=~/.kube/honeydue-k3s.yaml`. */
export const kubeconfigFile = () => join(homedir(), '.kube', 'honeydue-k3s.yaml');

export const MODE = 0o600;

export interface LocalFile {
  readonly text: string;
  readonly mode: number;
}

/** @returns undefined when it is not there */
export function readLocal(path: string): LocalFile | undefined {
  try {
    return { text: readFileSync(path, 'utf8'), mode: statSync(path).mode & 0o777 };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Puts it there as a whole, readable by nobody else at any time. */
export function writePrivate(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.new`;
  try {
    writeFileSync(draft, text, { mode: MODE });
    chmodSync(draft, MODE);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
