import { k3sPaths } from '../../../config/hosts/k3s-paths.ts';
import { k3sRelease } from '../../../config/k3s-releases.ts';
import type { Run, Step } from '../frame/step.ts';
import { NotYet, waitFor } from '../frame/wait.ts';
import { tasksOf } from '../host/change.ts';
import { type Fleet, lookAtAll } from '../host/fleet.ts';
import type { Host } from '../host/host.ts';
import { must } from '../host/remote.ts';
import { carryOut, runTask } from '../host/task.ts';
import { allOf } from '../hosts/step.ts';
import { binaryTasks, expectedSha256 } from './binary.ts';
import { viewThrough, waitForVoters } from './gate.ts';
import { findOrigin, type Part } from './origin.ts';
import { type K3sChange, planK3s } from './plan.ts';
import { K3S_UNIT, k3sQuery, readServer, type Server } from './state.ts';
import { foundTokens, joinTokens } from './tokens.ts';

/** The step `k3s`: one cluster of all servers, each ready and voting in etcd. */
export function k3sStep(fleet: Fleet): Step<readonly Server[], K3sChange> {
  return {
    name: 'k3s',
    title: 'k3s on the hosts',
    observe: async () => (await lookAtAll(fleet, k3sQuery)).map(readServer),
    plan: (servers) => planK3s(fleet.cluster(), servers),
    apply: (changes, servers, run) => new Work(fleet, servers, changes, run).all(),
  };
}

/** One run of the step: servers one after the other, and none before all others are well. */
class Work {
  /** Servers of the cluster that run, or have run until now. */
  readonly #members: Server[];
  #sha256: Promise<string> | undefined;

  constructor(
    private readonly fleet: Fleet,
    private readonly servers: readonly Server[],
    private readonly changes: readonly K3sChange[],
    private readonly run: Run,
  ) {
    this.#members = servers.filter(({ hasData, unit }) => hasData && unit === 'active');
  }

  async all(): Promise<void> {
    const idle = this.servers.filter(({ unit }) => unit !== 'active');
    await allOf(idle.map((server) => this.prepare(server)));
    await this.startStaying(idle);
    for (const server of idle.filter((candidate) => this.part(candidate) === 'found'))
      await this.found(server);
    for (const server of idle.filter((candidate) => this.part(candidate) === 'join')) await this.join(server);
    for (const server of this.servers.filter(({ unit }) => unit === 'active')) await this.update(server);
    await this.scaleDns();
  }

  private of(server: Server): readonly K3sChange[] {
    return this.changes.filter(({ where }) => where === server.node.alias);
  }

  private part(server: Server): Part | undefined {
    return this.of(server).flatMap(({ task }) => (task.kind === 'run' ? [task.part] : []))[0];
  }

  private host({ node }: Server): Host {
    return this.fleet.host(node);
  }

  /** Files and binary, with nothing started yet. */
  private async prepare(server: Server): Promise<void> {
    const changes = this.of(server);
    const files = changes.flatMap(({ task }) => (task.kind === 'host' ? [task.change] : []));
    const needsBinary = changes.some(({ task }) => task.kind === 'binary');
    if (needsBinary) this.run.say(`${server.node.alias}: fetching k3s`);
    const release = k3sRelease(this.fleet.cluster());
    if (needsBinary) this.#sha256 ??= expectedSha256(release, this.run.signal);
    const binary = needsBinary ? binaryTasks(release, (await this.#sha256) ?? '') : [];
    await carryOut(this.host(server), [...tasksOf(files), ...binary]);
  }

  /** Servers with data that are down. All of them when the cluster is: alone none has a majority. */
  private async startStaying(idle: readonly Server[]): Promise<void> {
    const staying = idle.filter((server) => this.part(server) === 'stay');
    const down = findOrigin(this.servers).kind === 'down';
    if (down) for (const server of staying) await this.start(server);
    for (const server of staying) {
      this.run.signal.throwIfAborted();
      if (!down) await this.start(server);
      this.#members.push(server);
      if (!down) await this.gate(server);
    }
    const [last] = staying.slice(-1);
    if (down && last) await this.gate(last);
  }

  private async found(server: Server): Promise<void> {
    this.run.say(`${server.node.alias}: begins the cluster`);
    await foundTokens(this.host(server), server);
    await this.start(server);
    this.#members.push(server);
    await this.gate(server);
  }

  private async join(server: Server): Promise<void> {
    this.run.signal.throwIfAborted();
    const [live] = this.#members;
    if (live === undefined) throw new Error(`${server.node.alias}: there is no server to join`);
    this.run.say(`${server.node.alias}: joins through ${live.node.alias}`);
    await joinTokens(this.host(server), this.host(live));
    await this.start(server);
    try {
      await this.gate(server, [...this.#members, server]);
    } catch (error) {
      // It would go on trying to get into etcd, behind our back.
      await this.host(server).run(['systemctl', 'stop', K3S_UNIT]);
      throw error;
    }
    this.#members.push(server);
  }

  /** Files, binary and restart of a server that runs, at its turn. */
  private async update(server: Server): Promise<void> {
    const changes = this.of(server);
    if (changes.length === 0) return;
    this.run.signal.throwIfAborted();
    if (changes.some(({ task }) => task.kind === 'binary')) await this.snapshot(server);
    await this.prepare(server);
    if (this.part(server) === undefined) return;
    this.run.say(`${server.node.alias}: restarts k3s; pods go on meanwhile`);
    await this.start(server);
    await this.gate(server);
  }

  #snapshotTaken = false;

  /** Before the first binary is replaced: there is no way back but this. */
  private async snapshot(server: Server): Promise<void> {
    if (this.#snapshotTaken) return;
    this.run.say(`${server.node.alias}: takes a snapshot of etcd`);
    const words = [k3sPaths.binary, 'etcd-snapshot', 'save', '--name', 'before-upgrade'];
    await must(this.host(server), words, { deadline: 2 * 60_000 });
    this.#snapshotTaken = true;
  }

  private start(server: Server): Promise<void> {
    return carryOut(this.host(server), [
      runTask(['systemctl', 'daemon-reload']),
      runTask(['systemctl', 'enable', K3S_UNIT]),
      // Not waited for here: k3s takes long, and the gate tells more than systemd does.
      runTask(['systemctl', 'restart', '--no-block', K3S_UNIT]),
    ]);
  }

  private gate(server: Server, members: readonly Server[] = this.#members): Promise<void> {
    const before = server.facts.units[K3S_UNIT]?.since ?? 0;
    const names = members.map(({ node }) => node.hostname);
    return waitForVoters(this.host(server), before, names, this.run);
  }

  private async scaleDns(): Promise<void> {
    const replicas = this.changes.flatMap(({ task }) => (task.kind === 'dns' ? [task.replicas] : []))[0];
    const [through] = this.#members;
    if (replicas === undefined || through === undefined) return;
    const { clock, signal, say } = this.run;
    say('waiting for CoreDNS, which k3s deploys');
    await waitFor({
      what: 'k3s to deploy CoreDNS',
      deadline: 3 * 60_000,
      advice: `See journalctl -u ${K3S_UNIT}. Then run the same command again.`,
      clock,
      signal,
      look: async () => {
        const { dnsReplicas } = await viewThrough(this.host(through));
        if (dnsReplicas === undefined) throw new NotYet('there is no deployment coredns yet');
        return true;
      },
    });
    const kubectl = [k3sPaths.binary, 'kubectl', '--namespace=kube-system'];
    await must(this.host(through), [...kubectl, 'scale', 'deployment/coredns', `--replicas=${replicas}`]);
    const status = ['rollout', 'status', 'deployment/coredns', '--timeout=180s'];
    await must(this.host(through), [...kubectl, ...status], { deadline: 4 * 60_000 });
  }
}
