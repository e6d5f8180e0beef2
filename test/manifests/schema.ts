import Ajv, { type ValidateFunction } from 'ajv';
import definitions from '../../imports/k8s.schema.json';
import type { Manifest } from '../../synth/render.ts';

/** Validates against Kubernetes' own OpenAPI types at 1.34, closed: a field that they do not know is an error. */

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema(definitions, 'k8s');

const names = new Map<string, string>();
for (const [name, definition] of Object.entries(definitions.definitions)) {
  if (!('x-kubernetes-group-version-kind' in definition)) continue;
  for (const { group, version, kind } of definition['x-kubernetes-group-version-kind']) {
    names.set(`${group ? `${group}/` : ''}${version} ${kind}`, name);
  }
}

/** What the schema has against an object. Each kind is compiled once, when it is first met. */
export function schemaErrors(object: Manifest): string[] {
  const validate = validatorOf(object);
  if (!validate) return [`the schema knows no ${object.kind} of ${object.apiVersion}`];
  if (validate(object)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    const unknown = 'additionalProperty' in params ? `: ${params.additionalProperty}` : '';
    return `${instancePath || '/'} ${message}${unknown}`;
  });
}

function validatorOf({ apiVersion, kind }: Manifest): ValidateFunction | undefined {
  const name = names.get(`${apiVersion} ${kind}`);
  return name === undefined ? undefined : ajv.getSchema(`k8s#/definitions/${name}`);
}
