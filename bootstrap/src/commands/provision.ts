import { applyStep } from '../cluster/apply/step.ts';
import { kubeconfigStep } from '../cluster/kubeconfig/step.ts';
import { secretsStep } from '../cluster/secrets/step.ts';
import { verifyStep } from '../cluster/verify/step.ts';
import { type Context, makeContext } from '../context.ts';
import { firewallStep } from '../firewall/step.ts';
import type { Command } from '../frame/flags.ts';
import { main } from '../frame/main.ts';
import type { Step } from '../frame/step.ts';
import { hostsStep } from '../hosts/step.ts';
import { k3sStep } from '../k3s/step.ts';
import { preflightStep } from '../preflight/step.ts';
import { hetznerStep } from '../servers/hetzner.ts';
import { staticStep } from '../servers/static.ts';
import { environment } from './environment.ts';

export const command: Command = {
  usage: 'zx bootstrap/provision.mjs',
  purpose: `Makes the servers of cluster.yaml a hardened cluster that serves dist/. Run it again at any time: what is as it
should be is left alone, and what was cut off is continued. Each step shows its plan and asks before it changes anything.`,
  steps: [
    { name: 'preflight', title: 'look for everything that would fail, and change nothing' },
    {
      name: 'servers',
      title: 'servers, network and outer firewall at Hetzner; static: see that the hosts answer',
    },
    { name: 'hosts', title: 'account, sshd, kernel settings, time, updates, logs and bans on each host' },
    { name: 'firewall', title: 'UFW on each host' },
    { name: 'k3s', title: 'one cluster of all servers, each ready and voting in etcd' },
    { name: 'kubeconfig', title: 'kubectl of the workstation knows the cluster: ~/.kube/honeydue-k3s.yaml' },
    { name: 'secrets', title: 'the values of prod.env; who reads a changed one starts anew' },
    { name: 'apply', title: 'dist/, file by file, until all of it runs' },
    { name: 'verify', title: 'hosts, cluster and site are right, with what was seen of each' },
  ],
  environment,
  examples: [
    ['--dry-run', 'show what it would do'],
    ['', 'do it, asking before each step'],
    ['--yes', 'do it without asking, as in a script'],
    ['--only preflight', 'is everything ready?'],
    ['--only hosts,firewall', 'after a change of cluster.yaml that is about these'],
    ['--config staging/cluster.yaml', 'another deployment, with its own dist/ and prod.env beside it'],
  ],
};

/** Every step, in order. */
export function provisionSteps(context: Context): Step[] {
  const isHetzner = context.cluster().provider.kind === 'hetzner';
  return [
    preflightStep(context),
    isHetzner ? hetznerStep(context) : staticStep(context),
    hostsStep(
      context,
      () => context.operator().publicKey,
      (node) => context.greeting(node).take(),
    ),
    firewallStep(context),
    k3sStep(context),
    kubeconfigStep(context),
    secretsStep(context),
    applyStep(context),
    verifyStep(context),
  ];
}

/** @returns the exit code */
export function provision(args: readonly string[]): Promise<number> {
  return main(command, args, (setup) => {
    const steps = provisionSteps(makeContext(setup));
    const { dryRun, only } = setup.flags;
    // What is only planned cannot be right yet.
    return dryRun && only === undefined ? steps.filter(({ name }) => name !== 'verify') : steps;
  });
}
