import type { Manifest } from '../../synth/render.ts';
import { type Path, pathText, type Step } from './path.ts';
import { type Definition, elementType, fieldType, type Type, typeOf } from './schema.ts';
import { isMap } from './values.ts';

const known = new WeakMap<Manifest, readonly string[]>();

/** What in an object is not as Kubernetes 1.34 has it, as sentences. What the schema does not know passes. */
export function shapeFaults(object: Manifest): readonly string[] {
  const faults = known.get(object) ?? [...withoutSpec(object), ...ofShape(object)];
  known.set(object, faults);
  return faults;
}

/** Kinds that are nothing without a specification, although their type lets it be left out. */
const NEED_SPEC = [
  'CronJob',
  'DaemonSet',
  'Deployment',
  'Job',
  'NetworkPolicy',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Pod',
  'ReplicaSet',
  'Service',
  'StatefulSet',
];

const withoutSpec = ({ kind, spec }: Manifest) =>
  NEED_SPEC.includes(kind) && (spec === undefined || spec === null) ? ['spec is missing'] : [];

/** Only such objects are looked into: in the others nothing is where it should be. */
export const isSound = (object: Manifest): boolean => shapeFaults(object).length === 0;

const ofShape = (object: Manifest) =>
  faultsOf(object, typeOf(object)).map(({ path, text }) => `${pathText(path)}${text}`);

/** What is wrong, and where in the value that was asked about. */
interface Fault {
  readonly path: Path;
  readonly text: string;
}

function faultsOf(value: unknown, type: Type | undefined): Fault[] {
  // What is null is not there, to the API server.
  if (type === undefined || value === null) return [];
  const { definition } = type;
  if (!allows(definition, value)) return [{ path: [], text: ` is ${wordFor(value)}` }];
  if (Array.isArray(value)) return faultsOfList(value, elementType(type));
  return isMap(value) ? faultsOfMap(value, type) : [];
}

function faultsOfList(list: readonly unknown[], type: Type | undefined): Fault[] {
  return list.flatMap((element, i) => within({ item: String(i) }, faultsOf(element, type)));
}

function faultsOfMap(map: Readonly<Record<string, unknown>>, type: Type): Fault[] {
  const { required = [], additionalProperties } = type.definition;
  const faults = required
    .filter((key) => map[key] === undefined || map[key] === null)
    .map((key): Fault => ({ path: [key], text: ' is missing' }));
  for (const key of Object.keys(map)) {
    const field = fieldType(type, key);
    if (field === undefined && additionalProperties === false)
      faults.push({ path: [key], text: ': there is no such field' });
    else faults.push(...within(key, faultsOf(map[key], field)));
  }
  return faults;
}

/** Faults of a part as faults of the whole. Nearly always there are none, so no path is put together on the way down. */
const within = (step: Step, faults: readonly Fault[]) =>
  faults.length === 0 ? [] : faults.map(({ path, text }) => ({ path: [step, ...path], text }));

function allows({ type, oneOf, enum: words }: Definition, value: unknown): boolean {
  if (oneOf !== undefined) return oneOf.some((one) => allows(one, value));
  if (words !== undefined && !words.includes(String(value))) return false;
  if (type === undefined) return true;
  if (type === 'object') return isMap(value);
  if (type === 'array') return Array.isArray(value);
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}

const wordFor = (value: unknown) =>
  Array.isArray(value)
    ? 'a list'
    : isMap(value)
      ? 'a group of fields'
      : `${JSON.stringify(value)}, a ${typeof value}`;
