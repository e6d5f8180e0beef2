import { inspect } from 'node:util';

const REDACTED = 'redacted';

/**
 * A value that nobody may see. However it is printed - in a template, as JSON, by console.log, in an error - it
 * says `redacted`; only `reveal` gives the value away, so every use of a secret can be found by that one word.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
