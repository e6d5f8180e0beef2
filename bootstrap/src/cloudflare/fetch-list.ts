/** Milliseconds for the whole answer; a list is half a kilobyte. */
const DEADLINE = 20_000;

/** Characters; what is longer is no list of networks. */
const LONGEST = 64 * 1024;

/** A list could not be fetched. Says from where, and why. */
export class FetchError extends Error {
  override readonly name = 'FetchError';
}

/** @throws FetchError */
export async function fetchList(url: string, signal: AbortSignal): Promise<string> {
  const failed = (why: string) =>
    new FetchError(
      `${url}: ${why}. The ranges that are there stay. See that it opens in a browser, then run it again.`,
    );
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE)]) });
    text = await response.text();
  } catch (error) {
    signal.throwIfAborted();
    const { cause, message } = error as Error;
    throw failed(`no answer: ${cause instanceof Error ? cause.message : message}`);
  }
  if (response.status !== 200) throw failed(`HTTP ${response.status}`);
  if (text.length > LONGEST) throw failed(`${text.length} characters came, which is no list of networks`);
  return text;
}
