/** A word that a shell reads back as it is. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * What a person typed after a command's name, as a shell command: several words keep their blanks and quotes, a single
 * one is a script with pipes and variables of its own.
 */
export function shellCommand(words: readonly string[]): string {
  return words.length === 1 ? (words[0] ?? '') : words.map(quote).join(' ');
}
