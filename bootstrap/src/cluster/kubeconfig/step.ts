import { homedir } from 'node:os';
import type { Step } from '../../frame/step.ts';
import { kubeconfigFile, writePrivate } from './file.ts';
import { type KubeconfigContext, type ObservedKubeconfig, observeKubeconfig } from './observe.ts';
import { type KubeconfigChange, planKubeconfig } from './plan.ts';

/** The step `kubeconfig`: the operator's kubectl knows the cluster, and reaches it while any server is up. */
export function kubeconfigStep(context: KubeconfigContext): Step<ObservedKubeconfig, KubeconfigChange> {
  const path = kubeconfigFile();
  const shown = path.replace(homedir(), '~');
  return {
    name: 'kubeconfig',
    title: 'kubeconfig of the operator',
    observe: () => observeKubeconfig(context),
    plan: (observed) => planKubeconfig(observed, context.cluster(), shown),
    apply: async ([change]) => {
      if (change) writePrivate(path, change.text());
    },
  };
}
