import { reportText } from '../../review/render/text.ts';
import type { Report } from '../../review/report.ts';

/** The examples of the README: the name of an edit of test/review/edits/, and how an operator would make it. */
export const EXAMPLES: readonly (readonly [edit: string, how: string])[] = [
  ['a new image of the api', 'images.api: ...:0000001'],
  ['one more api', 'workloads.api.replicas: 4'],
  ['HTTPS at the origin', 'edge.tls: strict'],
  ['a larger volume for Redis', 'workloads.redis.volume: 10Gi'],
  ['another selector of api', 'Deployment api: one label more in its selector'],
  ['Redis for everybody', 'NetworkPolicy redis: its rule without peers'],
  ['ssh from one address only', 'firewall.ssh: [203.0.113.7/32]'],
  ['a patch of k3s', 'k3s.version: v1.34.12+k3s1'],
];

/** The report as the README shows it: without its second line, which names the commits, and without the room of nodes. */
export function exampleText(report: Report): string {
  const text = reportText(report, { subject: 'Merging this', compared: '' }, false);
  const [verdict = '', , ...rest] = text.split('\n');
  const body = rest.join('\n').replace(/\n\n(ROOM[\s\S]*|Without any one server.*)$/, '');
  return `${verdict}\n${body}`.trimEnd();
}
