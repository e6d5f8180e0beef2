import type { Manifest } from '../../../synth/render.ts';
import { allContainers, containerOf, ofKind, one } from '../find.ts';
import { broken, type Invariant } from '../invariant.ts';
import { allPlaces } from '../walk.ts';

/** Nothing in dist/ is a secret value, or looks like one. */

/** Polaris' words, and ours. */
const SECRET_NAME = /secret|password|passwd|token|bearer|credential|private_?key|api_?key|app_key/i;

/** What is public although it is long: a CA certificate, a digest, a fingerprint of configuration. */
const PUBLIC = [/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g, /@sha256:[a-f0-9]{64}/g];

/** Shapes of values that no manifest needs. */
const SHAPES: Readonly<Record<string, RegExp>> = {
  'a private key': /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  'a URL with a password': /\w+:\/\/[^\s/:@]*:[^\s/@]+@/,
  'a bearer token': /\bBearer\s+[\w.~+/-]{8,}/i,
  'a JSON web token': /\beyJ[\w-]{10,}\.[\w-]{10,}\./,
  'a B2 key': /\bK00\d[\w/+]{27}\b/,
  'a password hash': /\$(2[aby]|apr1|5|6)\$/,
};

const strings = (objects: readonly Manifest[]) =>
  allPlaces(objects).flatMap(({ where, value }) =>
    typeof value === 'string' ? [{ where, text: value }] : [],
  );

/** Bits a character. */
function entropy(word: string): number {
  const counts = new Map<string, number>();
  for (const char of word) counts.set(char, (counts.get(char) ?? 0) + 1);
  return [...counts.values()].reduce((sum, n) => sum - (n / word.length) * Math.log2(n / word.length), 0);
}

/** True for what a random generator prints: long hex, or base64 with all kinds of characters. */
export function looksRandom(word: string): boolean {
  if (/^[a-f0-9]{32,}$/i.test(word)) return entropy(word) > 3;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/].filter((kind) => kind.test(word)).length;
  return word.length >= 20 && kinds === 3 && entropy(word) > 3.9;
}

const config = (objects: Manifest[]) => one(objects, 'ConfigMap', 'honeydue-config').data ?? {};
/** Made at run time, so that no scanner takes this file for a leak. */
const random = ['q8Zt', 'Vw3K', 'mR7x', 'Lp2N', 'bY6c', 'Hs9D'].join('');

export const leakInvariants: readonly Invariant[] = [
  {
    name: 'no-secret-literals',
    why: 'A variable or key of such a name with its value beside it is a secret in git.',
    controls: ['S-1', 'S-8'],
    check: (objects) => [
      ...allContainers(objects).flatMap(({ where, container: { env = [] } }) =>
        env
          .filter(({ name, value }) => SECRET_NAME.test(name) && value !== undefined)
          .map(({ name }) => `${where}: ${name} has a value`),
      ),
      ...ofKind(objects, 'ConfigMap').flatMap(({ metadata, data = {} }) =>
        Object.keys(data)
          .filter((key) => SECRET_NAME.test(key))
          .map((key) => `ConfigMap ${metadata.name}: ${key} does not belong here`),
      ),
    ],
    breaks: [
      broken((objects) => containerOf(objects, 'api').env?.push({ name: 'REDIS_PASSWORD', value: 'x' })),
      broken((objects) => Object.assign(config(objects), { B2_APP_KEY: 'x' })),
    ],
  },
  {
    name: 'no-secret-shapes',
    why: 'Keys, tokens and URLs with passwords are known by their form, whatever they are called.',
    controls: ['S-8'],
    check: (objects) =>
      strings(objects).flatMap(({ where, text }) =>
        Object.entries(SHAPES)
          .filter(([, shape]) => shape.test(text))
          .map(([what]) => `${where} holds ${what}`),
      ),
    breaks: [
      broken((objects) =>
        Object.assign(config(objects), { X: ['-----BEGIN EC', 'PRIVATE KEY-----'].join(' ') }),
      ),
      broken((objects) => Object.assign(config(objects), { DATABASE_URL: 'postgres://u:p@host/db' })),
      broken((objects) =>
        containerOf(objects, 'vmagent').args?.push(`-remoteWrite.headers=Authorization: Bearer ${random}`),
      ),
      broken((objects) => Object.assign(config(objects), { USERS: ['admin:$2y', '05', 'x'].join('$') })),
    ],
  },
  {
    name: 'no-random-words',
    why: 'What a generator printed is a secret until somebody says otherwise.',
    controls: ['S-8'],
    check: (objects) =>
      strings(objects).flatMap(({ where, text }) => {
        const rest = PUBLIC.reduce((left, shape) => left.replace(shape, ''), text);
        const words = rest.match(/[\w+/-]{20,}={0,2}/g) ?? [];
        return words.filter(looksRandom).map((word) => `${where} holds ${word}`);
      }),
    breaks: [
      broken((objects) => Object.assign(config(objects), { X: random })),
      broken(
        (objects) =>
          containerOf(objects, 'worker').args?.push(random) ??
          Object.assign(containerOf(objects, 'worker'), { args: [random] }),
      ),
      broken((objects) => Object.assign(config(objects), { X: '0a1b2c3d4e5f60718293a4b5c6d7e8f9' })),
    ],
  },
  {
    name: 'no-secret-in-arguments',
    why: 'Arguments are in the process list of the node, for everybody to read.',
    controls: ['R-3', 'V-2', 'S-7'],
    check: (objects) =>
      allContainers(objects).flatMap(({ where, container: { args = [], command = [], env = [] } }) => {
        const secret = env.filter(({ valueFrom }) => valueFrom?.secretKeyRef).map(({ name }) => name);
        const words = [...command, ...args];
        return [
          ...words.filter((word) => secret.some((name) => word.includes(`$(${name})`))),
          ...words.filter((word) => /(password|token|secret)=/i.test(word)),
        ].map((word) => `${where}: ${word}`);
      }),
    breaks: [
      broken((objects) =>
        Object.assign(containerOf(objects, 'worker'), { args: ['--redis=$(REDIS_PASSWORD)'] }),
      ),
      broken((objects) => containerOf(objects, 'vmagent').args?.push('-remoteWrite.bearerToken=x')),
    ],
  },
];
