/** Why `npm run imports` stopped; the message says what to do about it. */
export type ImportsErrorCode =
  | 'usage'
  | 'go-missing'
  | 'download-failed'
  | 'checksum-differs'
  | 'bad-spec'
  | 'kind-missing'
  | 'name-collision'
  | 'cli-changed';

/** An expected failure: printed as one message, without a stack. */
export class ImportsError extends Error {
  constructor(
    readonly code: ImportsErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ImportsError';
  }
}
