import type { Linter } from '../charts/waivers.ts';
import {
  checkovFindings,
  type Finding,
  kubeLinterFindings,
  kubeScoreFindings,
  polarisFindings,
} from './lint-manifests-findings.ts';

/** A linter: where it comes from, how it is run with its default settings, how its answer is read. */
export interface LinterProgram {
  readonly name: Linter;
  /** The version that is installed; one found on PATH may be another. */
  readonly version: string;
  /** The package that builds it; without one it is used only if it is on PATH. */
  readonly package?: { readonly from: 'go' | 'pip'; readonly name: string };
  readonly home: string;
  readonly versionArgs: readonly string[];
  readonly lintArgs: (target: Target) => readonly string[];
  readonly findings: (output: unknown) => Finding[];
}

/** A folder of manifests, the files in it, and the minor version of Kubernetes they are for: `v1.34`. */
export interface Target {
  readonly folder: string;
  readonly files: readonly string[];
  readonly kubernetes: string;
}

export const linters: readonly LinterProgram[] = [
  {
    name: 'kube-linter',
    version: 'v0.8.3',
    package: { from: 'go', name: 'golang.stackrox.io/kube-linter/cmd/kube-linter' },
    home: 'https://github.com/stackrox/kube-linter',
    versionArgs: ['version'],
    lintArgs: ({ folder }) => ['lint', '--format', 'json', folder],
    findings: kubeLinterFindings,
  },
  {
    name: 'kube-score',
    version: 'v1.20.0',
    package: { from: 'go', name: 'github.com/zegl/kube-score/cmd/kube-score' },
    home: 'https://github.com/zegl/kube-score',
    versionArgs: ['version'],
    // Its own default is Kubernetes 1.18.
    lintArgs: ({ files, kubernetes }) => [
      'score',
      '--output-format',
      'json',
      '--kubernetes-version',
      kubernetes,
      ...files,
    ],
    findings: kubeScoreFindings,
  },
  {
    name: 'polaris',
    version: '10.2.2',
    // Go cannot install it by version: its module path lacks the /v10 that its versions would need.
    home: 'https://github.com/FairwindsOps/polaris',
    versionArgs: ['version'],
    lintArgs: ({ folder }) => ['audit', '--audit-path', folder, '--format', 'json'],
    findings: polarisFindings,
  },
  {
    name: 'checkov',
    version: '3.3.30',
    package: { from: 'pip', name: 'checkov' },
    home: 'https://github.com/bridgecrewio/checkov',
    versionArgs: ['--version'],
    // skip-download: nothing of its vendor's platform is asked for.
    lintArgs: ({ folder }) => [
      '--directory',
      folder,
      '--framework',
      'kubernetes',
      '--output',
      'json',
      '--skip-download',
    ],
    findings: checkovFindings,
  },
];
