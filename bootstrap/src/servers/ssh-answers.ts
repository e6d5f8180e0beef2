import { connect } from 'node:net';
import { systemPorts } from '../../../config/hosts/system-ports.ts';

/** Milliseconds; a server that is up answers at once, and one that a firewall hides never. */
const DEADLINE = 3_000;

/** True when an ssh server greets at the address. Nothing is logged in to. */
export function answersSsh(address: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ host: address, port: systemPorts.ssh });
    const end = (answer: boolean) => {
      socket.destroy();
      done(answer);
    };
    socket.setTimeout(DEADLINE, () => end(false));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
    socket.once('data', (data) => end(data.toString().startsWith('SSH-')));
  });
}
