/** What dist/hosts/ says about one server, taken apart again (config/hosts/host-text.ts writes it). */
export interface Host {
  readonly alias: string;
  /** Its name in Kubernetes. */
  readonly hostname: string;
  readonly sections: readonly HostSection[];
}

export interface HostSection {
  /** `firewall rules`, or the path of the file that it is about. */
  readonly name: string;
  /** Of a file its mode and owner, `0600 root:root`. */
  readonly rights?: string;
  /** The rest of the heading: why it is there. */
  readonly reason: string;
  readonly lines: readonly string[];
}

const FIRST_LINE = /^(\S+), in Kubernetes (\S+): /;
const FILE = /^(\/\S+) {2}(\d{4} \S+): (.*)$/;
const OTHER = /^([^,:]+)[,:]? ?(.*)$/;

/** The host, or what is wrong with the text. */
export function readHost(file: string, text: string): Host | string {
  const [head = '', ...rest] = text.split(/^=== /m);
  const [, alias, hostname] = FIRST_LINE.exec(head) ?? [];
  if (alias === undefined || hostname === undefined)
    return 'not the text of a host: its first line names none';
  if (file !== `hosts/${alias}.txt`) return `the text of host ${alias}`;
  return { alias, hostname, sections: rest.map(readSection) };
}

function readSection(text: string): HostSection {
  const [heading = '', ...lines] = text.replace(/\n+$/, '').split('\n');
  const file = FILE.exec(heading);
  if (file) return { name: file[1] ?? '', rights: file[2], reason: file[3] ?? '', lines };
  const [, name = heading, reason = ''] = OTHER.exec(heading) ?? [];
  return { name, reason, lines };
}
