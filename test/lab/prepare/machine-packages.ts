import { spawn } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { LabError } from '../core/errors.ts';
import { run } from '../core/process.ts';

/** Daemons that come with programs the lab uses. This machine shall not run them. */
const UNWANTED_UNITS = ['redis-server.service', 'victoria-metrics.service'];

/** Debian's switch against starting services on installation; the exit code 101 means "not allowed". */
const POLICY = '/usr/sbin/policy-rc.d';

/** Which of some Debian packages are not installed. */
export async function absentPackages(names: readonly string[]): Promise<string[]> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: these are dpkg's variables
  const format = '--showformat=${Package} ${db:Status-Status}\\n';
  // It exits with 1 when it knows one of them not at all.
  const { stdout } = await run(['dpkg-query', '--show', format, ...names]);
  const installed = new Set(stdout.split('\n'));
  return [...new Set(names)].filter((name) => !installed.has(`${name} installed`));
}

/**
 * Installs packages on this machine, with apt-get's output shown, and keeps their daemons from running on it.
 * @throws LabError with apt-get's exit code
 */
export async function installPackages(names: readonly string[]): Promise<void> {
  const ours = !existsSync(POLICY);
  if (ours) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await apt('update', '-qq');
    await apt('install', '-y', '-qq', '--no-install-recommends', ...names);
    await run(['systemctl', '--quiet', 'disable', ...UNWANTED_UNITS]);
  } finally {
    if (ours) rmSync(POLICY);
  }
}

async function apt(...words: string[]): Promise<void> {
  const child = spawn('apt-get', words, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code === 0) return;
  throw new LabError(
    `apt-get ${words.join(' ')}`,
    `exit code ${code}`,
    'see its output above; the machine needs its Debian mirror',
  );
}
