import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { hostFiles } from '../../../config/hosts/host-files.ts';
import { hostFolders } from '../../../config/hosts/host-folder.ts';
import { hostTexts } from '../../../config/hosts/host-text.ts';
import { ufwCommand } from '../../../config/hosts/ufw-render.ts';
import { ufwRules } from '../../../config/hosts/ufw-rules.ts';
import { ports } from '../../../config/ports.ts';
import type { Cluster } from '../../../config/schema.ts';
import { cluster, variants } from '../../clusters.ts';

const real = variants['as it is']();

const filesOf = (of: Cluster, index = 0) => {
  const node = of.nodes[index];
  if (node === undefined) throw new Error(`no node ${index}`);
  return hostFiles(of, node, 'enp7s0');
};
const content = (path: string, of = real, index = 0): string => {
  const file = filesOf(of, index).find((candidate) => candidate.path.endsWith(path));
  if (file === undefined) throw new Error(`no file ${path}`);
  return file.content;
};

describe.each(Object.entries(variants))('%s', (_, variant) => {
  const of = variant();
  const files = of.nodes.flatMap((_, i) => filesOf(of, i));

  test('what k3s alone reads is closed to others; what daemons without root read is open to them', () => {
    const closed = files.filter(({ mode }) => mode === '0600').map(({ path }) => path);
    expect(closed).toEqual(files.map(({ path }) => path).filter((path) => /rancher/.test(path)));
    for (const { owner } of files) expect(owner).toBe('root:root');
  });

  test('no path twice, every reason a phrase, every file ends its last line and says who made it', () => {
    const paths = filesOf(of).map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
    for (const { path, reason, content: text } of files) {
      expect(path).toMatch(/^\/(etc|var)\/[\w./-]+$/);
      expect(reason).toMatch(/[^.]$/);
      expect(text).toMatch(/^# Made from cluster\.yaml.*\n/);
      expect(text).toMatch(/[^\n]\n$/);
      expect(text).not.toMatch(/undefined|\[object|NaN/);
    }
  });

  // The order is the order of writing: k3s reads everything else at its first start.
  test('the unit that starts k3s comes last', () => {
    expect(filesOf(of).at(-1)?.path).toBe('/etc/systemd/system/k3s.service');
  });

  test('the text for reviewers holds every rule and every line of every file', () => {
    const texts = hostTexts(of);
    expect([...texts.keys()]).toEqual(of.nodes.map(({ alias }) => `hosts/${alias}.txt`));
    for (const node of of.nodes) {
      const text = texts.get(`hosts/${node.alias}.txt`) ?? '';
      const placeholder = `<interface of ${node.privateIPv4 ?? node.publicIPv4}>`;
      expect(text).toContain(`\n=== k3s release\n${of.k3s.version}\n`);
      for (const rule of ufwRules(of, node)) expect(text).toContain(`\n${ufwCommand(rule)}\n`);
      for (const file of hostFiles(of, node, placeholder)) {
        expect(text).toContain(`\n=== ${file.path}  ${file.mode} root:root: ${file.reason}\n${file.content}`);
      }
    }
  });

  // dist/ is committed, and these files lie on disks: tokens and passwords have files of their own.
  test('no text holds what looks like a secret', () => {
    for (const whole of hostTexts(of).values()) {
      const text = whole.replace(/^ssh-ed25519 \S+/gm, 'a public key');
      expect(text).not.toMatch(/K10|PRIVATE KEY|secret-key|access-key|[A-Za-z0-9+/=]{48}/);
      expect(text).not.toMatch(/^(agent-)?token:/m);
    }
  });
});

describe('registries.yaml', () => {
  const mirrors = (of: Cluster) => parse(content('/etc/rancher/k3s/registries.yaml', of)).mirrors;

  test('names each mirror, and no password: the pull secret has it', () => {
    expect(mirrors(variants['five servers, more replicas, digests, debug, operators, mirrors']())).toEqual({
      'docker.io': { endpoint: ['https://mirror.example.com'] },
    });
  });

  // Were it only written when there are mirrors, one that is no longer wanted would serve images for ever.
  test('is there without a mirror too', () => {
    expect(mirrors(real)).toEqual({});
  });
});

test('folders come before what is in them, closed to others', () => {
  const paths = hostFolders.map(({ path }) => path);
  expect(paths).toEqual([...paths].sort());
  for (const { mode } of hostFolders) expect(mode).toBe('0700');
});

describe('security updates', () => {
  const times = (of: Cluster) =>
    of.nodes.flatMap((_, i) =>
      ['apt-daily.timer.d/honeydue.conf', 'apt-daily-upgrade.timer.d/honeydue.conf'].map(
        (path) => /OnCalendar=\*-\*-\* (\d\d:\d\d):00 UTC/.exec(content(path, of, i))?.[1] ?? 'no time',
      ),
    );

  // An update of systemd once cut the network of every server in the same hour.
  test('never start at the same time on two nodes, and are fetched before they install', () => {
    expect(times(real)).toEqual(['01:30', '02:00', '02:30', '03:00', '03:30', '04:00']);
    const five = times(variants['five servers, more replicas, digests, debug, operators, mirrors']());
    expect([...new Set(five)].sort()).toEqual(five);
  });

  // Empty assignments first: systemd and apt add to their lists, and the distribution's times and sources would stay.
  test('replace what the distribution says instead of adding to it', () => {
    expect(content('apt-daily.timer.d/honeydue.conf')).toContain('\nOnCalendar=\nOnCalendar=*');
    expect(content('52honeydue-unattended-upgrades')).toContain(
      '#clear Unattended-Upgrade::Allowed-Origins;',
    );
  });

  test('never reboot: a reboot is a drain of one node, ordered by a person', () => {
    expect(content('52honeydue-unattended-upgrades')).toContain('Automatic-Reboot "false";');
  });
});

test('Traefik may bind the edge ports without root, and nobody may take ssh', () => {
  const start = Number(/ip_unprivileged_port_start = (\d+)/.exec(content('90-honeydue.conf'))?.[1]);
  expect(start).toBeLessThanOrEqual(Math.min(ports.http, ports.https));
  expect(start).toBeGreaterThan(22);
});

test('fail2ban never bans a server, nor who is in a list of sources that is not everybody', () => {
  const ignored = (of: Cluster) => /ignoreip = (.*)/.exec(content('jail.d/honeydue.local', of))?.[1];
  expect(ignored(real)).toBe('127.0.0.0/8 ::1 10.0.0.2 10.0.0.3 10.0.0.4');
  const narrow = cluster((document) => document.setIn(['firewall', 'ssh'], ['192.0.2.0/28', '::/0']));
  expect(ignored(narrow)).toBe('127.0.0.0/8 ::1 10.0.0.2 10.0.0.3 10.0.0.4 192.0.2.0/28');
});

// Of a pod's own grace period nothing may be cut when a host goes down: the api would drop requests, Redis its last writes.
test('a reboot leaves pods the longest grace period that a manifest asks for', () => {
  const dist = join(__dirname, '../../../dist');
  const manifests = readdirSync(dist).filter((name) => name.endsWith('.k8s.yaml'));
  const grace = manifests.flatMap((name) =>
    [...readFileSync(join(dist, name), 'utf8').matchAll(/terminationGracePeriodSeconds: (\d+)/g)].map(
      ([, s]) => Number(s),
    ),
  );
  const { shutdownGracePeriod, shutdownGracePeriodCriticalPods } = parse(
    content('kubelet.conf.d/20-honeydue.conf'),
  );
  const forOurs =
    Number.parseInt(shutdownGracePeriod, 10) - Number.parseInt(shutdownGracePeriodCriticalPods, 10);
  expect(grace.length).toBeGreaterThan(5);
  expect(forOurs).toBeGreaterThanOrEqual(Math.max(...grace));
});
