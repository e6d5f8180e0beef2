import { all, below, type Case, swap } from './edits.ts';

const whole = (text: string) => () => text;

/** What is wrong before any key is looked at: the file as a whole, and the YAML in it. */
export const syntaxCases: readonly Case[] = [
  {
    why: 'an empty file, as a full disk leaves it',
    edit: whole(''),
    errors: [
      'cluster.yaml:1:1: found no value; allowed: a group with the keys provider, nodes, network, k3s, domains, edge, firewall, operators, images, workloads, app, database, b2, apns, mail, registry, observability',
    ],
  },
  {
    why: 'comments only',
    edit: whole('# nothing\n# yet\n'),
    errors: [
      'cluster.yaml:1:1: found no value; allowed: a group with the keys provider, nodes, network, k3s, domains, edge, firewall, operators, images, workloads, app, database, b2, apns, mail, registry, observability',
    ],
  },
  {
    why: 'one word',
    edit: whole('honeydue\n'),
    errors: [
      'cluster.yaml:1:1: found "honeydue"; allowed: a group with the keys provider, nodes, network, k3s, domains, edge, firewall, operators, images, workloads, app, database, b2, apns, mail, registry, observability',
    ],
  },
  {
    why: 'a list',
    edit: whole('- provider\n- nodes\n'),
    errors: [
      'cluster.yaml:1:1: found a list of 2; allowed: a group with the keys provider, nodes, network, k3s, domains, edge, firewall, operators, images, workloads, app, database, b2, apns, mail, registry, observability',
    ],
  },
  {
    why: 'a second document',
    edit: (text) => `${text}---\nkind: Service\n`,
    errors: ['cluster.yaml:115:1: YAML: a second document begins here; the file holds one'],
  },
  {
    why: 'a key twice in a group',
    edit: below('  port: 587', '  port: 465'),
    errors: ['cluster.yaml:105:3: YAML: this key stands there twice; keep one of the two'],
  },
  {
    why: 'a group twice, far apart',
    edit: (text) => `${text}mail:\n  host: smtp.example.org\n`,
    errors: ['cluster.yaml:115:1: YAML: this key stands there twice; keep one of the two'],
  },
  {
    why: 'a tab as indentation',
    edit: swap('  port: 587', '\tport: 587'),
    errors: ['cluster.yaml:104:1: YAML: a tab in the indentation; use spaces'],
  },
  {
    why: 'a line indented too far',
    edit: swap('  port: 587', '   port: 587'),
    errors: [
      'cluster.yaml:103:9: YAML: a second key within one value; is the next line indented too far, or does the value need quotes?',
    ],
  },
  {
    why: 'no space after the colon',
    edit: swap('  port: 587', '  port:587'),
    errors: ['cluster.yaml:104:3: YAML: a key without a value; a space belongs after its colon'],
  },
  {
    why: 'a colon and a space within a value',
    edit: swap('smtp.example', 'smtp: example'),
    errors: [
      'cluster.yaml:103:9: YAML: a second key within one value; is the next line indented too far, or does the value need quotes?',
    ],
  },
  {
    why: 'a quote that is never closed',
    edit: swap('smtp.example.net', '"smtp.example.net'),
    errors: ['cluster.yaml:103:9: YAML: a quote is opened here and never closed'],
  },
  {
    why: 'a list that is never closed',
    edit: swap('[203.0.113.7/32]', '[203.0.113.7/32'),
    errors: ['cluster.yaml:48:1: YAML: a [ or { further up is not closed before this line'],
  },
  {
    why: 'a group in braces that is never closed',
    edit: swap('memory: 510Mi, ephemeral-storage: 256Mi }', 'memory: 510Mi, ephemeral-storage: 256Mi'),
    errors: ['cluster.yaml:66:3: YAML: a [ or { further up is not closed before this line'],
  },
  {
    why: 'a value that begins with a sign of YAML',
    edit: swap('smtp.example.net', '@smtp.example.net'),
    errors: ['cluster.yaml:103:9: YAML: a value that starts with a sign of YAML itself; put it in quotes'],
  },
  {
    why: 'a tag of some other tool, which would be dropped',
    edit: swap('smtp.example.net', '!vault smtp'),
    errors: [
      'cluster.yaml:103:9: YAML: a tag that means nothing here; put a value that starts with ! in quotes',
    ],
  },
  {
    why: 'a list as a key',
    edit: below('  port: 587', '  ? [a, b]\n  : c'),
    errors: ['cluster.yaml:105:5: YAML: a key that is not a plain word'],
  },
  {
    why: 'an alias without its anchor',
    edit: swap('port: 587', 'port: *smtp'),
    errors: ['cluster.yaml:104:9: YAML: *smtp stands for nothing; no &smtp comes before it'],
  },
  {
    why: 'an anchor that comes too late',
    edit: all(swap('port: 5432', 'port: *port'), swap('port: 587', 'port: &port 587')),
    errors: ['cluster.yaml:93:9: YAML: *port stands for nothing; no &port comes before it'],
  },
  {
    why: 'a merge key, which YAML 1.2 does not have: its keys would be missing',
    edit: all(
      swap('requests: { cpu: 50m,', 'requests: &sizes { cpu: 50m,'),
      swap('{ cpu: 1000m, memory: 1Gi, ephemeral-storage: 512Mi }', '{ <<: *sizes }'),
    ),
    errors: ['cluster.yaml:70:17: YAML: << merges nothing here; write the keys out'],
  },
  {
    why: 'a wrong value behind an anchor is shown where it stands and where it is used',
    edit: all(swap('port: 5432', 'port: &port 70000'), swap('port: 587', 'port: *port')),
    errors: [
      'cluster.yaml:93:15: database.port: found 70000; allowed: a port from 1 to 65535',
      'cluster.yaml:104:9: mail.port: found 70000; allowed: a port from 1 to 65535',
    ],
  },
  {
    why: 'a list that holds itself',
    edit: swap('[203.0.113.7/32]', '&self [*self]'),
    errors: [
      'cluster.yaml:47:25: firewall.kubernetesAPI[0]: found a list of 1; allowed: a network whose host bits are zero, such as 203.0.113.7/32 or 2001:db8::/64',
    ],
  },
  {
    why: 'two slips far apart are both told, as neither follows from the other',
    edit: all(swap('  location: nbg1', '\tlocation: nbg1'), swap('  port: 587', '  port:587')),
    errors: [
      'cluster.yaml:5:1: YAML: a tab in the indentation; use spaces',
      'cluster.yaml:104:3: YAML: a key without a value; a space belongs after its colon',
    ],
  },
  {
    why: 'an editor of Windows counts lines alike',
    edit: (text) => swap('587', '0')(text).replaceAll('\n', '\r\n'),
    errors: ['cluster.yaml:104:9: mail.port: found 0; allowed: a port from 1 to 65535'],
  },
];
