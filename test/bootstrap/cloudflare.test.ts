import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Family, parseRanges } from '../../bootstrap/src/cloudflare/parse-ranges.ts';
import { rangesFile, rangesText, readRangesFile } from '../../bootstrap/src/cloudflare/ranges-file.ts';
import { cloudflareStep } from '../../bootstrap/src/cloudflare/step.ts';
import { type Context, makeContext } from '../../bootstrap/src/context.ts';
import { realClock } from '../../bootstrap/src/frame/clock.ts';
import { openSite } from '../../bootstrap/src/site.ts';
import { edgeSources } from '../../config/edge.ts';
import { planOf, read, runStep, type TestSite, testSite } from './site.ts';

/** Ranges decide who reaches the servers and who is believed: a list that is not surely right changes nothing. */

const committed = readRangesFile(rangesFile);
const v4 = committed.ipv4.join('\n');
const v6 = committed.ipv6.join('\n');

describe('a list is taken', () => {
  test.each<[string, Family, string, readonly string[]]>([
    // As Cloudflare sends them: the last line has no end.
    ['as published', 'ipv4', v4, committed.ipv4],
    ['as published, of IPv6', 'ipv6', v6, committed.ipv6],
    [
      'with line ends of Windows and blank lines',
      'ipv4',
      `\r\n${v4.replaceAll('\n', '\r\n')}\r\n\n`,
      committed.ipv4,
    ],
  ])('%s', (_, family, text, ranges) => {
    expect(parseRanges(text, family, 'list')).toEqual({ ranges, problems: [] });
  });
});

describe('a list is refused', () => {
  test.each<[string, Family, string, RegExp]>([
    ['empty', 'ipv4', '\n \n', /^list: the list is empty\. The ranges that are there stay/],
    ['that is a web page', 'ipv4', '<!DOCTYPE html>\n<html>', /a web page came/],
    ['cut off', 'ipv4', committed.ipv4.slice(0, 9).join('\n'), /9 networks are fewer than 10/],
    ['cut off, of IPv6', 'ipv6', committed.ipv6.slice(0, 4).join('\n'), /4 networks are fewer than 5/],
    // Scripts elsewhere glued the last line to the next list.
    [
      'with two lines in one',
      'ipv4',
      `${v4}${committed.ipv4[0]}`,
      /"131\.0\.72\.0\/22173\.245\.48\.0\/20" is not a net/,
    ],
    [
      'with host bits',
      'ipv4',
      v4.replace('131.0.72.0/22', '131.0.72.1/22'),
      /"131\.0\.72\.1\/22" is not a network/,
    ],
    ['with an address alone', 'ipv4', v4.replace('131.0.72.0/22', '131.0.72.0'), /is not a network/],
    ['of the other family', 'ipv4', v6, /"2400:cb00::\/32" is not IPv4; .* and 4 more/],
    ['of the other family, v6', 'ipv6', v4, /is not IPv6/],
    ['with everybody in it', 'ipv4', `${v4}\n0.0.0.0/0`, /"0\.0\.0\.0\/0" is wider than \/8/],
    ['with half of IPv6 in it', 'ipv6', `${v6}\n2000::/3`, /"2000::\/3" is wider than \/20/],
    ['with a private network', 'ipv4', `${v4}\n10.0.0.0/16`, /is not on the internet \(10\.0\.0\.0\/8\)/],
    ['with a network around a private one', 'ipv4', `${v4}\n172.0.0.0/8`, /is not on the internet \(172\.16/],
    ['with link-local addresses', 'ipv6', `${v6}\nfe80::/64`, /is not on the internet/],
    ['with unique local addresses', 'ipv6', `${v6}\nfd00:1::/32`, /is not on the internet/],
    [
      'with one network twice',
      'ipv4',
      `${v4}\n131.0.72.0/22`,
      /131\.0\.72\.0\/22 overlaps 131\.0\.72\.0\/22/,
    ],
    [
      'with one network in another',
      'ipv4',
      `${v4}\n104.16.8.0/24`,
      /104\.16\.8\.0\/24 overlaps 104\.16\.0\.0\/13/,
    ],
  ])('%s', (_, family, text, message) => {
    const { ranges, problems } = parseRanges(text, family, 'list');
    expect([ranges, problems[0]]).toEqual([[], expect.stringMatching(message)]);
  });
});

test('the file is written in the shape in which it is committed, so that its diff shows the ranges alone', () => {
  expect(rangesText(committed)).toBe(readFileSync(rangesFile, 'utf8'));
});

describe('refreshing', () => {
  let server: Server;
  let lists: { ipv4: string; ipv6: string };
  let site: TestSite;
  /** What is published now: status and body by path. */
  let published: Record<string, [number, string]>;

  beforeEach(async () => {
    published = { '/v4': [200, v4], '/v6': [200, v6] };
    server = createServer((request, response) => {
      const [status, body] = published[request.url ?? ''] ?? [404, ''];
      response.writeHead(status).end(body);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    lists = { ipv4: `${base}/v4`, ipv6: `${base}/v6` };
    site = await testSite((text) => text);
    copyFileSync(rangesFile, file());
  });
  afterEach(() => new Promise((done) => server.close(done)));

  const file = () => join(site.folder, 'ranges.json');

  function contextOf(): Context {
    const flags = {
      dryRun: false,
      only: undefined,
      config: site.config,
      yes: true,
      json: false,
      help: false,
      own: [],
      named: [],
    };
    const { signal } = new AbortController();
    const setup = { flags, clock: realClock, signal, say: () => {}, setRedact: () => {} };
    return makeContext(setup, site.env, openSite(site.config, file()));
  }

  test('the same ranges in another order are no change', async () => {
    published['/v4'] = [200, [...committed.ipv4].reverse().join('\n')];
    const context = contextOf();
    expect(await planOf(cloudflareStep(context, lists), context)).toEqual({
      changes: [],
      problems: [],
      notes: [],
    });
  });

  test('new ranges are shown, written, and known to the steps that follow in the same run', async () => {
    published['/v4'] = [200, `${v4}\n203.1.0.0/22`];
    published['/v6'] = [200, v6.replace('2c0f:f248::/32', '2c0f:f249::/32')];
    const context = contextOf();
    const { changes, notes } = await runStep(cloudflareStep(context, lists), context);
    expect(changes.map(({ what }) => what)).toEqual([
      expect.stringMatching(/^ranges of \d{4}-\d\d-\d\d$/),
      'render anew',
    ]);
    expect(changes[0]?.file).toEqual({ before: read(rangesFile), after: read(file()) });
    expect(notes).toEqual([expect.stringMatching(/Commit .*ranges\.json.*deploy\.mjs/)]);
    expect(readRangesFile(file())).toMatchObject({
      source: `${lists.ipv4} and ${lists.ipv6}`,
      date: new Date().toISOString().slice(0, 10),
      ipv4: [...committed.ipv4, '203.1.0.0/22'],
    });
    expect(edgeSources(context.cluster())).toContain('203.1.0.0/22');
    expect(edgeSources(context.cluster())).not.toContain('2c0f:f248::/32');
  });

  test.each<[string, string, [number, string], RegExp]>([
    ['a list that is cut off', '/v4', [200, '173.245.48.0/20'], /fewer than 10/],
    ['a list that is gone', '/v6', [404, 'gone'], /\/v6: HTTP 404\. The ranges that are there stay/],
    ['a page that asks who we are', '/v4', [200, '<html>are you a robot?</html>'], /a web page came/],
  ])('%s leaves the file as it was', async (_, path, answer, message) => {
    published[path] = answer;
    const context = contextOf();
    await expect(runStep(cloudflareStep(context, lists), context)).rejects.toThrow(message);
    expect(read(file())).toBe(read(rangesFile));
  });

  test('nobody who answers leaves it too, and says why', async () => {
    const context = contextOf();
    const nowhere = { ...lists, ipv6: 'http://127.0.0.1:1/v6' };
    await expect(planOf(cloudflareStep(context, nowhere), context)).rejects.toThrow(/:1\/v6: no answer: /);
  });

  // Rendering would slip an edit that nobody has read into dist/ along with the ranges.
  test('is refused while dist/ is stale', async () => {
    writeFileSync(site.config, read(site.config).replace('honeydue-api:237c6b8', 'honeydue-api:0000001'));
    published['/v4'] = [200, `${v4}\n203.1.0.0/22`];
    const context = contextOf();
    const { problems } = await planOf(cloudflareStep(context, lists), context);
    expect(problems).toEqual([expect.stringMatching(/40-api\.k8s\.yaml\. Run npm run synth/)]);
  });

  test('says when cluster.yaml names another proxy, whose ranges hold', async () => {
    const edit = (text: string) =>
      text.replace('  tls: flexible', '  tls: flexible\n  proxyRanges: [198.51.100.0/24]');
    site = await testSite(edit);
    copyFileSync(rangesFile, file());
    published['/v4'] = [200, `${v4}\n203.1.0.0/22`];
    const context = contextOf();
    const { notes } = await runStep(cloudflareStep(context, lists), context);
    expect(notes).toEqual([expect.stringMatching(/edge\.proxyRanges .* no host changes/)]);
    expect(edgeSources(context.cluster())).toEqual(['198.51.100.0/24']);
  });
});
