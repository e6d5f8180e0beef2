import { writeFileSync } from 'node:fs';
import { isOurs } from '../core/name.ts';
import { must, run } from '../core/process.ts';
import { resolvConf } from './client.ts';
import { networkScript } from './commands.ts';
import { SERVICES } from './topology.ts';

/** Makes all namespaces, bridges and routes of the lab. @throws LabError with the failing command */
export async function createNetwork(): Promise<void> {
  writeFileSync(resolvConf(), `nameserver ${SERVICES.ipv4}\noptions timeout:1 attempts:2\n`);
  await must(['sh', '-x'], { input: networkScript() });
}

/** Names of the lab's network namespaces that exist now, hosts' included. */
export async function labNamespaces(): Promise<string[]> {
  const { stdout } = await run(['ip', 'netns', 'list']);
  return stdout
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter(isOurs);
}

/** Removes every namespace of the lab; bridges and links go with them. */
export async function destroyNetwork(): Promise<void> {
  for (const name of await labNamespaces()) await run(['ip', 'netns', 'del', name]);
}
