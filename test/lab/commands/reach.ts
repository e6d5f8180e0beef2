import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { LabError } from '../core/errors.ts';
import { labSources, runDir } from '../core/paths.ts';
import { quote, shellCommand } from '../core/shell.ts';
import { processesOf } from '../hosts/store.ts';
import { host, hosts, operatorKeyFile } from '../lab.ts';
import { inNamespace } from '../network/client.ts';
import { CLIENTS, NEIGHBOUR, namespaceOf, SERVICES } from '../network/topology.ts';

/** Runs a program with this terminal; returns its exit code. */
async function attach(argv: readonly string[]): Promise<number> {
  const [program = '', ...words] = argv;
  const child = spawn(program, words, { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** ssh of the operator to an address, as root; words after it are the remote command. */
export function sshCommand(address: string, user = 'root'): string[] {
  const options = {
    IdentityFile: operatorKeyFile(),
    IdentitiesOnly: 'yes',
    UserKnownHostsFile: join(runDir(), 'known_hosts'),
    StrictHostKeyChecking: 'accept-new',
    ConnectTimeout: '5',
    LogLevel: 'ERROR',
  };
  const words = Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  return ['ssh', '-F', '/dev/null', ...words, `${user}@${address}`];
}

export async function ssh(words: readonly string[]): Promise<number> {
  const [alias, ...command] = words;
  if (alias === undefined) throw new LabError('ssh', 'no host named', 'npm run lab -- ssh hetzner1');
  const argv = sshCommand(host(alias).publicIPv4);
  return attach(inNamespace(namespaceOf('operator'), [...argv, ...command]));
}

function enter(alias: string, command: string): Promise<number> {
  const processes = processesOf(host(alias).alias);
  if (processes === undefined)
    throw new LabError(`host ${alias}`, 'it is powered off', `npm run lab -- power ${alias} on`);
  return attach(['bash', join(labSources, 'hosts', 'enter.sh'), String(processes.init), command]);
}

export async function exec(words: readonly string[]): Promise<number> {
  const [alias, ...command] = words;
  if (alias === undefined) throw new LabError('exec', 'no host named', 'npm run lab -- exec hetzner1 uptime');
  return enter(alias, command.length === 0 ? 'exec bash -l' : shellCommand(command));
}

export async function from(words: readonly string[]): Promise<number> {
  const [place = '', ...command] = words;
  const places = [...Object.keys(CLIENTS), 'neighbour', 'services'];
  if (!places.includes(place) || command.length === 0) {
    throw new LabError(
      'from',
      `needs one of ${places.join(', ')} and a command`,
      'npm run lab -- from internet curl ...',
    );
  }
  const fixed: Readonly<Record<string, string>> = {
    neighbour: NEIGHBOUR.namespace,
    services: SERVICES.namespace,
  };
  const client = Object.entries(CLIENTS).find(([name]) => name === place)?.[1];
  return attach(inNamespace(client?.namespace ?? fixed[place] ?? '', ['bash', '-c', shellCommand(command)]));
}

export async function kubectl(words: readonly string[]): Promise<number> {
  const on = hosts().find((candidate) => candidate.isOn());
  if (on === undefined) throw new LabError('kubectl', 'no host is on', 'npm run lab -- up');
  return enter(on.alias, `k3s kubectl ${words.map(quote).join(' ')}`);
}
