import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outerWallStep } from '../../bootstrap/src/cloud/outer-wall.ts';
import { checkDist } from '../../bootstrap/src/preflight/dist.ts';
import { hetznerStep } from '../../bootstrap/src/servers/hetzner.ts';
import { record } from '../../bootstrap/src/servers/record.ts';
import { renderDist } from '../../bootstrap/src/synth.ts';
import { labToken } from '../lab/cloud/index.ts';
import { type Bench, bench, request } from './cloud.ts';
import { planOf, read, runStep, type TestSite, testSite, withoutAddresses } from './site.ts';

/** The step `servers`: from nothing to servers whose addresses are recorded, once, and whatever is cut off on the way. */

// Behind the emulated provider no host boots: ssh is said to answer.
const answering = async () => true;

async function together(edit?: (text: string) => string): Promise<{ on: Bench; site: TestSite }> {
  const on = await bench();
  const site = await testSite(edit);
  Object.assign(site.env, { HCLOUD_TOKEN: labToken, HCLOUD_ENDPOINT: on.cloud.url });
  return { on, site };
}

const contextOf = ({ on, site }: { on: Bench; site: TestSite }) => site.context({ clock: on.clock });

const rows = ({ changes }: { changes: readonly { action: string; where: string; what: string }[] }) =>
  changes.map(({ action, where, what }) => `${action} ${where} ${what}`);

const manifests = (site: TestSite) =>
  execFileSync('sh', ['-c', 'cat *.yaml'], { cwd: join(site.folder, 'dist') }).toString();

test('from nothing: servers, their addresses in cluster.yaml and dist/hosts, and then nothing to do', async () => {
  const of = await together();
  const before = { text: read(of.site.config), manifests: manifests(of.site) };
  const context = contextOf(of);
  const plan = await runStep(hetznerStep(context, answering), context);
  expect(rows(plan).slice(-2)).toEqual([
    'change cluster.yaml record public addresses of hetzner1, hetzner2, hetzner3',
    'change dist render the texts of the hosts anew',
  ]);
  const text = read(of.site.config);
  expect(text).toMatch(
    /hostname: ubuntu-8gb-nbg1-2\n.*\n {4}publicIPv4: 203\.0\.113\.11\n {4}publicIPv6: 2001:/,
  );
  expect(withoutAddresses(text)).toBe(before.text);
  expect(read(of.site.folder, 'dist/hosts/hetzner1.txt')).toContain('node-external-ip: 203.0.113.11\n');
  expect(manifests(of.site)).toBe(before.manifests);
  // Steps that come later in the same run see the addresses.
  expect(context.cluster().nodes[0]?.publicIPv4).toBe('203.0.113.11');
  const again = contextOf(of);
  expect(rows(await planOf(hetznerStep(again, answering), again))).toEqual([]);
});

test('a plan writes nothing: neither at the provider, nor cluster.yaml, nor dist/', async () => {
  const of = await together();
  const before = [read(of.site.config), read(of.site.folder, 'dist/hosts/hetzner1.txt')];
  const context = contextOf(of);
  await planOf(hetznerStep(context, answering), context);
  expect([read(of.site.config), read(of.site.folder, 'dist/hosts/hetzner1.txt')]).toEqual(before);
  const requests = await of.on.cloud.control.requests();
  expect(new Set(requests.map(({ method }) => method))).toEqual(new Set(['GET']));
});

describe('cut off, then run again', () => {
  test('after the servers were made: their addresses are shown and recorded', async () => {
    const of = await together();
    const text = read(of.site.config);
    const first = contextOf(of);
    await runStep(hetznerStep(first, answering), first);
    writeFileSync(of.site.config, text);
    const context = contextOf(of);
    const plan = await runStep(hetznerStep(context, answering), context);
    expect(rows(plan)[0]).toMatch(/record public addresses of hetzner1, hetzner2, hetzner3$/);
    expect(plan.changes[0]?.file?.after).toContain('publicIPv4: 203.0.113.11\n');
    expect(read(of.site.config)).toBe(plan.changes[0]?.file?.after);
  });

  // Otherwise the next run would stop and ask for a review of what this program itself has written.
  test('between cluster.yaml and dist/: preflight lets it pass, and the texts are rendered', async () => {
    const of = await together();
    const first = contextOf(of);
    await runStep(hetznerStep(first, answering), first);
    const file = join(of.site.folder, 'dist/hosts/hetzner1.txt');
    const rendered = read(file);
    writeFileSync(file, rendered.replace(/^.*(203\.0\.113\.|2001:db8).*\n/gm, ''));
    expect(read(file)).not.toBe(rendered);
    const context = contextOf(of);
    expect((await checkDist(context)).problems).toEqual([]);
    expect(rows(await runStep(hetznerStep(context, answering), context))).toEqual([
      'change dist render the texts of the hosts anew',
    ]);
    expect(read(file)).toBe(rendered);
  });

  // What else is stale there nobody has read: who opens the Kubernetes API must see it in a diff.
  test('any other difference of dist/hosts is for a reviewer: refused by preflight, not rendered', async () => {
    const of = await together();
    const first = contextOf(of);
    await runStep(hetznerStep(first, answering), first);
    writeFileSync(
      of.site.config,
      read(of.site.config).replace('kubernetesAPI: []', 'kubernetesAPI: [192.0.2.7/32]'),
    );
    const context = contextOf(of);
    expect((await checkDist(context)).problems).toEqual([
      expect.stringMatching(
        /renders: hosts\/hetzner1\.txt, hosts\/hetzner2\.txt, hosts\/hetzner3\.txt\. Run npm run synth/,
      ),
    ]);
    expect(rows(await planOf(hetznerStep(context, answering), context))).toEqual([
      'change Hetzner firewall honeydue',
    ]);
  });

  test('while a server boots: the next run waits for its ssh', async () => {
    const of = await together();
    const first = contextOf(of);
    await runStep(hetznerStep(first, answering), first);
    let looks = 0;
    const answers = async (address: string) => {
      looks += 1;
      return address !== '203.0.113.12' || looks > 9;
    };
    const context = contextOf(of);
    expect(rows(await runStep(hetznerStep(context, answers), context))).toEqual(['start hetzner2 ssh']);
    expect(of.on.clock.pauses.length).toBeGreaterThan(0);
  });
});

test('ssh that never answers ends the wait with the host and what to do', async () => {
  const of = await together();
  const first = contextOf(of);
  await runStep(hetznerStep(first, answering), first);
  const context = contextOf(of);
  const answers = async (address: string) => address !== '203.0.113.13';
  await expect(runStep(hetznerStep(context, answers), context)).rejects.toThrow(
    /Gave up after 5 min waiting for ssh on the servers\.\nLast seen: no ssh on hetzner3\n.*firewall\.ssh/,
  );
});

// ssh would take the new server for an impostor; of a server that is there, that suspicion is what pinning is for.
test('the pinned key of a server that is gone is forgotten when it is made anew, and no other', async () => {
  const of = await together();
  const first = contextOf(of);
  await runStep(hetznerStep(first, answering), first);
  const pins = join(of.site.folder, 'known_hosts');
  const line = (alias: string) => `${alias} ssh-ed25519 AAAA${alias}\n`;
  writeFileSync(
    pins,
    `# ours\n${line('hetzner1')}${line('hetzner10')}${line('hetzner2')}${line('hetzner1')}`,
  );
  const { servers } = await of.on.cloud.control.state();
  const id = servers.find(({ name }) => name === 'ubuntu-8gb-nbg1-2')?.id;
  await request(of.on, 'DELETE', `/servers/${id}`);
  await of.on.cloud.idle();
  writeFileSync(of.site.config, read(of.site.config).replace(/( {4}publicIPv[46]: .*11.*\n)+/, ''));
  await renderDist(first.site);
  const context = contextOf(of);
  const plan = await runStep(hetznerStep(context, answering), context);
  expect(rows(plan)[0]).toBe('remove known_hosts key of hetzner1');
  expect(read(pins)).toBe(`# ours\n${line('hetzner10')}${line('hetzner2')}`);
});

describe('before anything is made it refuses', () => {
  const expectNothingMade = async ({ on }: { on: Bench }) =>
    expect((await on.cloud.control.state()).servers).toEqual([]);

  test('manifests that nobody has reviewed: rendering would put them into dist/ along with the addresses', async () => {
    const of = await together();
    writeFileSync(
      of.site.config,
      read(of.site.config).replace('honeydue-api:237c6b8', 'honeydue-api:0000001'),
    );
    const context = contextOf(of);
    await expect(runStep(hetznerStep(context, answering), context)).rejects.toThrow(
      /40-api\.k8s\.yaml is not what .* renders\. Run npm run synth/,
    );
    await expectNothingMade(of);
    expect(manifests(of.site)).toContain('honeydue-api:237c6b8');
  });

  test('a node in whose entry the address could not be written', async () => {
    const of = await together((text) =>
      withoutAddresses(text).replace(
        /- alias: hetzner3\n.*\n.*\n/,
        '- { alias: hetzner3, hostname: ubuntu-8gb-nbg1-3, privateIPv4: 10.0.0.4 }\n',
      ),
    );
    const context = contextOf(of);
    await expect(runStep(hetznerStep(context, answering), context)).rejects.toThrow(
      /the node hetzner3 stands in braces/,
    );
    await expectNothingMade(of);
  });
});

test('an address that would make cluster.yaml wrong is not written', async () => {
  const of = await together();
  const context = contextOf(of);
  const before = read(of.site.config);
  const found = [{ alias: 'hetzner1', addresses: { publicIPv4: '10.42.0.7' } }];
  expect(() => record(context.site, found)).toThrow(/an address outside network\.podCIDR/);
  expect(read(of.site.config)).toBe(before);
});

describe('the outer firewall alone', () => {
  test('is put right after a change of cluster.yaml, and no server is touched', async () => {
    const of = await together();
    const first = contextOf(of);
    await runStep(hetznerStep(first, answering), first);
    writeFileSync(
      of.site.config,
      read(of.site.config).replace('kubernetesAPI: []', 'kubernetesAPI: [192.0.2.7/32]'),
    );
    const asked = (await of.on.cloud.control.requests()).length;
    const context = contextOf(of);
    const plan = await runStep(outerWallStep(context), context);
    expect(rows(plan)).toEqual(['change Hetzner firewall honeydue']);
    expect(plan.changes[0]?.file?.after).toContain('in tcp 6443 from 192.0.2.7/32');
    const writes = (await of.on.cloud.control.requests())
      .slice(asked)
      .filter(({ method }) => method !== 'GET');
    expect(writes.map(({ operation }) => operation)).toEqual(['set_rules']);
    expect(rows(await planOf(outerWallStep(context), context))).toEqual([]);
  });

  test('is not made by this: without servers it protects nothing', async () => {
    const context = contextOf(await together());
    await expect(planOf(outerWallStep(context), context)).rejects.toThrow(
      /no firewall .* yet.*provision\.mjs makes it/,
    );
  });
});
