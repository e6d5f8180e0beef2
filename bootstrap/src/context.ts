import { firstUser } from '../../config/hosts/login.ts';
import type { Node } from '../../config/schema.ts';
import { connect, type Hcloud } from './cloud/hcloud.ts';
import { type ObservedCloud, observeCloud } from './cloud/observed.ts';
import { tokenFrom } from './cloud/token.ts';
import { wantedProducts } from './cloud/wanted.ts';
import { type Kubectl, kubectlOf } from './cluster/kubectl.ts';
import { unprintable, wantedSecrets } from './cluster/secrets/wanted.ts';
import type { Setup } from './frame/main.ts';
import type { Run } from './frame/step.ts';
import { NotYet } from './frame/wait.ts';
import { type HandedOn, handedOn } from './handed-on.ts';
import { type HostFacts, lookAt } from './host/facts.ts';
import type { Fleet } from './host/fleet.ts';
import { type Host, openHost } from './host/host.ts';
import { queryOfHosts } from './hosts/plan-host.ts';
import { findOperatorKey, type OperatorKey } from './operator-key.ts';
import type { ProdEnv } from './secrets/prod-env.ts';
import { loadProdEnv } from './secrets/prod-env-file.ts';
import { redactor } from './secrets/redact.ts';
import type { Secret } from './secrets/secret.ts';
import { openSite, type Site } from './site.ts';
import { socketFolder } from './sockets.ts';

/**
 * What the steps of a command share. Nothing is opened before it is used, so that a step that needs no token runs without
 * one, and preflight can tell of everything that is missing at once.
 */
export interface Context extends Fleet, Run {
  readonly site: Site;
  /** @throws OperatorKeyError */
  operator(): OperatorKey;
  /** @throws TokenError */
  hcloud(): Hcloud;
  /** What is at the provider; what preflight has seen, the step `servers` need not look at again. */
  readonly cloud: HandedOn<ObservedCloud>;
  /** A first look at a host, with all that the step `hosts` asks, handed on to it. */
  greeting(node: Node): HandedOn<HostFacts>;
  /** kubectl on whichever server answers. */
  readonly kubectl: Kubectl;
  /** The secret values, read once; from then on they are blacked out of logs and errors. @throws ProdEnvError */
  prodEnv(): Promise<ProdEnv>;
}

export function makeContext(
  setup: Setup,
  env: NodeJS.ProcessEnv = process.env,
  site = openSite(setup.flags.config),
): Context {
  const { clock, signal, say } = setup;
  const hide = hider(setup);
  const operator = once(() => findOperatorKey(env));
  const hcloud = once(() => {
    const token = tokenFrom(env);
    hide([token]);
    return connect({ token, baseUrl: env.HCLOUD_ENDPOINT, clock, signal, say });
  });
  const prodEnv = once(async () => {
    const read = await loadProdEnv(site.prodEnv, site.cluster());
    hide(unprintable(read, wantedSecrets(site.cluster(), read)));
    return read;
  });
  const host = hostsOf(site, operator, env, say);
  const greetings = new Map<string, HandedOn<HostFacts>>();
  return {
    ...{ clock, signal, say, site, operator, hcloud, prodEnv, host },
    cluster: site.cluster,
    kubectl: kubectlOf({ cluster: site.cluster, host }),
    cloud: handedOn(async () => observeCloud(hcloud(), wantedProducts(site.cluster()))),
    greeting: (node) => {
      const known =
        greetings.get(node.alias) ?? handedOn(async () => lookAt(host(node), queryOfHosts(site.cluster())));
      greetings.set(node.alias, known);
      return known;
    },
  };
}

/** The same answer for everybody who asks; an error is thrown anew each time. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Blacks out more and more secrets. */
function hider({ setRedact }: Setup): (secrets: readonly Secret[]) => void {
  const hidden: Secret[] = [];
  return (secrets) => {
    hidden.push(...secrets);
    setRedact(redactor(hidden));
  };
}

/** Hosts by their addresses in cluster.yaml of now; one that has got another address is another host. */
function hostsOf(
  site: Site,
  operator: () => OperatorKey,
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
): (node: Node) => Host {
  const open = new Map<string, Host>();
  return ({ alias }) => {
    const address = site.cluster().nodes.find((node) => node.alias === alias)?.publicIPv4;
    if (address === undefined) {
      throw new NotYet(`cluster.yaml has no publicIPv4 of ${alias} yet; the step servers writes it there`);
    }
    const known = open.get(alias);
    if (known?.address === address) return known;
    const settings = {
      identity: operator().identity,
      knownHosts: site.knownHosts,
      sockets: socketFolder(env, site.knownHosts),
    };
    const host = openHost(alias, address, firstUser(site.cluster()), settings, () => say(`ssh ${alias}`));
    open.set(alias, host);
    return host;
  };
}
