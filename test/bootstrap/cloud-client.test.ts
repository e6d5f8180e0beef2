import { waitForActions } from '../../bootstrap/src/cloud/actions.ts';
import { CloudError } from '../../bootstrap/src/cloud/errors.ts';
import { bodyOf, connect } from '../../bootstrap/src/cloud/hcloud.ts';
import { observeServers } from '../../bootstrap/src/cloud/observed.ts';
import { pauseBefore } from '../../bootstrap/src/cloud/retry.ts';
import { tokenProblem } from '../../bootstrap/src/cloud/token.ts';
import { DeadlineError } from '../../bootstrap/src/frame/wait.ts';
import { Secret } from '../../bootstrap/src/secrets/secret.ts';
import { labReadToken, labToken, preset } from '../lab/cloud/index.ts';
import { type Bench, bench } from './cloud.ts';

/** The client meets every fault of the provider here, so that the steps need not. */

async function refusalOf(call: Promise<unknown>): Promise<CloudError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof CloudError) return error;
  throw new Error(`expected a CloudError, got ${String(error)}`);
}

const networkBody = { name: 'one', ip_range: '10.0.0.0/24' };
const createNetwork = ({ hcloud }: Bench) => hcloud.api.POST('/networks', { body: networkBody });
const createServer = ({ hcloud }: Bench, name: string) =>
  bodyOf(
    hcloud.api.POST('/servers', {
      body: { name, server_type: 'cx33', image: 'ubuntu-24.04', location: 'nbg1' },
    }),
  );

/** Requests of one operation that reached the provider. */
async function count({ cloud }: Bench, operation: string): Promise<number> {
  return (await cloud.control.requests()).filter((request) => request.operation === operation).length;
}

describe('a failure that repeating does not mend', () => {
  // Endless or blind repeating of these is what cost others their access to the API.
  test.each([
    ['unauthorized', 'unauthorized', /token is not valid/],
    ['forbidden', 'forbidden', /read and write access in the right project/],
    ['limitExceeded', 'resource_limit_exceeded', /limit \(server_limit\).*console\.hetzner\.cloud\/limits/],
    ['notUnique', 'uniqueness_error', /same name.*Rename or delete/],
    ['unavailable', 'resource_unavailable', /another provider\.serverType or provider\.location/],
    ['invalidInput', 'invalid_input', /name: is too long/],
    ['serverError', 'server_error', /few minutes/],
  ] as const)('%s is thrown at once, by its code, with what to do', async (fault, code, advice) => {
    const on = await bench();
    await on.cloud.control.addFault(preset[fault]({ operation: 'create_network' }));
    const error = await refusalOf(createNetwork(on));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/POST \/v1\/networks; correlation id [0-9a-f-]{36}/);
    expect(error.message).toMatch(advice);
    expect([await count(on, 'create_network'), on.clock.pauses]).toEqual([1, []]);
  });

  test('a token that may only read', async () => {
    const error = await refusalOf(createNetwork(await bench({}, labReadToken)));
    expect(error.code).toBe('token_readonly');
    expect(error.message).toMatch(/may only read.*API tokens/);
  });

  // Without this, a run finds out in the middle that it may not write.
  test('the rights of a token can be asked for, and nothing is made by that', async () => {
    const on = await bench();
    expect(await tokenProblem(on.hcloud)).toBeUndefined();
    expect((await on.cloud.control.state()).sshKeys).toEqual([]);
    expect(await tokenProblem((await bench({}, labReadToken)).hcloud)).toMatch(/may only read/);
    expect(await tokenProblem((await bench({}, 'nobody')).hcloud)).toMatch(/not valid/);
  });

  // The union is told apart by the compiler as well: `fields` is only there for the codes that have it.
  test('what a code brings along can be read by its type', async () => {
    const on = await bench();
    const call = on.hcloud.api.POST('/networks', { body: { name: 'one', ip_range: '8.8.8.0/24' } });
    const { failure } = await refusalOf(call);
    expect(failure.code === 'invalid_input' && failure.fields.map(({ name }) => name)).toEqual(['ip_range']);
  });
});

describe('a failure that passes', () => {
  test.each(['conflict', 'locked'] as const)(
    '%s was refused before anything was done, so even a creation is repeated',
    async (fault) => {
      const on = await bench();
      await on.cloud.control.addFault(preset[fault]({ operation: 'create_network', times: 2 }));
      await createNetwork(on);
      expect([await count(on, 'create_network'), on.clock.pauses]).toEqual([3, [1000, 2000]]);
      expect(on.said[0]).toMatch(/POST \/v1\/networks: .*going on in 1 s/);
    },
  );

  test.each(['badGateway', 'timeout', 'serverError', 'maintenance'] as const)(
    '%s: reading is repeated',
    async (fault) => {
      const on = await bench();
      await on.cloud.control.addFault(preset[fault]({ operation: 'list_servers' }));
      expect(await observeServers(on.hcloud)).toEqual([]);
      expect(await count(on, 'list_servers')).toBe(2);
    },
  );

  test.each(['badGateway', 'timeout'] as const)(
    '%s: a creation may have happened, so it is not repeated blindly',
    async (fault) => {
      const on = await bench();
      await on.cloud.control.addFault(preset[fault]({ operation: 'create_network' }));
      await refusalOf(createNetwork(on));
      expect(await count(on, 'create_network')).toBe(1);
    },
  );

  test('a connection that is cut is repeated for reading, and named when it stays cut', async () => {
    const on = await bench();
    await on.cloud.control.addFault({ kind: 'drop', operation: 'list_servers', when: 'before-handling' });
    expect(await observeServers(on.hcloud)).toEqual([]);
    await on.cloud.control.addFault({
      kind: 'drop',
      operation: 'list_servers',
      when: 'before-handling',
      times: null,
    });
    const error = await refusalOf(observeServers(on.hcloud));
    expect(error.message).toMatch(/no answer to GET \/v1\/servers: .+\n.*connection to the internet/);
  });

  test('repeating ends: five times, each pause longer, none beyond a minute', async () => {
    const on = await bench();
    await on.cloud.control.addFault(preset.badGateway({ operation: 'list_servers', times: null }));
    expect((await refusalOf(observeServers(on.hcloud))).code).toBe('bad_gateway');
    expect(on.clock.pauses).toEqual([1000, 2000, 4000, 8000, 16000]);
    expect(pauseBefore(20, 1)).toBe(60_000);
    expect(pauseBefore(0, 0)).toBe(500);
  });
});

describe('the budget of requests', () => {
  // The provider's Reset is when the budget is full again, which may be in an hour; some of it flows back before.
  test('a refusal is repeated with growing pauses, and not beyond the moment at which the budget is full', async () => {
    const on = await bench();
    await on.cloud.control.setRateRemaining(3000);
    await on.cloud.control.addFault(preset.rateLimited({ operation: 'create_network', times: 3 }));
    await createNetwork(on);
    expect(on.clock.pauses).toEqual([1000, 2000, 4000]);
    expect(pauseBefore(4, 1, 5000)).toBe(5000);
  });

  test('requests slow down before it is used up', async () => {
    const on = await bench();
    await observeServers(on.hcloud);
    expect(on.clock.pauses).toEqual([]);
    await on.cloud.control.setRateRemaining(5);
    await observeServers(on.hcloud);
    await observeServers(on.hcloud);
    // One an hour's 3,600th: as fast as it flows back.
    expect(on.clock.pauses).toEqual([1000]);
  });
});

test('Ctrl-C ends reading at once, and lets a change that was asked for be answered', async () => {
  const on = await bench();
  const controller = new AbortController();
  const stopped = new Error('stopped');
  const { url } = on.cloud;
  const fetchAndStop = (request: Request) => {
    const answer = fetch(request);
    controller.abort(stopped);
    return answer;
  };
  const options = {
    token: new Secret(labToken),
    baseUrl: url,
    signal: controller.signal,
    fetch: fetchAndStop,
  };
  const { network } = await bodyOf(connect(options).api.POST('/networks', { body: networkBody }));
  expect(network?.name).toBe('one');
  await expect(observeServers(connect(options))).rejects.toBe(stopped);
});

test('a list is read over all its pages', async () => {
  const on = await bench();
  for (let i = 0; i < 51; i += 1) await createServer(on, `server-${i}`);
  expect(await observeServers(on.hcloud)).toHaveLength(51);
  expect(await count(on, 'list_servers')).toBe(2);
});

describe('actions', () => {
  test('many are asked after in one request', async () => {
    const on = await bench();
    const started = [];
    for (const name of ['one', 'two', 'three']) {
      const { action, next_actions } = await createServer(on, name);
      started.push({ about: `create server ${name}`, actions: [action, ...next_actions] });
    }
    await waitForActions(on.hcloud, started);
    const polls = await count(on, 'get_multiple_actions');
    expect(polls).toBeGreaterThan(0);
    expect(polls).toBeLessThanOrEqual(2);
  });

  test('one that fails says which, why, and what to do', async () => {
    const on = await bench();
    const message = 'no space left on the host';
    await on.cloud.control.addFault({ kind: 'action-error', command: 'create_server', message });
    const { action } = await createServer(on, 'one');
    const wait = waitForActions(on.hcloud, [{ about: 'create server one', actions: [action] }]);
    expect((await refusalOf(wait)).message).toMatch(
      /create server one: create_server failed: no space left.*\n.*delete it there.*run the same command again/,
    );
  });

  test('one that never ends is given up with what was seen last; pauses grow meanwhile', async () => {
    const on = await bench();
    await on.cloud.control.addFault({ kind: 'action-stuck', command: 'create_server' });
    const { action } = await createServer(on, 'one');
    const error: unknown = await waitForActions(on.hcloud, [
      { about: 'create server one', actions: [action] },
    ]).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DeadlineError);
    expect(String(error)).toMatch(
      /Gave up after 15 min waiting for Hetzner to create server one\.\nLast seen: .*create_server \(action \d+\) at \d+ %\n.*it continues/,
    );
    // 15 minutes in pauses of five seconds at most; a constant half second would be 1,800 requests.
    expect(await count(on, 'get_multiple_actions')).toBeLessThan(200);
  });
});
