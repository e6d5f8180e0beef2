// Reads [{address, port, protocol}] from standard input, tries each, prints the outcomes in the same order.
import dgram from 'node:dgram';
import net from 'node:net';
import { text } from 'node:stream/consumers';

const outcomes = { ECONNREFUSED: 'refused', EHOSTUNREACH: 'unreachable', ENETUNREACH: 'unreachable' };

function tcp({ address, port, timeoutMs }) {
  return new Promise((resolve) => {
    const socket = net.connect({ host: address, port, timeout: timeoutMs });
    const end = (outcome) => {
      socket.destroy();
      resolve(outcome);
    };
    socket.on('connect', () => end('open'));
    socket.on('timeout', () => end('timeout'));
    socket.on('error', (error) =>
      end(error.code === 'ETIMEDOUT' ? 'timeout' : (outcomes[error.code] ?? error.code)),
    );
  });
}

// UDP: an answer is "open", an ICMP refusal is "refused", silence is "timeout".
function udp({ address, port, timeoutMs }) {
  return new Promise((resolve) => {
    const socket = dgram.createSocket(net.isIPv6(address) ? 'udp6' : 'udp4');
    const timer = setTimeout(() => end('timeout'), timeoutMs);
    const end = (outcome) => {
      clearTimeout(timer);
      socket.close();
      resolve(outcome);
    };
    socket.on('error', (error) => end(outcomes[error.code] ?? error.code));
    socket.on('message', () => end('open'));
    socket.connect(port, address, () => socket.send('lab'));
  });
}

const targets = JSON.parse(await text(process.stdin));
const answers = await Promise.all(
  targets.map((target) => (target.protocol === 'udp' ? udp(target) : tcp(target))),
);
process.stdout.write(JSON.stringify(answers));
