import { type Case, swap } from './edits.ts';

/** Choices, numbers, URLs and texts that do not fit, and how what was found is shown. */
export const numberCases: readonly Case[] = [
  {
    why: 'an edge mode, misspelt',
    edit: swap('tls: strict', 'tls: stritc'),
    errors: [
      'cluster.yaml:37:8: edge.tls: found "stritc"; allowed: flexible or both or strict; did you mean strict?',
    ],
  },
  {
    why: 'yes, which YAML 1.2 reads as a word',
    edit: swap('adminBasicAuth: true', 'adminBasicAuth: yes'),
    errors: ['cluster.yaml:42:19: edge.adminBasicAuth: found "yes"; allowed: true or false'],
  },
  {
    why: 'a number of 0',
    edit: swap('inFlight: 40', 'inFlight: 0'),
    errors: ['cluster.yaml:41:15: edge.rateLimit.inFlight: found 0; allowed: a whole number from 1 to 10000'],
  },
  {
    why: 'a number with a fraction',
    edit: swap('inFlight: 40', 'inFlight: 40.5'),
    errors: [
      'cluster.yaml:41:15: edge.rateLimit.inFlight: found 40.5; allowed: a whole number from 1 to 10000',
    ],
  },
  {
    why: 'a number in quotes',
    edit: swap('inFlight: 40', 'inFlight: "40"'),
    errors: [
      'cluster.yaml:41:15: edge.rateLimit.inFlight: found "40"; allowed: a whole number from 1 to 10000',
    ],
  },
  {
    why: 'a number that no machine counts to, told once',
    edit: swap('inFlight: 40', 'inFlight: 99999999999999999999'),
    errors: [
      'cluster.yaml:41:15: edge.rateLimit.inFlight: found 100000000000000000000; allowed: a whole number from 1 to 10000',
    ],
  },
  {
    why: 'not a number',
    edit: swap('inFlight: 40', 'inFlight: .nan'),
    errors: [
      'cluster.yaml:41:15: edge.rateLimit.inFlight: found NaN; allowed: a whole number from 1 to 10000',
    ],
  },
  {
    why: 'a port above 65535',
    edit: swap('port: 587', 'port: 65536'),
    errors: ['cluster.yaml:104:9: mail.port: found 65536; allowed: a port from 1 to 65535'],
  },
  {
    why: 'port 0',
    edit: swap('port: 587', 'port: 0'),
    errors: ['cluster.yaml:104:9: mail.port: found 0; allowed: a port from 1 to 65535'],
  },
  {
    why: 'a share in percent',
    edit: swap('tracesSamplerArg: 0.1', 'tracesSamplerArg: 10'),
    errors: ['cluster.yaml:90:21: app.tracesSamplerArg: found 10; allowed: a ratio from 0 to 1'],
  },
  {
    why: 'an ssl mode that does not encrypt',
    edit: swap('sslMode: require', 'sslMode: prefer'),
    errors: [
      'cluster.yaml:96:12: database.sslMode: found "prefer"; allowed: require or verify-ca or verify-full',
    ],
  },
  {
    why: 'an ssl mode, misspelt',
    edit: swap('sslMode: require', 'sslMode: verify_full'),
    errors: [
      'cluster.yaml:96:12: database.sslMode: found "verify_full"; allowed: require or verify-ca or verify-full; did you mean verify-full?',
    ],
  },
  {
    why: 'an URL without TLS: the token would go in the clear',
    edit: swap('https://obs', 'http://obs'),
    errors: [
      'cluster.yaml:112:19: observability.remoteWriteURL: found "http://obs.example.net/api/v1/write"; allowed: an https:// URL without user, password, query or fragment',
    ],
  },
  {
    why: 'an URL with a user or a password, which would be in dist/ and here in a log',
    edit: swap('https://obs', 'https://someone@obs'),
    errors: [
      'cluster.yaml:112:19: observability.remoteWriteURL: found "https://…@obs.example.net/api/v1/write"; allowed: an https:// URL without user, password, query or fragment',
    ],
  },
  {
    why: 'PEM text of another kind, of which no log may have more than the first line',
    edit: swap('"-----BEGIN CERTIFICATE-----"', '"-----BEGIN SOMETHING-----\\nbody"'),
    errors: [
      'cluster.yaml:44:17: edge.originPullCA: found "-----BEGIN SOMETHING-----…"; allowed: the PEM text of a CA certificate',
    ],
  },
  {
    why: 'no certificate',
    edit: swap('"-----BEGIN CERTIFICATE-----"', './ca.pem'),
    errors: [
      'cluster.yaml:44:17: edge.originPullCA: found "./ca.pem"; allowed: the PEM text of a CA certificate',
    ],
  },
  {
    why: 'a value over several lines stays on one line of the message',
    edit: swap('smtp.example.net', '|\n    smtp\n    example'),
    errors: [
      'cluster.yaml:103:9: mail.host: found "smtp\\nexample\\n"; allowed: a domain name in lower case such as api.example.com',
    ],
  },
  {
    why: 'a value with control characters cannot write to the terminal',
    edit: swap('smtp.example.net', '"a\\e[31mb"'),
    errors: [
      'cluster.yaml:103:9: mail.host: found "a\\u001b[31mb"; allowed: a domain name in lower case such as api.example.com',
    ],
  },
  {
    why: 'a long value is cut',
    edit: swap('smtp.example.net', 'x'.repeat(150)),
    errors: [
      'cluster.yaml:103:9: mail.host: found "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…"; allowed: a domain name in lower case such as api.example.com',
    ],
  },
];
