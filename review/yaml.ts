import {
  boolYaml11Tag,
  CORE_SCHEMA,
  floatYaml11Tag,
  intYaml11Tag,
  load,
  loadAll,
  nullYaml11Tag,
  YAMLException,
} from 'js-yaml';

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

/** Lines that begin or end a document or say something about it, and a byte order mark, which counts in front only. */
const NOT_CONTENT = /^(---|\.\.\.|[%\uFEFF])/m;

/**
 * Documents as readYAML reads each, but as one stream: to begin anew for each takes a tenth of a report's time.
 * Undefined when one has a fault, has no value or is more than its content: then each is to be read by itself.
 */
export function readTogether(texts: readonly string[]): unknown[] | undefined {
  if (texts.some((text) => !text.endsWith('\n') || NOT_CONTENT.test(text))) return undefined;
  try {
    const values = loadAll(texts.join('---\n'), { schema: SCHEMA });
    return values.length === texts.length && !values.includes(null) ? values : undefined;
  } catch (error) {
    if (error instanceof YAMLException) return undefined;
    throw error;
  }
}
