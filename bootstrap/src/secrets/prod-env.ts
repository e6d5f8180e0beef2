import type { Cluster } from '../../../config/schema.ts';
import { allSecretKeys, type SecretKey, secretKeys } from '../../../config/secrets.ts';
import { meant } from '../../../config/suggestion.ts';
import { formatProblem, isKeyOf } from './formats.ts';
import { type EnvEntry, parseEnv } from './parse-env.ts';
import { type EnvProblem, ProdEnvError } from './problem.ts';
import { Secret } from './secret.ts';

/** The secret values of a deployment. */
export interface ProdEnv {
  /** By their names in prod.env; an optional one that is empty is not here. */
  readonly values: ReadonlyMap<string, Secret>;
  /** Values that are given and not used, with the reason. */
  readonly notes: readonly string[];
}

/**
 * Checks the text of prod.env against what the cluster asks for.
 * @param file for the messages
 * @throws ProdEnvError with every problem at once, none of which shows a value
 */
export function readProdEnv(text: string, file: string, cluster: Cluster): ProdEnv {
  const { entries, problems } = parseEnv(text);
  const asked = secretKeys(cluster);
  const given = new Map<string, EnvEntry>();
  for (const entry of entries) if (!given.has(entry.name)) given.set(entry.name, entry);
  const found = [
    ...problems,
    ...duplicates(entries, given),
    ...entries.filter(isUnknown).map(unknownProblem),
    ...asked.flatMap((key) => valueProblems(key, given.get(key.name))),
    ...pairProblems(given, asked),
  ];
  // A line that cannot be read is not also a missing value.
  const unread = problems.map(({ text: message }) => message.split(':')[0]);
  const all = found.filter(
    ({ line, text: message }) => line !== undefined || !unread.includes(message.split(':')[0]),
  );
  if (all.length > 0) throw new ProdEnvError(file, all);
  const values = asked.flatMap(({ name }) => {
    const value = given.get(name)?.value;
    return value ? [[name, new Secret(value)] as const] : [];
  });
  return { values: new Map(values), notes: unused(given, asked) };
}

function duplicates(entries: readonly EnvEntry[], first: ReadonlyMap<string, EnvEntry>): EnvProblem[] {
  return entries
    .filter((entry) => first.get(entry.name) !== entry)
    .map(({ name, line, column }) => ({
      line,
      column,
      text: `${name}: a second time; the first is in line ${first.get(name)?.line}`,
    }));
}

const known = allSecretKeys.map(({ name }) => name);
const isUnknown = ({ name }: EnvEntry) => !known.includes(name);

function unknownProblem({ name, line, column }: EnvEntry): EnvProblem {
  const suggestion = meant(name, known);
  return { line, column, text: `${name}: unknown key${suggestion ? `; did you mean ${suggestion}?` : ''}` };
}

function valueProblems(key: SecretKey, entry: EnvEntry | undefined): EnvProblem[] {
  const { name, required, when, purpose, howToGet } = key;
  const need = when ? `required when ${when.text}` : 'required';
  const hint = `${purpose}; from: ${howToGet}`;
  if (!entry) return required ? [{ text: `${name}: missing, ${need} (${hint})` }] : [];
  const { line, column, value } = entry;
  if (value.trim() === '') {
    return required || value !== '' ? [{ line, column, text: `${name}: empty, ${need} (${hint})` }] : [];
  }
  const problem = formatProblem(name, value);
  return problem ? [{ line, column, text: `${name}: ${problem} (${hint})` }] : [];
}

const CERT = 'CLOUDFLARE_ORIGIN_CERT';
const KEY = 'CLOUDFLARE_ORIGIN_KEY';

/** A certificate with the key of another one would only be noticed when no visitor gets through. */
function pairProblems(given: ReadonlyMap<string, EnvEntry>, asked: readonly SecretKey[]): EnvProblem[] {
  const cert = given.get(CERT);
  const key = given.get(KEY);
  if (!cert || !key || !asked.some(({ name }) => name === CERT)) return [];
  if (formatProblem(CERT, cert.value) || formatProblem(KEY, key.value)) return [];
  if (isKeyOf(key.value, cert.value)) return [];
  return [{ line: key.line, column: key.column, text: `${KEY}: is not the key of ${CERT}` }];
}

function unused(given: ReadonlyMap<string, EnvEntry>, asked: readonly SecretKey[]): string[] {
  return allSecretKeys
    .filter((key) => !asked.includes(key) && given.get(key.name)?.value)
    .map(({ name, when }) => `${name} is given and not used: it would be if ${when?.text}.`);
}
