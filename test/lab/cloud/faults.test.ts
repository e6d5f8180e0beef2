import { preset } from './faults/presets.ts';
import { remoteControl } from './serve/remote-control.ts';
import { serverBody, startTestCloud, type TestCloud } from './testing.ts';

const code = (answer: { body: { error?: { code: string } } }) => answer.body.error?.code;
const rateOf = (headers: Headers) =>
  ['limit', 'remaining', 'reset'].map((name) => Number(headers.get(`ratelimit-${name}`)));

async function actionOf(cloud: TestCloud, id: number) {
  return (await cloud.get(`/actions/${id}`)).body.action;
}

describe('refusals on demand', () => {
  test.each([
    ['unauthorized', 401, 'unauthorized', null],
    ['forbidden', 403, 'forbidden', null],
    ['limitExceeded', 403, 'resource_limit_exceeded', { limits: [{ name: 'server_limit' }] }],
    ['notUnique', 409, 'uniqueness_error', { fields: [{ name: 'name' }] }],
    ['conflict', 409, 'conflict', null],
    ['unavailable', 412, 'resource_unavailable', null],
    ['invalidInput', 422, 'invalid_input', { fields: [{ name: 'name', messages: ['is too long'] }] }],
    ['locked', 423, 'locked', null],
    ['rateLimited', 429, 'rate_limit_exceeded', null],
    ['serverError', 500, 'server_error', null],
    ['maintenance', 503, 'unavailable', null],
    ['timeout', 504, 'timeout', null],
  ] as const)(
    '%s: once, with the provider’s body, and nothing happens',
    async (name, status, code, details) => {
      const cloud = await startTestCloud();
      await cloud.control.addFault(preset[name]({ operation: 'create_server' }));
      expect((await cloud.get('/servers')).status).toBe(200);
      const refused = await cloud.post('/servers', serverBody('one'));
      expect(refused.status).toBe(status);
      expect(refused.body).toEqual({ error: { code, message: expect.any(String), details } });
      expect(refused.headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
      expect((await cloud.control.state()).servers).toEqual([]);
      expect((await cloud.post('/servers', serverBody('one'))).status).toBe(201);
      expect(await cloud.control.violations()).toEqual([]);
    },
  );

  test('a gateway’s error is no JSON', async () => {
    const cloud = await startTestCloud();
    await cloud.control.addFault(preset.badGateway());
    const answer = await cloud.get('/servers');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([502, 'text/html']);
    expect(answer.text).toContain('<html>');
  });

  test('a fault can wait for the second server, last, and be removed', async () => {
    const cloud = await startTestCloud();
    const id = await cloud.control.addFault(
      preset.unavailable({ operation: 'create_server', skip: 1, times: null }),
    );
    const statuses = [];
    for (const name of ['one', 'two', 'three']) {
      statuses.push((await cloud.post('/servers', serverBody(name))).status);
    }
    expect(statuses).toEqual([201, 412, 412]);
    expect(await cloud.control.faults()).toMatchObject([{ id, seen: 3, used: 2 }]);
    await cloud.control.removeFault(id);
    expect((await cloud.post('/servers', serverBody('three'))).status).toBe(201);
  });
});

describe('tokens and requests that are wrong by themselves', () => {
  test('no token, an unknown token, an unknown path, a wrong method, no JSON', async () => {
    const cloud = await startTestCloud();
    const answers = [
      await cloud.call('GET', '/servers', undefined, null),
      await cloud.call('GET', '/servers', undefined, 'nobody'),
      await cloud.get('/volumes'),
      await cloud.remove('/servers'),
      await cloud.post('/servers', '{'),
    ];
    expect(answers.map((answer) => [answer.status, code(answer)])).toEqual([
      [401, 'unauthorized'],
      [401, 'unauthorized'],
      [404, 'not_found'],
      [405, 'method_not_allowed'],
      [400, 'json_error'],
    ]);
  });

  test('a type that is sold out is shown so and answered with 412', async () => {
    const cloud = await startTestCloud();
    await cloud.control.setAvailability('cx33', 'nbg1', false);
    const [type] = (await cloud.get('/server_types?name=cx33')).body.server_types;
    const available = Object.fromEntries(
      type.locations.map((entry: { name: string; available: boolean }) => [entry.name, entry.available]),
    );
    expect(available).toEqual({ fsn1: true, nbg1: false, hel1: true });
    const refused = await cloud.post('/servers', serverBody('one'));
    expect([refused.status, code(refused)]).toEqual([412, 'resource_unavailable']);
    await cloud.control.setAvailability('cx33', 'nbg1', true);
    expect((await cloud.post('/servers', serverBody('one'))).status).toBe(201);
  });
});

describe('rate limit', () => {
  test('every answer says what is left, and the budget flows back', async () => {
    const cloud = await startTestCloud({ rateLimit: { limit: 3, perSecond: 20 } });
    const first = rateOf((await cloud.get('/servers')).headers);
    expect(first.slice(0, 2)).toEqual([3, 2]);
    const refused = await exhaust(cloud);
    expect(code(refused)).toBe('rate_limit_exceeded');
    const [, remaining, reset] = rateOf(refused.headers);
    expect(remaining).toBe(0);
    expect(reset).toBeGreaterThanOrEqual(Math.floor(Date.now() / 1000));
    let status = 429;
    while (status === 429) status = (await cloud.get('/servers')).status;
    expect(status).toBe(200);
  });

  test('can be exhausted on demand; Reset is when it is full again', async () => {
    const cloud = await startTestCloud();
    await cloud.control.setRateRemaining(0);
    const refused = await cloud.get('/servers');
    expect(refused.status).toBe(429);
    const [limit, remaining, reset] = rateOf(refused.headers);
    expect([limit, remaining]).toEqual([3600, 0]);
    expect((reset ?? 0) - Date.now() / 1000).toBeGreaterThan(3500);
  });
});

async function exhaust(cloud: TestCloud) {
  let answer = await cloud.get('/servers');
  while (answer.status !== 429) answer = await cloud.get('/servers');
  return answer;
}

describe('actions', () => {
  test('one ends in error: its work is not done, nor what was to follow', async () => {
    const cloud = await startTestCloud();
    const message = 'no space left on the host';
    await cloud.control.addFault({ kind: 'action-error', command: 'create_server', server: 'two', message });
    const one = (await cloud.post('/servers', serverBody('one'))).body;
    const two = (await cloud.post('/servers', serverBody('two'))).body;
    await cloud.idle();
    expect((await actionOf(cloud, one.action.id)).status).toBe('success');
    for (const id of [two.action.id, two.next_actions[0].id]) {
      expect(await actionOf(cloud, id)).toMatchObject({
        status: 'error',
        finished: expect.any(String),
        error: { code: 'action_failed', message },
      });
    }
    expect(cloud.backend.machines().map(({ spec }) => spec.name)).toEqual(['one']);
    expect((await cloud.get(`/servers/${two.server.id}`)).body.server).toMatchObject({
      status: 'off',
      locked: false,
    });
    expect((await cloud.remove(`/servers/${two.server.id}`)).status).toBe(200);
  });

  test('one never ends: the server stays locked until the test lets it go on', async () => {
    const cloud = await startTestCloud();
    await cloud.control.addFault({ kind: 'action-stuck', command: 'start_server' });
    const { server, next_actions } = (await cloud.post('/servers', serverBody('one'))).body;
    await cloud.idle();
    const [start] = next_actions;
    expect(await actionOf(cloud, start.id)).toMatchObject({ status: 'running', finished: null });
    expect(code(await cloud.post(`/servers/${server.id}/actions/reset`))).toBe('locked');
    expect(await cloud.control.resumeAction(start.id)).toBe(true);
    await cloud.idle();
    expect((await actionOf(cloud, start.id)).status).toBe('success');
    expect(cloud.backend.machine(server.id)?.running).toBe(true);
    expect(await cloud.control.resumeAction(start.id)).toBe(false);
  });

  test('a stuck one can be ended in error', async () => {
    const cloud = await startTestCloud();
    await cloud.control.addFault({ kind: 'action-stuck', command: 'create_server' });
    const { action } = (await cloud.post('/servers', serverBody('one'))).body;
    await cloud.idle();
    await cloud.control.failAction(action.id, { code: 'timeout', message: 'took too long' });
    expect(await actionOf(cloud, action.id)).toMatchObject({ status: 'error', error: { code: 'timeout' } });
  });
});

describe('connections', () => {
  test('one is cut after the server was made: it is there, and asking again is a uniqueness error', async () => {
    const cloud = await startTestCloud();
    await cloud.control.addFault(preset.droppedAfterCreate());
    await expect(cloud.post('/servers', serverBody('one'))).rejects.toThrow();
    const found = (await cloud.get('/servers?name=one')).body.servers;
    expect(found).toHaveLength(1);
    expect(code(await cloud.post('/servers', serverBody('one')))).toBe('uniqueness_error');
    await cloud.idle();
    expect(cloud.backend.machine(found[0].id)?.running).toBe(true);
  });

  test('one is cut before anything happened', async () => {
    const cloud = await startTestCloud();
    await cloud.control.addFault({ kind: 'drop', operation: 'create_server', when: 'before-handling' });
    await expect(cloud.post('/servers', serverBody('one'))).rejects.toThrow();
    expect((await cloud.get('/servers')).body.servers).toEqual([]);
  });

  test('an answer comes late', async () => {
    const cloud = await startTestCloud();
    await cloud.control.addFault({ kind: 'delay', operation: 'list_servers', ms: 200 });
    const before = Date.now();
    await cloud.get('/servers');
    expect(Date.now() - before).toBeGreaterThanOrEqual(195);
  });
});

describe('control from another process', () => {
  test('takes the same commands over HTTP, outside /v1', async () => {
    const cloud = await startTestCloud();
    const remote = remoteControl({ host: '127.0.0.1', port: Number(new URL(cloud.url).port) });
    await remote.addFault(preset.forbidden());
    expect((await cloud.get('/servers')).status).toBe(403);
    expect(await remote.faults()).toMatchObject([{ used: 1 }]);
    await remote.clearFaults();
    expect(await remote.faults()).toEqual([]);
    expect(await remote.requests()).toMatchObject([{ operation: 'list_servers', status: 403 }]);
    expect((await remote.state()).servers).toEqual([]);
  });

  test('refuses a malformed fault, and says so when nobody is there', async () => {
    const cloud = await startTestCloud();
    const port = Number(new URL(cloud.url).port);
    const remote = remoteControl({ host: '127.0.0.1', port });
    const nonsense = { kind: 'error', status: 200, code: 'x', message: '' } as const;
    await expect(remote.addFault(nonsense)).rejects.toThrow(/refused 'add-fault'/);
    await expect(remoteControl({ socketPath: '/nowhere/cloud.sock' }).faults()).rejects.toThrow(
      /does not answer.*is the lab up/,
    );
  });
});
