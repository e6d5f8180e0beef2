import { spawn } from 'node:child_process';
import { Duplex } from 'node:stream';
import { type SshSettings, type SshTarget, sshArguments } from './ssh-arguments.ts';

/**
 * A connection to an address and port as the host reaches it, through ssh. When ssh cannot, its own words are the error of
 * the stream.
 */
export function openSocket(target: SshTarget, settings: SshSettings, address: string, port: number): Duplex {
  const { PATH, HOME, SSH_AUTH_SOCK } = process.env;
  const child = spawn('ssh', ['-W', `${address}:${port}`, ...sshArguments(target, settings)], {
    env: { PATH, HOME, ...(SSH_AUTH_SOCK && { SSH_AUTH_SOCK }) },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const socket = Duplex.from({ readable: child.stdout, writable: child.stdin });
  child.on('error', (error) => socket.destroy(error));
  child.on('exit', (code) => {
    if (code) socket.destroy(new Error(`${target.alias}: ${said.trim() || `ssh ended with ${code}`}`));
  });
  socket.on('close', () => child.kill());
  return socket;
}
