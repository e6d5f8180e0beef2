import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LAB } from '../core/name.ts';
import { cacheDir, runDir } from '../core/paths.ts';
import { build } from '../k3s/build.ts';
import { operatorKeyFile } from '../lab.ts';
import { authorityFile } from '../workloads/pki.ts';

/** The operator's workstation as far as programs look at it; all of it goes with the lab. */
export interface OperatorHome {
  /** Home folder: `.ssh/id_ed25519` opens the hosts, `bin` is on the path and has kubectl. */
  readonly folder: string;
  /** Account file in which root's home is that folder: ssh asks it and not HOME. */
  readonly passwd: string;
  readonly env: Readonly<Record<string, string>>;
}

const silent = (): void => {};

/** Makes the operator's home folder unless the running lab has it. Needs what test/lab/setup builds. @throws LabError */
export async function operatorHome(): Promise<OperatorHome> {
  const folder = join(runDir(), 'operator');
  const passwd = join(folder, '.passwd');
  if (!existsSync(passwd)) await furnish(folder, passwd);
  const authorities = join(folder, 'authorities.pem');
  return {
    folder,
    passwd,
    env: {
      PATH: `${join(folder, 'bin')}:${process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin'}`,
      HOME: folder,
      // Where bootstrap shares ssh connections: hosts of another lab on this machine have the same addresses.
      XDG_RUNTIME_DIR: runDir(),
      // For the script that puts programs into the lab's control group.
      HONEYDUE_LAB: LAB,
      USER: 'root',
      LANG: 'C.UTF-8',
      TERM: 'dumb',
      // The lab answers for production's hosts with certificates of its own authority.
      NODE_EXTRA_CA_CERTS: authorities,
      SSL_CERT_FILE: authorities,
      CURL_CA_BUNDLE: authorities,
      npm_config_update_notifier: 'false',
    },
  };
}

/** The account file is written last: with it the home is complete. */
async function furnish(folder: string, passwd: string): Promise<void> {
  const { releases, versions } = await build(cacheDir(), silent);
  for (const part of ['.ssh', '.kube', 'bin'])
    mkdirSync(join(folder, part), { recursive: true, mode: 0o700 });
  for (const suffix of ['', '.pub'])
    copyFileSync(`${operatorKeyFile()}${suffix}`, join(folder, '.ssh', `id_ed25519${suffix}`));
  const k3s = join(releases, 'download', versions.at(-1) ?? '', 'k3s');
  writeFileSync(join(folder, 'bin', 'kubectl'), `#!/bin/sh\nexec '${k3s}' kubectl "$@"\n`, { mode: 0o755 });
  copyFileSync(authorityFile(), join(folder, 'authorities.pem'));
  const accounts = readFileSync('/etc/passwd', 'utf8');
  writeFileSync(passwd, accounts.replace(/^root:.*$/m, `root:x:0:0:root:${folder}:/bin/bash`));
}
