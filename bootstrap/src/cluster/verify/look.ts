import { edgePorts } from '../../../../config/edge.ts';
import type { Node } from '../../../../config/schema.ts';
import type { Context } from '../../context.ts';
import type { Change, Run, Step } from '../../frame/step.ts';
import { NotYet } from '../../frame/wait.ts';
import { lookAt } from '../../host/facts.ts';
import { RemoteError, UnreachableError } from '../../host/remote.ts';
import { ProdEnvError } from '../../secrets/problem.ts';
import { applyStep } from '../apply/step.ts';
import { readDist, workloadsIn } from '../dist.ts';
import { credentialsIn, endOf } from '../kubeconfig/credentials.ts';
import { kubeconfigFile, readLocal } from '../kubeconfig/file.ts';
import { NAME, nameOf } from '../kubeconfig/merge.ts';
import type { Kubectl } from '../kubectl.ts';
import { objectsIn } from '../kubectl-calls.ts';
import type { KubeObject } from '../object.ts';
import { ROLLOUT_OBJECTS } from '../rollout/look.ts';
import { secretsStep } from '../secrets/step.ts';
import { askSite } from './ask-site.ts';
import { verifyQuery } from './host-query.ts';
import { drift } from './judge.ts';
import { tryPorts } from './ports.ts';
import type { HostLook, Reach, SeenSite } from './seen.ts';
import type { SiteAnswer } from './site-probes.ts';

/**
 * Looks at everything at once. What cannot be seen is part of the picture, and no error.
 * @param deep also whether dist/ and prod.env are in the cluster as they are
 */
export async function lookAtSite(context: Context, deep: boolean): Promise<SeenSite> {
  const cluster = context.cluster();
  const [hosts, objects, secretKeys, { reach, answers }, distDrift, secretsDrift] = await Promise.all([
    Promise.all(cluster.nodes.map((node) => lookAtHost(context, node))),
    lookAtObjects(context.kubectl),
    lookAtSecretKeys(context.kubectl),
    lookFromOutside(context),
    deep ? driftOf(applyStep(context), context) : undefined,
    deep ? driftOf(secretsStep(context), context) : undefined,
  ]);
  return {
    ...{ cluster, hosts, objects, secretKeys, reach, answers, distDrift, secretsDrift },
    now: context.clock.now(),
    workloads: workloadsIn(readDist(context.site.dist).flatMap((file) => file.objects)),
    kubeconfigEnd: kubeconfigEnd(cluster.nodes[0]),
    operatorKey: context.operator().publicKey,
  };
}

async function lookAtHost({ cluster, host, clock }: Context, node: Node): Promise<HostLook> {
  const before = clock.now();
  try {
    const facts = await lookAt(host(node), verifyQuery(cluster(), node));
    return { node, facts, before, after: clock.now() };
  } catch (error) {
    return { node, error: expected(error) };
  }
}

async function lookAtObjects(kubectl: Kubectl): Promise<readonly KubeObject[] | string> {
  try {
    return objectsIn(await kubectl.must(ROLLOUT_OBJECTS));
  } catch (error) {
    return expected(error);
  }
}

/** Prints `namespace/name key key` a line: the values stay where they are. */
const KEYS =
  '{{range .items}}{{.metadata.namespace}}/{{.metadata.name}}{{range $key, $value := .data}} {{$key}}{{end}}{{"\\n"}}{{end}}';

async function lookAtSecretKeys(kubectl: Kubectl): Promise<Map<string, string[]>> {
  try {
    const printed = await kubectl.must({ words: ['get', 'secrets', '-A', '-o', `go-template=${KEYS}`] });
    const lines = printed.trim().split('\n');
    return new Map(lines.map((line) => line.split(' ')).map(([name = '', ...keys]) => [name, keys]));
  } catch (error) {
    expected(error);
    return new Map();
  }
}

async function lookFromOutside(
  context: Context,
): Promise<{ readonly reach: Reach[]; readonly answers: SiteAnswer[] }> {
  const cluster = context.cluster();
  const reach = await tryPorts(cluster);
  const edge = edgePorts(cluster).map(({ port }) => port);
  const open = reach.filter(
    ({ node, address, port, isOpen }) => isOpen && edge.includes(port) && address === node.publicIPv4,
  );
  const answers = await Promise.all(open.map(({ node, port }) => askSite(cluster, node, port)));
  return { reach, answers: answers.flat() };
}

function kubeconfigEnd(node: Node | undefined): number | undefined {
  const file = readLocal(kubeconfigFile());
  try {
    const found = file && node ? credentialsIn(file.text, NAME, nameOf(node)) : undefined;
    return found && endOf(found.certificate);
  } catch {
    // Not YAML: the step kubeconfig says so.
    return undefined;
  }
}

/** What a step would change, and what keeps it from it; undefined when it cannot see. */
async function driftOf<O, C extends Change>(step: Step<O, C>, run: Run): Promise<string[] | undefined> {
  try {
    const { changes, problems } = step.plan(await step.observe(run));
    // What only has not come up yet is told with the pods.
    return [...drift(changes.filter(({ action }) => action !== 'start')), ...problems];
  } catch (error) {
    if (error instanceof ProdEnvError) return undefined;
    expected(error);
    return undefined;
  }
}

/** What a host or an API that fails says. @throws all other errors */
function expected(error: unknown): string {
  const known = [UnreachableError, RemoteError, NotYet];
  if (known.some((type) => error instanceof type)) return (error as Error).message;
  throw error;
}
