import {
  checkovFindings,
  kubeLinterFindings,
  kubeScoreFindings,
  NothingLinted,
  polarisFindings,
} from '../../tools/lint-manifests-findings.ts';
import { report, type VariantResult } from '../../tools/lint-manifests-report.ts';

// Only kube-score and checkov can be installed everywhere; these keep the others readable for those who have them.
// Each sample is what the linter printed, or documents, cut down to the fields that it always has.
describe('the answer of', () => {
  test('kube-linter: every report is critical', () => {
    const output = {
      Checks: [{ name: 'host-network' }],
      Reports: [
        {
          Diagnostic: { Message: 'resource shares host network namespace' },
          Check: 'host-network',
          Remediation: 'Ensure the host network namespace is not shared.',
          Object: {
            Metadata: { FilePath: 'dist/10-traefik.k8s.yaml' },
            K8sObject: {
              Namespace: 'traefik',
              Name: 'traefik',
              GroupVersionKind: { Group: 'apps', Version: 'v1', Kind: 'DaemonSet' },
            },
          },
        },
      ],
      Summary: { ChecksStatus: 'Failed' },
    };
    expect(kubeLinterFindings(output)).toEqual([
      {
        linter: 'kube-linter',
        check: 'host-network',
        object: 'DaemonSet traefik/traefik',
        message: 'resource shares host network namespace',
        critical: true,
      },
    ]);
    expect(kubeLinterFindings({ ...output, Reports: null })).toEqual([]);
  });

  test('kube-score: critical and warning by grade; what is well, almost well or skipped is no finding', () => {
    const check = (id: string, grade: number, skipped = false) => ({
      check: { id },
      grade,
      skipped,
      comments: [{ path: 'api', summary: id, description: '' }],
    });
    const output = [
      {
        type_meta: { kind: 'Deployment', apiVersion: 'apps/v1' },
        object_meta: { name: 'api', namespace: 'honeydue', creationTimestamp: null },
        checks: [
          check('bad', 1),
          check('meh', 5),
          check('almost', 7),
          check('good', 10),
          check('off', 1, true),
        ],
      },
    ];
    expect(kubeScoreFindings(output).map((one) => [one.object, one.message, one.critical])).toEqual([
      ['Deployment honeydue/api', 'api: bad', true],
      ['Deployment honeydue/api', 'api: meh', false],
    ]);
  });

  test('polaris: findings of the object, its pod and its containers, danger as critical', () => {
    const result = (ID: string, Severity: string, Success = false) => ({
      [ID]: { ID, Message: ID, Details: null, Success, Severity, Category: 'Security' },
    });
    const output = {
      PolarisOutputVersion: '1.0',
      Results: [
        {
          Name: 'api',
          Namespace: 'honeydue',
          Kind: 'Deployment',
          Results: result('ofObject', 'warning'),
          PodResult: {
            Name: '',
            Results: { ...result('ofPod', 'danger'), ...result('fine', 'danger', true) },
            ContainerResults: [{ Name: 'api', Results: result('ofContainer', 'danger') }],
          },
        },
        { Name: 'api', Namespace: 'honeydue', Kind: 'ServiceAccount', Results: {}, PodResult: null },
      ],
    };
    expect(polarisFindings(output).map(({ check, critical }) => [check, critical])).toEqual([
      ['ofObject', false],
      ['ofPod', true],
      ['ofContainer', true],
    ]);
  });

  test('checkov: every failed check is critical', () => {
    const results = {
      passed_checks: [],
      failed_checks: [
        { check_id: 'CKV_K8S_15', check_name: 'pull', resource: 'Deployment.honeydue.api' },
        { check_id: 'CKV_K8S_1', check_name: 'global', resource: 'PriorityClass.default.honeydue-app' },
      ],
      parsing_errors: [],
    };
    expect(checkovFindings({ results }).map(({ object, critical }) => [object, critical])).toEqual([
      ['Deployment honeydue/api', true],
      ['PriorityClass honeydue-app', true],
    ]);
  });
});

// "0 findings" is also what a linter says that was pointed at an empty folder or at files that it cannot read.
test('a linter that looked at nothing is an error, not a clean result', () => {
  expect(() => kubeScoreFindings([])).toThrow(NothingLinted);
  expect(() => polarisFindings({ Results: null })).toThrow(NothingLinted);
  const results = { passed_checks: [], failed_checks: [], parsing_errors: [] };
  expect(() => checkovFindings({ results })).toThrow(NothingLinted);
  expect(() => checkovFindings({ results: { ...results, parsing_errors: ['a.yaml'] } })).toThrow('a.yaml');
});

describe('the report', () => {
  const finding = (check: string, critical: boolean) =>
    ({ linter: 'kube-score', check, object: 'Deployment honeydue/api', message: check, critical }) as const;
  const result = (parts: Partial<VariantResult>): VariantResult => ({
    label: 'dist/',
    findings: [],
    withoutWaivers: [],
    waived: [],
    ...parts,
  });
  const of = (...results: VariantResult[]) =>
    report([
      { linter: 'kube-score', version: 'v1', results },
      { linter: 'polaris', reason: 'not to be had' },
    ]);

  // The exit status is what a pipeline sees.
  test('fails for a critical finding in any variant, not for warnings, not for a linter that is missing', () => {
    expect(of(result({ findings: [finding('meh', false)] })).failed).toBe(false);
    expect(of(result({}), result({ findings: [finding('bad', true)] })).failed).toBe(true);
  });

  // Otherwise a machine without Go and Python would pass everything.
  test('fails when no linter ran at all', () => {
    expect(report([{ linter: 'polaris', reason: 'not to be had' }]).failed).toBe(true);
  });

  // A missing linter must be seen in a long log; a waiver for nothing hides the next real finding.
  test('names the linters that did not run and the waivers that cover nothing', () => {
    const waived = (check: string) =>
      ({ linter: 'kube-score', object: 'Deployment honeydue/api', check }) as const;
    const { text } = of(
      result({ withoutWaivers: [finding('needed', true)], waived: [waived('needed'), waived('idle')] }),
    );
    expect(text).toMatch(/polaris DID NOT RUN.*not to be had/);
    expect(text).toMatch(/waiver for nothing.*kube-score idle {2}Deployment honeydue\/api/);
    expect(text).not.toMatch(/waiver for nothing.*needed/);
  });
});
