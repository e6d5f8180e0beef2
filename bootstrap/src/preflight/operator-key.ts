import { isPublicKey, keyMaterial } from '../../../config/public-key.ts';
import type { Cluster } from '../../../config/schema.ts';
import type { Context } from '../context.ts';
import type { OperatorKey } from '../operator-key.ts';
import { type Finding, fine, problem, together } from './finding.ts';
import { ask } from './local-command.ts';

/**
 * Whether the operator has a key that can be used without a question, and that the hosts will take.
 * @throws OperatorKeyError when there is none
 */
export async function checkOperatorKey(context: Context): Promise<Finding> {
  const key = context.operator();
  return together(listFinding(key, context.cluster()), await useFinding(key));
}

/** Whether the hosts take the key, as cluster.yaml has it. */
function listFinding({ identity, publicKey }: OperatorKey, { operators }: Cluster): Finding {
  if (!isPublicKey(publicKey)) {
    return problem(
      `${identity}.pub is not a key that sshd of the hosts takes: ed25519, ECDSA, or RSA of 3072 bits or more. Make one: ssh-keygen -t ed25519. Or set HONEYDUE_SSH_KEY to the file of another one.`,
    );
  }
  const listed = operators?.map(keyMaterial);
  if (listed === undefined || listed.includes(keyMaterial(publicKey))) return fine;
  return problem(
    `Your key ${identity} is not among operators of cluster.yaml: this run would shut you out. Add the line of ${identity}.pub, or set HONEYDUE_SSH_KEY to a key that is listed.`,
  );
}

/** ssh asks nobody for a passphrase here: the key has none, or an agent holds it. */
async function useFinding({ identity, publicKey }: OperatorKey): Promise<Finding> {
  const [opened, agent] = await Promise.all([
    ask('ssh-keygen', ['-y', '-P', '', '-f', identity]),
    ask('ssh-add', ['-L']),
  ]);
  // That it is not installed is told elsewhere.
  if (opened === undefined) return fine;
  const isOpen = opened.exitCode === 0;
  if (isOpen && keyMaterial(opened.stdout) !== keyMaterial(publicKey)) {
    return problem(
      `${identity}.pub is not the public key of ${identity}. Make it anew: ssh-keygen -y -f ${identity} >${identity}.pub`,
    );
  }
  if (isOpen) return fine;
  const held = (agent?.stdout ?? '').split('\n').map(keyMaterial);
  if (held.includes(keyMaterial(publicKey))) return fine;
  if (/passphrase/.test(opened.stderr)) {
    return problem(`${identity} has a passphrase, and no agent holds it. Type it once: ssh-add ${identity}`);
  }
  return problem(`${identity} cannot be used: ${opened.stderr.replace(/\s+/g, ' ')}`);
}
