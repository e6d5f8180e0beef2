import { boolYaml11Tag, CORE_SCHEMA, floatYaml11Tag, intYaml11Tag, load, nullYaml11Tag } from 'js-yaml';

/** Words as kubectl reads them, which is YAML 1.1: `yes` is true and `010` is 8. A date stays a string. */
const SCHEMA = CORE_SCHEMA.withTags(boolYaml11Tag, intYaml11Tag, floatYaml11Tag, nullYaml11Tag);

/**
 * One document. By js-yaml, not by the package yaml that knows positions in cluster.yaml: it is several times faster,
 * which counts for thousands of objects (npm run bench:review).
 * @throws YAMLException
 */
export function readYAML(text: string): unknown {
  return load(text, { schema: SCHEMA });
}
