import {
  type Remote,
  type RemoteOptions,
  type RemoteResult,
  UnreachableError,
} from '../../../bootstrap/src/host/remote.ts';

/** What was asked of a server. */
export interface Asked {
  readonly alias: string;
  readonly words: readonly string[];
  readonly input: string;
}

/**
 * A server that answers as it is told. A mock, because a unit test has no servers that fail at will; the same code runs
 * against a real API server in test/lab/scenarios.
 * @param answer undefined: the server is cut off
 */
export function server(
  alias: string,
  asked: Asked[],
  answer: (words: readonly string[], input: string) => Partial<RemoteResult> | undefined,
): Remote {
  return {
    alias,
    run: async (words: readonly string[], { input = '' }: RemoteOptions = {}) => {
      asked.push({ alias, words, input });
      const given = answer(words, input);
      if (!given) throw new UnreachableError(`${alias}: ssh deploy@${alias}: Connection timed out`);
      return { exitCode: 0, stdout: '', stderr: '', ...given };
    },
  };
}

/** True for a call that first asks whether the API is ready. */
export const asksFirst = (words: readonly string[]) => words[0] === 'sh';
