import { networkBody, publicKey, serverBody, startTestCloud, type TestCloud } from './testing.ts';

const names = (body: Record<string, { name: string }[]>, key = 'ssh_keys') =>
  (body[key] ?? []).map(({ name }) => name);

async function withKeys(count: number): Promise<TestCloud> {
  const cloud = await startTestCloud();
  for (let n = 0; n < count; n += 1) {
    await cloud.post('/ssh_keys', { name: `k${String(n).padStart(2, '0')}`, public_key: publicKey(n) });
  }
  return cloud;
}

describe('pages', () => {
  test('a list comes in pages that name their neighbours', async () => {
    const cloud = await withKeys(5);
    const middle = await cloud.get('/ssh_keys?page=2&per_page=2');
    expect(names(middle.body)).toEqual(['k02', 'k03']);
    expect(middle.body.meta.pagination).toEqual({
      page: 2,
      per_page: 2,
      previous_page: 1,
      next_page: 3,
      last_page: 3,
      total_entries: 5,
    });
    expect(middle.headers.get('link')).toBe(
      [
        `<${cloud.url}/ssh_keys?page=1&per_page=2>; rel="prev"`,
        `<${cloud.url}/ssh_keys?page=3&per_page=2>; rel="next"`,
        `<${cloud.url}/ssh_keys?page=3&per_page=2>; rel="last"`,
      ].join(', '),
    );
    const last = await cloud.get('/ssh_keys?page=3&per_page=2');
    expect(names(last.body)).toEqual(['k04']);
    expect(last.body.meta.pagination.next_page).toBeNull();
  });

  test('25 by default, 50 at most, and an empty page beyond the last', async () => {
    const cloud = await withKeys(52);
    expect(names((await cloud.get('/ssh_keys')).body)).toHaveLength(25);
    const large = await cloud.get('/ssh_keys?per_page=500');
    expect(names(large.body)).toHaveLength(50);
    expect(large.body.meta.pagination.per_page).toBe(50);
    expect(names((await cloud.get('/ssh_keys?page=9')).body)).toEqual([]);
    expect((await cloud.get('/ssh_keys?page=0')).body.error.code).toBe('invalid_input');
  });

  test('an empty list has one page', async () => {
    const cloud = await startTestCloud();
    const { pagination } = (await cloud.get('/servers')).body.meta;
    expect(pagination).toMatchObject({ page: 1, last_page: 1, next_page: null, total_entries: 0 });
  });

  test('sorting goes by field and direction', async () => {
    const cloud = await withKeys(3);
    expect(names((await cloud.get('/ssh_keys?sort=name:desc')).body)).toEqual(['k02', 'k01', 'k00']);
  });
});

describe('filters', () => {
  test('a name is matched in full', async () => {
    const cloud = await withKeys(3);
    expect(names((await cloud.get('/ssh_keys?name=k01')).body)).toEqual(['k01']);
    expect(names((await cloud.get('/ssh_keys?name=k0')).body)).toEqual([]);
    expect(names((await cloud.get('/server_types?name=cx33')).body, 'server_types')).toEqual(['cx33']);
    expect((await cloud.get('/images?name=ubuntu-24.04&architecture=x86')).body.images).toHaveLength(1);
  });

  const labelled = {
    a: { env: 'production', type: 'database' },
    b: { env: 'production', type: 'web' },
    c: { env: 'staging' },
    d: {},
  };

  test.each([
    ['env=production', ['a', 'b']],
    ['env==production', ['a', 'b']],
    ['env!=production', ['c', 'd']],
    ['env=production,type!=database', ['b']],
    ['env in (testing,staging)', ['c']],
    ['env notin (production)', ['c', 'd']],
    ['env', ['a', 'b', 'c']],
    ['!type', ['c', 'd']],
    ['env in (production, staging),type', ['a', 'b']],
  ])('label selector %s', async (selector, expected) => {
    const cloud = await startTestCloud();
    for (const [name, labels] of Object.entries(labelled)) {
      await cloud.post('/placement_groups', { name, type: 'spread', labels });
    }
    const found = await cloud.get(`/placement_groups?label_selector=${encodeURIComponent(selector)}`);
    expect(names(found.body, 'placement_groups')).toEqual(expected);
  });

  test('a selector that cannot be read is refused', async () => {
    const cloud = await startTestCloud();
    const refused = await cloud.get(`/servers?label_selector=${encodeURIComponent('env in production')}`);
    expect(refused.status).toBe(422);
    expect(refused.body.error.details.fields[0].name).toBe('label_selector');
  });

  test('actions are read by ids; listing all of them is gone', async () => {
    const cloud = await startTestCloud();
    const first = (await cloud.post('/servers', serverBody('one'))).body;
    const second = (await cloud.post('/servers', serverBody('two'))).body;
    const found = await cloud.get(`/actions?id=${first.action.id}&id=${second.action.id}`);
    expect(found.body.actions.map(({ id }: { id: number }) => id)).toEqual([
      first.action.id,
      second.action.id,
    ]);
    const all = await cloud.get('/actions');
    expect(all.status).toBe(410);
    expect(all.body.error.code).toBe('deprecated_api_endpoint');
  });
});

describe('labels and names', () => {
  test('setting labels replaces the whole set', async () => {
    const cloud = await startTestCloud();
    const { id } = (await cloud.post('/servers', serverBody('one', { labels: { a: '1', b: '2' } }))).body
      .server;
    const changed = await cloud.put(`/servers/${id}`, { labels: { c: '3' } });
    expect(changed.body.server.labels).toEqual({ c: '3' });
    expect((await cloud.put(`/servers/${id}`, { name: 'uno' })).body.server.labels).toEqual({ c: '3' });
  });

  test.each([[{ '-a': '' }], [{ 'hetzner.cloud/a': '' }], [{ a: 'not a value' }], [{ a: 'x'.repeat(64) }]])(
    'labels %j are refused',
    async (labels) => {
      const cloud = await startTestCloud();
      const refused = await cloud.post('/networks', { ...networkBody(), labels });
      expect(refused.status).toBe(422);
      expect(refused.body.error.details.fields[0].name).toMatch(/^labels/);
    },
  );

  test.each([
    ['/servers', serverBody('same')],
    ['/networks', networkBody('same')],
    ['/placement_groups', { name: 'same', type: 'spread' }],
    ['/firewalls', { name: 'same' }],
    ['/primary_ips', { name: 'same', type: 'ipv4', assignee_type: 'server', location: 'nbg1' }],
  ])('%s: a name is given once', async (path, body) => {
    const cloud = await startTestCloud();
    expect((await cloud.post(path, body)).status).toBe(201);
    const again = await cloud.post(path, body);
    expect(again.status).toBe(409);
    expect(again.body.error).toMatchObject({
      code: 'uniqueness_error',
      details: { fields: [{ name: 'name' }] },
    });
    const other = (await cloud.post(path, { ...body, name: 'other' })).body;
    const { id } = Object.values(other).find((value) => (value as { name?: string })?.name === 'other') as {
      id: number;
    };
    await cloud.idle();
    expect((await cloud.put(`${path}/${id}`, { name: 'same' })).body.error.code).toBe('uniqueness_error');
  });

  test('an SSH key is given once, by name and by fingerprint', async () => {
    const cloud = await startTestCloud();
    const made = await cloud.post('/ssh_keys', { name: 'k', public_key: publicKey(1) });
    expect(made.body.ssh_key.fingerprint).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
    const sameKey = await cloud.post('/ssh_keys', { name: 'other', public_key: publicKey(1) });
    expect(sameKey.body.error).toEqual({
      code: 'uniqueness_error',
      message: 'SSH key with the same fingerprint already exists',
      details: { fields: [{ name: 'public_key' }] },
    });
    const sameName = await cloud.post('/ssh_keys', { name: 'k', public_key: publicKey(2) });
    expect(sameName.body.error.details.fields).toEqual([{ name: 'name' }]);
    const nonsense = await cloud.post('/ssh_keys', { name: 'x', public_key: 'ssh-ed25519' });
    expect(nonsense.body.error.code).toBe('invalid_input');
  });
});
