/** Some lines at the top of a file that belongs to somebody else. */
export interface HostBlock {
  readonly path: string;
  readonly content: string;
  readonly reason: string;
}

const BEGIN = '# BEGIN honeydue';
const END = '# END honeydue';

/** The file's text with the block at its top, whatever an earlier version of the block held. */
export function withBlock(text: string, { content }: HostBlock): string {
  const rest = text.replace(new RegExp(`^${BEGIN}$[^]*?^${END}\\n`, 'gm'), '');
  return `${BEGIN}\n${content.trim()}\n${END}\n${rest}`;
}
