import type { Manifest } from '../../synth/render.ts';
import { type Path, pathText } from './path.ts';
import { type Definition, elementType, fieldType, type Type, typeOf } from './schema.ts';
import { isMap } from './values.ts';

const known = new WeakMap<Manifest, readonly string[]>();

/** What in an object is not as Kubernetes 1.34 has it, as sentences. What the schema does not know passes. */
export function shapeFaults(object: Manifest): readonly string[] {
  const faults = known.get(object) ?? [...withoutSpec(object), ...faultsOf(object, typeOf(object), [])];
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

function faultsOf(value: unknown, type: Type | undefined, path: Path): string[] {
  // What is null is not there, to the API server.
  if (type === undefined || value === null) return [];
  const { definition } = type;
  if (!allows(definition, value)) return [`${pathText(path)} is ${wordFor(value)}`];
  if (Array.isArray(value))
    return value.flatMap((element, i) =>
      faultsOf(element, elementType(type), [...path, { item: String(i) }]),
    );
  if (!isMap(value)) return [];
  const missing = (definition.required ?? []).filter(
    (key) => value[key] === undefined || value[key] === null,
  );
  return [
    ...missing.map((key) => `${pathText([...path, key])} is missing`),
    ...Object.entries(value).flatMap(([key, child]) => {
      const field = fieldType(type, key);
      if (field === undefined && definition.additionalProperties === false)
        return [`${pathText([...path, key])}: there is no such field`];
      return faultsOf(child, field, [...path, key]);
    }),
  ];
}

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
