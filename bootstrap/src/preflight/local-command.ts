import { execFile } from 'node:child_process';

export interface Answer {
  readonly exitCode: number;
  /** Standard output and error, trimmed. */
  readonly stdout: string;
  readonly stderr: string;
}

/** Milliseconds; none of what preflight asks takes a second. */
const DEADLINE = 10_000;

/** Asks a program of this computer; nothing is typed into it. @returns undefined when it is not there */
export function ask(program: string, args: readonly string[]): Promise<Answer | undefined> {
  const { PATH, HOME, SSH_AUTH_SOCK } = process.env;
  const env = { PATH, HOME, ...(SSH_AUTH_SOCK && { SSH_AUTH_SOCK }) };
  return new Promise((done) => {
    const child = execFile(program, [...args], { env, timeout: DEADLINE }, (error, stdout, stderr) => {
      if (error?.code === 'ENOENT') done(undefined);
      else done({ exitCode: child.exitCode ?? 1, stdout: stdout.trim(), stderr: stderr.trim() });
    });
    child.stdin?.end();
  });
}
