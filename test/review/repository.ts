import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Rendered } from '../../synth/render.ts';

/** A git repository of a test's own, with a dist/. */
export class Repository {
  readonly folder = mkdtempSync(join(tmpdir(), 'review-'));

  constructor() {
    this.git('init', '-q', '-b', 'main');
  }

  git(...args: string[]): string {
    const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
    return execFileSync('git', [...who, ...args], { cwd: this.folder, encoding: 'utf8', stdio: 'pipe' });
  }

  /** Writes dist/ anew. */
  write(files: Rendered): void {
    rmSync(join(this.folder, 'dist'), { recursive: true, force: true });
    for (const [name, text] of files) {
      const path = join(this.folder, 'dist', name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
  }

  commit(title: string): void {
    this.git('add', '-A');
    this.git('commit', '-q', '--allow-empty', '-m', title);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
