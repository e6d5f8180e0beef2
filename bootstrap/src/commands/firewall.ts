import { outerWallStep } from '../cloud/outer-wall.ts';
import { cloudflareStep, listsFrom } from '../cloudflare/step.ts';
import { type Context, makeContext } from '../context.ts';
import { firewallStep } from '../firewall/step.ts';
import type { Command, Flags } from '../frame/flags.ts';
import { main } from '../frame/main.ts';
import type { Step } from '../frame/step.ts';
import { environment } from './environment.ts';

const REFRESH = 'refresh-cloudflare';

export const command: Command = {
  usage: 'zx bootstrap/firewall.mjs',
  purpose: `Makes the firewalls what cluster.yaml says, and touches nothing else: after a change of firewall.ssh or
firewall.kubernetesAPI, when your own address has changed, or when Cloudflare has new ranges. New rules come before old
ones go, one host at a time, and a host undoes it by itself if nobody can log in afterwards.`,
  steps: [
    { name: 'cloudflare', title: `with --${REFRESH} only: the ranges that Cloudflare publishes` },
    { name: 'outer', title: 'the firewall at Hetzner, in front of the servers' },
    { name: 'firewall', title: 'UFW on each host' },
  ],
  own: { [REFRESH]: 'fetch the ranges of Cloudflare first, show what is new, and render dist/ anew' },
  environment: {
    ...environment,
    'HONEYDUE_CLOUDFLARE_V4, _V6': 'where the two lists are fetched from (default: Cloudflare)',
  },
  examples: [
    ['--dry-run', 'show which rules would come and go'],
    ['--only firewall', 'UFW alone; needs no token of Hetzner'],
    [`--${REFRESH}`, 'once in a while, or when visitors are refused'],
  ],
};

/** Every step, in order. */
export function firewallSteps(context: Context, { own }: Flags, env: NodeJS.ProcessEnv): Step[] {
  return [
    ...(own.includes(REFRESH) ? [cloudflareStep(context, listsFrom(env))] : []),
    ...(context.cluster().provider.kind === 'hetzner' ? [outerWallStep(context)] : []),
    firewallStep(context),
  ];
}

/** @returns the exit code */
export function firewall(args: readonly string[]): Promise<number> {
  return main(command, args, (setup) => firewallSteps(makeContext(setup), setup.flags, process.env));
}
