import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const realPath = process.env.PATH;

afterEach(() => {
  process.env.PATH = realPath;
});

/**
 * Puts an `ssh` first on the path that runs commands on this machine, as no host is there to log in to: what is sent, the
 * probe of the hosts too, is really run.
 * @param client the address from which the hosts would see us come
 * @param silent addresses at which nobody answers
 * @returns tells who has logged in where until now, as `user@address`
 */
export function useFakeSsh(folder: string, client: string, silent: readonly string[] = []): () => string[] {
  const real = execFileSync('sh', ['-c', 'command -v ssh']).toString().trim();
  const cases = silent.map(
    (address) =>
      `  *@${address}" "*) echo "ssh: connect to host ${address} port 22: Connection timed out" >&2; exit 255;;`,
  );
  const script = `#!/bin/sh
if [ "$1" = -V ]; then exec ${real} -V; fi
case "$* " in
${cases.join('\n')}
esac
for command; do target=$last last=$command; done
echo "$target" >>${join(folder, 'logins')}
export SSH_CONNECTION="${client} 50000 192.0.2.1 22"
exec sh -c "\${command#sudo -n -- }"
`;
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'ssh'), script, { mode: 0o700 });
  process.env.PATH = `${bin}${delimiter}${realPath}`;
  return () => readFileSync(join(folder, 'logins'), 'utf8').trim().split('\n');
}
