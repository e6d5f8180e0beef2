/** A file that every run makes equal to `content` on a host. */
export interface HostFile {
  readonly path: string;
  /** 0600 for what only root reads, 0644 for what programs without root's rights read too, 0440 as sudo asks. */
  readonly mode: '0600' | '0644' | '0440';
  /** `user:group`. */
  readonly owner: 'root:root';
  readonly content: string;
  /** Why the host needs it, as a short sentence without its full stop. */
  readonly reason: string;
  /** Commands, in order, after which a new content is in force; none for what its reader looks up each time. */
  readonly activate?: readonly (readonly string[])[];
}

/** First line of every file; `#` begins a comment in each of their syntaxes. */
const HEADER = '# Made from cluster.yaml; the next run undoes an edit here.\n';

/** A file of the host, owned by root. */
export function hostFile(
  file: Pick<HostFile, 'path' | 'reason' | 'activate'> & { readonly mode?: HostFile['mode'] },
  content: string,
): HostFile {
  return { mode: '0644', owner: 'root:root', ...file, content: `${HEADER}${content.trim()}\n` };
}
