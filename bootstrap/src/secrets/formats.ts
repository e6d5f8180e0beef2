import { createPrivateKey, X509Certificate } from 'node:crypto';

/** What is wrong with a value, as the end of "NAME: "; undefined when nothing is. It never repeats the value. */
type Check = (value: string) => string | undefined;

const PEM_ADVICE = 'paste the whole file in double quotes, from -----BEGIN to -----END';

const check =
  (problem: string, isRight: (value: string) => boolean): Check =>
  (value) =>
    isRight(value) ? undefined : problem;

const oneWord = check('must be one word without spaces or line breaks', (value) => /^\S+$/.test(value));
const oneLine = check('must be one line', (value) => !value.includes('\n'));

const all =
  (...checks: readonly Check[]): Check =>
  (value) =>
    checks.map((one) => one(value)).find((problem) => problem !== undefined);

const atLeast = (length: number) =>
  check(`is shorter than ${length} characters`, (value) => value.length >= length);

/** The format of each value that has one. Every other value is one word. */
const formats: Readonly<Record<string, Check>> = {
  POSTGRES_PASSWORD: oneLine,
  EMAIL_HOST_PASSWORD: oneLine,
  SECRET_KEY: all(oneWord, atLeast(32)),
  REDIS_PASSWORD: all(oneWord, atLeast(16)),
  EMAIL_HOST_USER: check('must be a mail address', (value) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)),
  OBS_TRACES_URL: check(
    'must be an https:// address',
    (value) => /^https:\/\/[^\s?#@]+$/.test(value) && URL.canParse(value),
  ),
  APNS_AUTH_KEY: privateKey,
  CLOUDFLARE_ORIGIN_CERT: certificate,
  CLOUDFLARE_ORIGIN_KEY: privateKey,
  ADMIN_BASIC_AUTH_USERS: check('must be one name:hash a line, as htpasswd -nB NAME prints it', (value) =>
    value
      .trim()
      .split('\n')
      .every((line) => /^[^:\s]+:\$(2[aby]|apr1)\$\S+$/.test(line)),
  ),
};

/** What is wrong with a value of prod.env; undefined when nothing is. */
export function formatProblem(name: string, value: string): string | undefined {
  return placeholder(value) ?? (formats[name] ?? oneWord)(value);
}

/** Words that people put where a value is to be filled in. */
const PLACEHOLDER = /^(change[_-]?me|changeit|to-?do|xxx+|\.{3}|<.*>|your[_-].*)$/i;
const placeholder = check('still holds a placeholder', (value) => !PLACEHOLDER.test(value.trim()));

function privateKey(value: string): string | undefined {
  if (!value.includes('PRIVATE KEY-----')) return `must be a private key in PEM form: ${PEM_ADVICE}`;
  try {
    createPrivateKey(value);
    return undefined;
  } catch {
    return `is a damaged private key: ${PEM_ADVICE}`;
  }
}

function certificate(value: string): string | undefined {
  try {
    const { validTo } = new X509Certificate(value);
    return Date.parse(validTo) > Date.now() ? undefined : `is a certificate that ended on ${validTo}`;
  } catch {
    return `must be a certificate in PEM form: ${PEM_ADVICE}`;
  }
}

/** Whether a private key is that of a certificate; both have their format already. */
export function isKeyOf(key: string, cert: string): boolean {
  return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
}
