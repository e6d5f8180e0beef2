import { request } from 'node:http';
import { type CloudControl, controlOver } from './control.ts';

/** Where an emulator in another process is reached. */
export type ControlAddress = { host: string; port: number } | { socketPath: string };

// The emulator answers control commands from memory.
const timeoutMs = 5000;

/**
 * Steers an emulator in another process.
 * @throws Error from each call when the emulator is not there or refuses the command
 */
export function remoteControl(address: ControlAddress): CloudControl {
  const where = 'socketPath' in address ? address.socketPath : `${address.host}:${address.port}`;
  return controlOver(async (command) => {
    const { status, text } = await post(address, JSON.stringify(command)).catch((error: Error) => {
      throw new Error(`the cloud emulator at ${where} does not answer (${error.message}): is the lab up?`);
    });
    if (status !== 200) throw new Error(`the cloud emulator refused '${command.do}': ${text}`);
    return (JSON.parse(text) as { result: unknown }).result;
  });
}

function post(address: ControlAddress, body: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...address, path: '/_lab', method: 'POST', timeout: timeoutMs }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
