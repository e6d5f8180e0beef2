import type { Linter } from '../charts/waivers.ts';
import { annotationDomain } from '../config/names.ts';
import { identity } from '../synth/compare.ts';
import type { Manifest } from '../synth/render.ts';

/** One check that one linter is told to overlook on one object; `*` stands for all of its checks. */
export interface Waived {
  readonly object: string;
  readonly linter: Linter;
  readonly check: string;
}

/** How each linter is told so by an annotation: which keys, and the checks that key and value name. */
const ANNOTATIONS: readonly {
  readonly linter: Linter;
  readonly key: RegExp;
  readonly checks: (name: string, value: string) => string[];
}[] = [
  { linter: 'kube-linter', key: /^ignore-check\.kube-linter\.io\/(.+)$/, checks: (name) => [name] },
  { linter: 'kube-linter', key: /^kube-linter\.io\/ignore-all$/, checks: () => ['*'] },
  {
    linter: 'kube-score',
    key: /^kube-score\/ignore$/,
    checks: (_, value) => value.split(',').map((check) => check.trim()),
  },
  { linter: 'polaris', key: /^polaris\.fairwinds\.com\/(.+)-exempt$/, checks: (name) => [name] },
  { linter: 'polaris', key: /^polaris\.fairwinds\.com\/exempt$/, checks: () => ['*'] },
  { linter: 'checkov', key: /^checkov\.io\/skip/, checks: (_, value) => [value.replace(/=.*/, '')] },
];

const REASON = `${annotationDomain}/waiver-`;

/** The waivers that an object carries, at any depth: linters also read the annotations of a pod template. */
export function waivedOn(manifest: Manifest): Waived[] {
  return annotationsIn(manifest).flatMap(([key, value]) =>
    ANNOTATIONS.flatMap(({ linter, key: pattern, checks }) => {
      const match = pattern.exec(key);
      if (!match) return [];
      return checks(match[1] ?? '', value).map((check) => ({ object: identity(manifest), linter, check }));
    }),
  );
}

/** The reasons that an object carries for its waivers, by the name of the waiver. */
export function reasonsOn(manifest: Manifest): Record<string, string> {
  return Object.fromEntries(
    annotationsIn(manifest)
      .filter(([key]) => key.startsWith(REASON))
      .map(([key, reason]) => [key.slice(REASON.length), reason]),
  );
}

/** The same object as a linter sees it that is told nothing. */
export function withoutWaivers(manifest: Manifest): Manifest {
  return without(manifest) as Manifest;
}

function without(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(without);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !ANNOTATIONS.some(({ key: pattern }) => pattern.test(key)))
      .map(([key, inner]) => [key, without(inner)]),
  );
}

function annotationsIn(value: unknown): [string, string][] {
  if (Array.isArray(value)) return value.flatMap(annotationsIn);
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'annotations' && isRecord(inner)
      ? Object.entries(inner).map(([name, text]): [string, string] => [name, String(text)])
      : annotationsIn(inner),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
