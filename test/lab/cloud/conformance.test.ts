import { buildRouter } from './api/router.ts';
import { loadDescription } from './openapi/locate.ts';
import { providerContract } from './openapi/shared.ts';
import { operations } from './operations.ts';
import { serverBody, startTestCloud } from './testing.ts';
import { useEverything } from './use-everything.ts';

const contract = providerContract((line) => console.warn(line));
// Without the provider's description there is nothing to conform to; the line above says so.
const described = contract.enabled ? describe : describe.skip;

described('held against the provider’s description', () => {
  test('every operation has the method and path of the description', () => {
    const ours = operations.map(({ id, method, path }) => ({ id, method, path }));
    const theirs = operations.map(({ id }) => {
      const found = contract.describe(id);
      return { id, method: found?.method, path: found?.path };
    });
    expect(ours).toEqual(theirs);
    expect(new Set(ours.map(({ id }) => id)).size).toBe(ours.length);
  });

  test('every operation is used, answers with a described success and breaks nothing', async () => {
    const cloud = await startTestCloud();
    expect(cloud.checked).toBe(true);
    await useEverything(cloud);
    const requests = await cloud.control.requests();
    expect(requests.filter(({ status }) => status >= 300)).toEqual([]);
    const used = new Set(requests.map(({ operation }) => operation));
    const unused = operations.map(({ id }) => id).filter((id) => !used.has(id));
    // The provider removed data centers: there is no success to use.
    expect(unused).toEqual(['list_data_centers', 'get_data_center']);
    expect(await cloud.control.violations()).toEqual([]);
    expect(cloud.lines).toEqual([]);
  });

  test('data centers are gone, in their endpoint, in answers and in requests', async () => {
    const cloud = await startTestCloud();
    const gone = await cloud.get('/datacenters');
    expect(gone.status).toBe(410);
    expect(gone.body.error.code).toBe('deprecated_api_endpoint');
    const refused = await cloud.post('/servers', serverBody('one', { datacenter: 'nbg1-dc3' }));
    expect(refused.status).toBe(422);
    expect(refused.body.error.details.fields[0].name).toBe('datacenter');
    const made = await cloud.post('/servers', serverBody('one'));
    expect(made.body.server).not.toHaveProperty('datacenter');
  });

  test('a request that the description does not allow is refused with its fields', async () => {
    const cloud = await startTestCloud();
    const wrong = await cloud.post('/servers', { name: 1, image: 'ubuntu-24.04', colour: 'red' });
    expect(wrong.status).toBe(422);
    const names = wrong.body.error.details.fields.map((field: { name: string }) => field.name);
    expect(names.toSorted()).toEqual(['colour', 'name', 'server_type']);
    expect((await cloud.get('/servers?per_page=many')).body.error.code).toBe('invalid_input');
    expect((await cloud.get('/servers?colour=red')).body.error.details.fields[0].name).toBe('colour');
    expect(await cloud.control.violations()).toEqual([]);
  });

  test.each([
    ['a missing field', (server: Record<string, unknown>) => delete server.status],
    ['a wrong type', (server: Record<string, unknown>) => Object.assign(server, { locked: 'no' })],
    ['a value out of its list', (server: Record<string, unknown>) => Object.assign(server, { status: 'up' })],
    ['a field that nobody declared', (server: Record<string, unknown>) => Object.assign(server, { x: 1 })],
    [
      'null where none is allowed',
      (server: Record<string, unknown>) => Object.assign(server, { name: null }),
    ],
    ['a time that is none', (server: Record<string, unknown>) => Object.assign(server, { created: 'today' })],
    ['a data center', (server: Record<string, unknown>) => Object.assign(server, { datacenter: {} })],
  ])('an answer with %s is caught', async (_, spoil) => {
    const cloud = await startTestCloud();
    const { body } = await cloud.post('/servers', serverBody('one'));
    expect(contract.checkResponse('get_server', 200, { server: body.server })).toEqual([]);
    spoil(body.server);
    expect(contract.checkResponse('get_server', 200, { server: body.server })).not.toEqual([]);
  });

  test('an operation that answers wrongly changes nothing, is answered with 500 and recorded', async () => {
    const broken = operations.map((operation) =>
      operation.id === 'create_placementgroup'
        ? {
            ...operation,
            run: (call: Parameters<typeof operation.run>[0]) => {
              const reply = operation.run(call);
              return { ...reply, body: { placement_group: { name: 'half' } } };
            },
          }
        : operation,
    );
    const cloud = await startTestCloud({}, undefined, buildRouter(broken));
    const answer = await cloud.post('/placement_groups', { name: 'g', type: 'spread' });
    expect(answer.status).toBe(500);
    expect(answer.body.error.code).toBe('lab_emulator_defect');
    expect((await cloud.control.violations())[0]).toMatch(/^create_placementgroup 201: .*required/);
    expect((await cloud.control.state()).placementGroups).toEqual([]);
  });
});

test('without the description the emulator says loudly that the check is off', () => {
  const lines: string[] = [];
  const missing = () => loadDescription((line) => lines.push(line), { HCLOUD_OPENAPI: '/nowhere.json' });
  expect(missing).toThrow('HCLOUD_OPENAPI names /nowhere.json, which does not exist');
  if (!contract.enabled) {
    loadDescription((line) => lines.push(line), {});
    expect(lines.join()).toContain('CHECK AGAINST THE PROVIDER’S OPENAPI DESCRIPTION IS OFF');
  }
});
