/** What each linter prints as JSON, as far as we use it, and the findings in it. */
import { z } from 'zod';
import type { Linter } from '../charts/waivers.ts';

export interface Finding {
  readonly linter: Linter;
  readonly check: string;
  /** `Deployment honeydue/api`, as synth names it. */
  readonly object: string;
  readonly message: string;
  /** The linter's own word for it that must not be; anything less is a warning. */
  readonly critical: boolean;
}

/** The linter looked at no object, so that no finding means nothing. */
export class NothingLinted extends Error {
  override readonly name = 'NothingLinted';
}

const nameOf = (kind: string, namespace: string | undefined, name: string) =>
  `${kind} ${namespace ? `${namespace}/` : ''}${name}`;

const kubeLinter = z.object({
  Checks: z.array(z.unknown()).min(1),
  Reports: z
    .array(
      z.object({
        Check: z.string(),
        Diagnostic: z.object({ Message: z.string() }),
        Object: z.object({
          K8sObject: z.object({
            Namespace: z.string().optional(),
            Name: z.string(),
            GroupVersionKind: z.object({ Kind: z.string() }),
          }),
        }),
      }),
    )
    .nullable(),
});

/** It knows no degrees: every finding fails its run. */
export function kubeLinterFindings(output: unknown): Finding[] {
  return (kubeLinter.parse(output).Reports ?? []).map(({ Check, Diagnostic, Object: { K8sObject } }) => ({
    linter: 'kube-linter',
    check: Check,
    object: nameOf(K8sObject.GroupVersionKind.Kind, K8sObject.Namespace, K8sObject.Name),
    message: Diagnostic.Message,
    critical: true,
  }));
}

const kubeScore = z.array(
  z.object({
    type_meta: z.object({ kind: z.string() }),
    object_meta: z.object({ name: z.string(), namespace: z.string().optional() }),
    checks: z.array(
      z.object({
        check: z.object({ id: z.string() }),
        grade: z.number(),
        skipped: z.boolean(),
        comments: z.array(z.object({ path: z.string(), summary: z.string() })).nullable(),
      }),
    ),
  }),
);

/** kube-score's grades: 1 is critical, 5 a warning, 7 almost and 10 fully well. */
const CRITICAL = 1;
const WARNING = 5;

export function kubeScoreFindings(output: unknown): Finding[] {
  const objects = kubeScore.parse(output);
  if (objects.length === 0) throw new NothingLinted('kube-score saw no object');
  return objects.flatMap(({ type_meta: { kind }, object_meta: { name, namespace }, checks }) =>
    checks
      .filter(({ grade, skipped }) => !skipped && grade <= WARNING)
      .map(({ check, grade, comments }) => ({
        linter: 'kube-score',
        check: check.id,
        object: nameOf(kind, namespace, name),
        message: (comments ?? [])
          .map(({ path, summary }) => (path ? `${path}: ${summary}` : summary))
          .join('; '),
        critical: grade <= CRITICAL,
      })),
  );
}

const polarisResults = z.record(
  z.string(),
  z.object({ ID: z.string(), Message: z.string(), Success: z.boolean(), Severity: z.string() }),
);
const polaris = z.object({
  Results: z
    .array(
      z.object({
        Kind: z.string(),
        Name: z.string(),
        Namespace: z.string(),
        Results: polarisResults.nullish(),
        PodResult: z
          .object({
            Results: polarisResults.nullish(),
            ContainerResults: z.array(z.object({ Results: polarisResults.nullish() })).nullish(),
          })
          .nullish(),
      }),
    )
    .nullable(),
});

export function polarisFindings(output: unknown): Finding[] {
  const objects = polaris.parse(output).Results ?? [];
  if (objects.length === 0) throw new NothingLinted('polaris saw no object');
  return objects.flatMap(({ Kind, Name, Namespace, Results, PodResult }) =>
    [Results, PodResult?.Results, ...(PodResult?.ContainerResults ?? []).map((one) => one.Results)]
      .flatMap((results) => Object.values(results ?? {}))
      .filter(({ Success, Severity }) => !Success && Severity !== 'ignore')
      .map(({ ID, Message, Severity }) => ({
        linter: 'polaris',
        check: ID,
        object: nameOf(Kind, Namespace, Name),
        message: Message,
        critical: Severity === 'danger',
      })),
  );
}

const checkov = z.object({
  results: z.object({
    passed_checks: z.array(z.unknown()),
    failed_checks: z.array(z.object({ check_id: z.string(), check_name: z.string(), resource: z.string() })),
    parsing_errors: z.array(z.string()),
  }),
});

/** It knows no degrees without an account: every finding fails its run. */
export function checkovFindings(output: unknown): Finding[] {
  const { passed_checks, failed_checks, parsing_errors } = checkov.parse(output).results;
  if (parsing_errors.length > 0) throw new NothingLinted(`checkov cannot read ${parsing_errors.join(', ')}`);
  if (passed_checks.length === 0 && failed_checks.length === 0) {
    throw new NothingLinted('checkov saw no object');
  }
  return failed_checks.map(({ check_id, check_name, resource }) => {
    const [kind = '', namespace = '', ...name] = resource.split('.');
    return {
      linter: 'checkov',
      check: check_id,
      object: nameOf(kind, namespace === 'default' ? undefined : namespace, name.join('.')),
      message: check_name,
      critical: true,
    };
  });
}
