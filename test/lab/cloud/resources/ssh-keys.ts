import { createHash } from 'node:crypto';
import { z } from 'zod';
import { invalidField, notUnique } from '../api/errors.ts';
import { checkLabels } from '../api/labels.ts';
import { filterBy, listReply } from '../api/listing.ts';
import { type Operation, operation, operationWithBody } from '../api/operation.ts';
import { type SshKeyRecord, takeId } from '../state/model.ts';
import { labelsBody, nameBody, renameBody } from './bodies.ts';
import { requireUniqueName, sshKeyOf } from './lookup.ts';
import { applyNameAndLabels } from './name-and-labels.ts';

const createBody = z.strictObject({
  name: nameBody,
  public_key: z.string(),
  labels: labelsBody.optional(),
});

/** SSH keys of the project. */
export const sshKeyOperations: readonly Operation[] = [
  operation('list_ssh_keys', 'GET', '/ssh_keys', (call) => {
    const found = filterBy(call.state.sshKeys, call.query, 'fingerprint', ({ fingerprint }) => fingerprint);
    return listReply(call, 'ssh_keys', found, viewSshKey);
  }),
  operationWithBody('create_ssh_key', 'POST', '/ssh_keys', createBody, ({ state, body, now }) => {
    const fingerprint = fingerprintOf(body.public_key);
    if (state.sshKeys.some((key) => key.fingerprint === fingerprint)) {
      throw notUnique('public_key', 'SSH key with the same fingerprint already exists');
    }
    requireUniqueName(state.sshKeys, body.name, 'SSH key');
    const key: SshKeyRecord = {
      id: takeId(state),
      name: body.name,
      fingerprint,
      publicKey: body.public_key.trim(),
      labels: checkLabels(body.labels),
      created: now.toISOString(),
    };
    state.sshKeys.push(key);
    return { status: 201, body: { ssh_key: viewSshKey(key) } };
  }),
  operation('get_ssh_key', 'GET', '/ssh_keys/{id}', (call) => ({
    status: 200,
    body: { ssh_key: viewSshKey(sshKeyOf(call)) },
  })),
  operationWithBody('replace_ssh_key', 'PUT', '/ssh_keys/{id}', renameBody, (call) => {
    const key = sshKeyOf(call);
    applyNameAndLabels(call.state.sshKeys, key, call.body, 'SSH key');
    return { status: 200, body: { ssh_key: viewSshKey(key) } };
  }),
  operation('delete_ssh_key', 'DELETE', '/ssh_keys/{id}', (call) => {
    const key = sshKeyOf(call);
    call.state.sshKeys = call.state.sshKeys.filter(({ id }) => id !== key.id);
    return { status: 204 };
  }),
];

/** MD5 fingerprint of an OpenSSH public key, as the API shows it. */
function fingerprintOf(publicKey: string): string {
  const match = /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp\d+) ([A-Za-z0-9+/]+=*)(\s.*)?$/.exec(
    publicKey.trim(),
  );
  if (!match?.[2]) throw invalidField('public_key', 'is not a valid SSH public key');
  const hex = createHash('md5').update(Buffer.from(match[2], 'base64')).digest('hex');
  return (hex.match(/../g) ?? []).join(':');
}

function viewSshKey(key: SshKeyRecord) {
  const { publicKey, ...rest } = key;
  return { ...rest, public_key: publicKey };
}
