import { preset } from './faults/presets.ts';
import { remoteControl } from './serve/remote-control.ts';
import { code, serverBody, startTestCloud, type TestCloud } from './testing.ts';

async function actionOf(cloud: TestCloud, id: number) {
  return (await cloud.get(`/actions/${id}`)).body.action;
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
