import { preset } from './faults/presets.ts';
import { code, serverBody, startTestCloud, type TestCloud } from './testing.ts';

const rateOf = (headers: Headers) =>
  ['limit', 'remaining', 'reset'].map((name) => Number(headers.get(`ratelimit-${name}`)));

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
