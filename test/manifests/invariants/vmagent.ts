import { parse } from 'yaml';
import { nodeAddresses } from '../../../config/addresses.ts';
import { amount } from '../../../config/quantity.ts';
import type { Manifest } from '../../../synth/render.ts';
import { containerOf, one, podOf, selected } from '../find.ts';
import { broken, type Invariant } from '../invariant.ts';

/** vmagent: what it scrapes, where it sends, and what it keeps meanwhile. */

interface Job {
  job_name: string;
  dns_sd_configs?: { names: string[]; type: string; port: number }[];
  static_configs?: { targets: string[]; labels?: Record<string, string> }[];
  metrics_path?: string;
  sample_limit?: number;
  [option: string]: unknown;
}

interface Scrape {
  global: { scrape_interval: string; external_labels?: Record<string, string> };
  scrape_configs: Job[];
}

const FILE = 'scrape.yaml';
const files = (objects: readonly Manifest[]) => one(objects, 'ConfigMap', 'vmagent-config').data ?? {};
const scrape = (objects: readonly Manifest[]) => parse(files(objects)[FILE] ?? '') as Scrape;
const job = (objects: readonly Manifest[], name: string) =>
  scrape(objects).scrape_configs.find((j) => j.job_name === name);
const arg = (objects: readonly Manifest[], name: string) =>
  containerOf(objects, 'vmagent')
    .args?.find((text) => text.startsWith(`-${name}=`))
    ?.slice(name.length + 2);
const edited = (from: string, to: string) =>
  broken((objects) => Object.assign(files(objects), { [FILE]: files(objects)[FILE]?.replace(from, to) }));
const withoutArg = (name: string) =>
  broken((objects) => {
    const container = containerOf(objects, 'vmagent');
    container.args = container.args?.filter((text) => !text.startsWith(`-${name}=`));
  });

export const vmagentInvariants: readonly Invariant[] = [
  {
    name: 'samples-wait-on-disk',
    why: 'While the obs host is down samples wait, the oldest go first, and the queue ends before the disk does.',
    controls: ['V-1'],
    check: (objects, { workloads: { vmagent } }) => {
      const path = arg(objects, 'remoteWrite.tmpDataPath');
      const mount = containerOf(objects, 'vmagent').volumeMounts?.find(({ mountPath }) => mountPath === path);
      const volume = podOf(objects, 'vmagent').spec.volumes?.find(({ name }) => name === mount?.name);
      const queue = Number(arg(objects, 'remoteWrite.maxDiskUsagePerURL'));
      return [
        ...(volume?.emptyDir && !mount?.readOnly ? [] : [`${path} is no folder to write to`]),
        ...(queue === amount(vmagent.queue) ? [] : [`the queue is ${queue}, not ${vmagent.queue}`]),
        ...(queue < amount(volume?.emptyDir?.sizeLimit) ? [] : ['the queue fills its volume']),
      ];
    },
    breaks: [
      withoutArg('remoteWrite.maxDiskUsagePerURL'),
      withoutArg('remoteWrite.tmpDataPath'),
      broken((objects) => {
        const volume = podOf(objects, 'vmagent').spec.volumes?.find(({ emptyDir }) => emptyDir);
        Object.assign(volume?.emptyDir ?? {}, { sizeLimit: '256Mi' });
      }),
    ],
  },
  {
    name: 'token-is-a-file',
    why: 'vmagent reads the file again while it runs, so a new token needs no restart, and no argument holds it.',
    controls: ['V-2'],
    check: (objects, { observability }) => {
      const path = arg(objects, 'remoteWrite.bearerTokenFile') ?? '';
      const mount = containerOf(objects, 'vmagent').volumeMounts?.find(({ mountPath }) =>
        path.startsWith(`${mountPath}/`),
      );
      const secret = podOf(objects, 'vmagent').spec.volumes?.find(({ name }) => name === mount?.name)?.secret;
      const file = path.slice((mount?.mountPath.length ?? 0) + 1);
      const url = arg(objects, 'remoteWrite.url') ?? '';
      return [
        ...(secret?.items?.some((item) => item.path === file && item.key === 'OBS_INGEST_TOKEN')
          ? []
          : [`${path} is not the token`]),
        ...(url === observability.remoteWriteURL && url.startsWith('https://') ? [] : [`sends to ${url}`]),
        ...(arg(objects, 'remoteWrite.showURL') ? ['shows its URL'] : []),
      ];
    },
    breaks: [
      withoutArg('remoteWrite.bearerTokenFile'),
      broken((objects) => {
        const volume = podOf(objects, 'vmagent').spec.volumes?.find(({ secret }) => secret);
        Object.assign(volume?.secret?.items?.[0] ?? {}, { path: 'token' });
      }),
      broken((objects) => containerOf(objects, 'vmagent').args?.push('-remoteWrite.showURL=true')),
    ],
  },
  {
    name: 'scrape-file-is-strict',
    why: 'With strict parsing a misspelt option stops vmagent at once, rather than be ignored for months.',
    controls: ['V-3'],
    check: (objects) => [
      ...((arg(objects, 'promscrape.config.strictParse') ?? 'true') === 'true'
        ? []
        : ['unknown options are ignored']),
      ...(arg(objects, 'promscrape.config') === `/etc/vmagent/${FILE}` ? [] : ['another file is read']),
    ],
    breaks: [
      broken((objects) => containerOf(objects, 'vmagent').args?.push('-promscrape.config.strictParse=false')),
      withoutArg('promscrape.config'),
    ],
  },
  {
    name: 'scrapes-every-api-pod',
    why: 'Through the ClusterIP one pod at random would be scraped; the headless name lists each ready pod, without the API server.',
    controls: ['V-3'],
    check: (objects) => {
      const { metrics_path: path, dns_sd_configs: found = [] } = job(objects, 'api') ?? {};
      const [name, port] = [found[0]?.names[0], found[0]?.port];
      const [, service, namespace] = /^([a-z-]+)\.([a-z]+)\.svc\.cluster\.local\.$/.exec(name ?? '') ?? [];
      const target = service ? one(objects, 'Service', service) : undefined;
      const pods = selected(objects, namespace, { matchLabels: target?.spec.selector });
      const listens = pods[0]?.template.spec.containers[0]?.ports?.some((p) => p.containerPort === port);
      return [
        ...(target?.spec.clusterIP === 'None' && pods[0]?.owner.metadata.name === 'api'
          ? []
          : [`${name} is not the api pods`]),
        ...(listens ? [] : [`the api pods do not listen on ${port}`]),
        ...(path === '/metrics' ? [] : [`asks ${path}`]),
      ];
    },
    breaks: [edited('api-pods.', 'api.'), edited('port: 8000', 'port: 9090')],
  },
  {
    name: 'scrapes-every-edge',
    why: 'A Traefik that nobody scrapes is a node whose errors nobody sees.',
    controls: ['V-3', 'T-13'],
    check: (objects, cluster) => {
      const targets = job(objects, 'traefik')?.static_configs?.flatMap((config) => config.targets) ?? [];
      const wanted = nodeAddresses(cluster).map((address) => `${address}:9100`);
      return targets.join() === wanted.join()
        ? []
        : [`scrapes ${targets.join(', ')}, not ${wanted.join(', ')}`];
    },
    breaks: [edited('10.0.0.3:9100', '10.0.0.3:9101')],
  },
  {
    name: 'scrapes-within-bounds',
    why: 'One target that suddenly has a hundred times the series fills the obs host; 15 s is what its rules expect.',
    controls: ['V-3'],
    check: (objects) => {
      const { global, scrape_configs: jobs } = scrape(objects);
      return [
        ...(global.scrape_interval === '15s' && global.external_labels?.cluster
          ? []
          : ['not every 15 s, or without the name of the cluster']),
        ...jobs
          .filter((j) => j.job_name !== 'vmagent' && !j.sample_limit)
          .map((j) => `${j.job_name} has no sample_limit`),
        ...jobs.flatMap((j) =>
          Object.keys(j)
            .filter((key) => key.startsWith('kubernetes_sd'))
            .map(() => `${j.job_name} asks the API server`),
        ),
      ];
    },
    breaks: [
      edited('scrape_interval: 15s', 'scrape_interval: 1m'),
      edited('sample_limit: 20000', ''),
      edited('static_configs', 'kubernetes_sd_configs'),
    ],
  },
];
