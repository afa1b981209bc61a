import { FakeZendesk, ManualClock } from '../../src/testing';
import { get, post, records, send } from './http';

let clock: ManualClock;
let zendesk: FakeZendesk;

beforeEach(async () => {
  clock = new ManualClock();
  zendesk = await FakeZendesk.start({ clock });
});
afterEach(() => zendesk.stop());

test.each([
  ['POST', 'tickets/create_many', { tickets: records(2) }, 2],
  ['POST', 'imports/tickets/create_many', { tickets: records(100) }, 100],
  ['PUT', 'tickets/update_many', { tickets: records(3) }, 3],
  ['PUT', 'tickets/update_many.json?ids=1,2', { ticket: { status: 'solved' } }, 2],
  ['DELETE', 'tickets/destroy_many?ids=1,2,3', undefined, 3],
  ['POST', 'users/create_many', { users: records(1) }, 1],
  ['POST', 'users/create_or_update_many', { users: records(1) }, 1],
  ['PUT', 'users/update_many?external_ids=a,b', { user: { role: 'agent' } }, 2],
  ['DELETE', 'users/destroy_many?external_ids=a', undefined, 1],
  ['POST', 'organizations/create_many', { organizations: records(1) }, 1],
  ['PUT', 'organizations/update_many', { organizations: records(1) }, 1],
  ['DELETE', 'organizations/destroy_many?ids=4', undefined, 1],
  ['POST', 'organization_memberships/create_many', { organization_memberships: records(1) }, 1],
  ['DELETE', 'organization_memberships/destroy_many?ids=1', undefined, 1],
  ['POST', 'group_memberships/create_many', { group_memberships: records(1) }, 1],
  ['DELETE', 'group_memberships/destroy_many?ids=1', undefined, 1],
  ['PUT', 'tickets/mark_many_as_spam?ids=1,2', undefined, 2],
  ['POST', 'tickets/5/merge', { ids: [6, 7, 8] }, 3],
  ['POST', 'routing/agents/instance_values/jobs', { job: { action: 'update', attributes: {}, items: [1, 2] } }, 2],
])('%s %s is answered with a queued job, which then runs', async (method, path, body, total) => {
  const started = await send(zendesk, method, `/api/v2/${path}`, body);
  expect(started).toMatchObject({
    status: 200,
    body: { job_status: { status: 'queued', total, progress: null, message: null, results: null } },
  });
  clock.advance(60_000);
  const shown = await get(zendesk, `/api/v2/job_statuses/${started.body.job_status.id}`);
  expect(shown.body.job_status.status).toBe('completed');
  expect(shown.body.job_status.results).toHaveLength(total);
});

test.each([
  ['custom_objects/car/jobs', 'create', [{ name: 'Beetle' }], [{ name: 'Beetle' }]],
  ['custom_objects/car/jobs', 'create_or_update_by_name', [{ name: 'Beetle' }], [{ name: 'Beetle' }]],
  ['custom_objects/car/jobs.json', 'delete', ['01H', '01J'], [{ id: '01H' }, { id: '01J' }]],
  ['custom_objects/car/jobs', 'delete_by_external_id', ['vin-1'], [{ external_id: 'vin-1' }]],
  ['it_asset_management/assets/jobs', 'update', [{ id: '01H' }], [{ id: '01H' }]],
])('%s, action %s: 201, and the records are those of the job', async (path, action, items, expected) => {
  const started = await post(zendesk, `/api/v2/${path}`, { job: { action, items } });
  expect(started).toMatchObject({ status: 201, body: { job_status: { status: 'queued', total: expected.length } } });
  expect(started.body.job_status).not.toHaveProperty('job_type');
  expect(zendesk.starts).toMatchObject([{ records: expected }]);
});

test.each([
  ['DELETE', 'deleted_tickets/5', undefined, [{ id: 5 }]],
  ['DELETE', 'deleted_tickets/destroy_many?ids=5,6', undefined, [{ id: 5 }, { id: 6 }]],
  ['POST', 'resource_collections', { payload: { triggers: {} } }, [{ triggers: {} }]],
  ['PUT', 'resource_collections/5', { payload: { triggers: {} } }, [{ triggers: {} }]],
  ['DELETE', 'resource_collections/5', undefined, [{ id: 5 }]],
])('%s %s: a job without total or progress, and one result', async (method, path, body, expected) => {
  const { status, body: answer } = await send(zendesk, method, `/api/v2/${path}`, body);
  expect([status, answer.job_status.total]).toEqual([200, null]);
  expect(zendesk.starts).toMatchObject([{ records: expected }]);
  const id = answer.job_status.id as string;
  clock.advance(3000);
  expect(zendesk.job(id)).toMatchObject({ status: 'working', total: null, progress: null });
  clock.advance(60_000);
  expect(zendesk.job(id)).toMatchObject({ status: 'completed', progress: null, results: { success: true } });
});

test('one result says no success where one of its records failed', async () => {
  const other = await FakeZendesk.start({ clock, onRecord: ({ id }) => (id === 6 ? {} : undefined) });
  const { body } = await send(other, 'DELETE', '/api/v2/deleted_tickets/destroy_many?ids=5,6');
  clock.advance(60_000);
  expect(other.job(body.job_status.id)).toMatchObject({ status: 'completed', results: { success: false } });
  await other.stop();
});

test('a ticket created asynchronously: 202 with the id that it will have', async () => {
  const { status, body } = await post(zendesk, '/api/v2/tickets.json?async=true', { ticket: { subject: 'a' } });
  expect([status, body.job_status.status]).toEqual([202, 'queued']);
  expect(zendesk.starts).toMatchObject([{ operation: 'tickets/create_async', records: [{ subject: 'a' }] }]);
  clock.advance(60_000);
  expect(zendesk.job(body.job_status.id)).toMatchObject({ results: [{ id: body.ticket.id }] });
});

test('upserted custom object records keep their external ids, and have ids of text', async () => {
  const items = [{ external_id: 'vin-1' }, { external_id: 'vin-2' }];
  const job = { action: 'create_or_update_by_external_id', items };
  const { body } = await post(zendesk, '/api/v2/custom_objects/car/jobs', { job });
  clock.advance(60_000);
  expect(zendesk.job(body.job_status.id)!.results).toEqual([
    { index: 0, id: expect.any(String), external_id: 'vin-1' },
    { index: 1, id: expect.any(String), external_id: 'vin-2' },
  ]);
});

test.each([
  ['POST', 'tickets', { ticket: {} }],
  ['POST', 'organizations/create_or_update_many', { organizations: [{}] }],
  ['POST', 'tickets/abc/merge', { ids: [1] }],
  ['GET', 'tickets/create_many', undefined],
  ['DELETE', 'deleted_tickets/abc', undefined],
])('%s %s starts no job: there is no such operation', async (method, path, body) => {
  const { status, body: answer } = await send(zendesk, method, `/api/v2/${path}`, body);
  expect([status, answer.error]).toEqual([404, 'InvalidEndpoint']);
  expect(zendesk.starts).toEqual([]);
});

test.each(['create_many', 'create_or_update_many'])('users/%s is forbidden where not enabled', async (operation) => {
  const strict = await FakeZendesk.start({ clock, bulkUserImport: false });
  expect((await post(strict, `/api/v2/users/${operation}`, { users: [{}] })).status).toBe(403);
  expect((await send(strict, 'DELETE', '/api/v2/users/destroy_many?ids=1')).status).toBe(200);
  expect(strict.starts).toMatchObject([{ operation: 'users/destroy_many' }]);
  await strict.stop();
});

test('starts are kept, with their records', async () => {
  await send(zendesk, 'PUT', '/api/v2/tickets/update_many?ids=1,2', { ticket: { status: 'solved' } });
  const [start, ...others] = zendesk.starts;
  expect(others).toEqual([]);
  expect(start).toEqual({
    at: clock.now(),
    jobId: expect.stringMatching(/^V3-/),
    operation: 'tickets/update_many',
    records: [
      { id: 1, status: 'solved' },
      { id: 2, status: 'solved' },
    ],
  });
});

test('a start is answered as queued even when the job takes no time', async () => {
  const quick = await FakeZendesk.start({ clock, jobDefaults: { queuedFor: 0, duration: 0 } });
  const { body } = await post(quick, '/api/v2/tickets/create_many', { tickets: [{}] });
  expect(body.job_status).toMatchObject({ status: 'queued', progress: null });
  expect(quick.job(body.job_status.id)).toMatchObject({ status: 'completed' });
  await quick.stop();
});

test.each([
  ['no records', 'POST', 'tickets/create_many', {}],
  ['a body that is no JSON', 'POST', 'tickets/create_many', '{"tickets": ['],
  ['ids without a change', 'PUT', 'tickets/update_many?ids=1', {}],
  ['a change without ids', 'PUT', 'tickets/update_many', { ticket: {} }],
  ['a deletion without ids', 'DELETE', 'tickets/destroy_many', undefined],
  ['an empty list of records', 'POST', 'tickets/create_many', { tickets: [] }],
  ['external ids, where ids alone will do', 'DELETE', 'tickets/destroy_many?external_ids=a', undefined],
  ['a merge without ids', 'POST', 'tickets/5/merge', { target_comment: 'a' }],
  ['an unknown action', 'POST', 'custom_objects/car/jobs', { job: { action: 'toString', items: [{}] } }],
  ['no action', 'POST', 'it_asset_management/assets/jobs', { job: { items: [{}] } }],
  ['ids where records are wanted', 'POST', 'custom_objects/car/jobs', { job: { action: 'create', items: ['01H'] } }],
  [
    'agents that are no numbers',
    'POST',
    'routing/agents/instance_values/jobs',
    { job: { action: 'upsert', attributes: {}, items: [1, '2'] } },
  ],
  ['no payload', 'POST', 'resource_collections', {}],
  ['an item that is no object', 'POST', 'tickets/create_many', { tickets: [{}, null] }],
  ['an item that is text', 'POST', 'users/create_or_update_many', { users: ['ann'] }],
  ['an item that is a list', 'PUT', 'organizations/update_many', { organizations: [[{ id: 1 }]] }],
  ['ids together with external ids', 'DELETE', 'users/destroy_many?ids=1&external_ids=a', undefined],
  ['both in an update', 'PUT', 'organizations/update_many?ids=1&external_ids=a', { organization: {} }],
  ['a brand beside ids', 'DELETE', 'users/destroy_many?ids=1&brand_id=5', undefined],
  [
    'agents without attributes',
    'POST',
    'routing/agents/instance_values/jobs',
    { job: { action: 'upsert', items: [1] } },
  ],
])('%s: refused, and nothing is started', async (_name, method, path, body) => {
  expect((await send(zendesk, method, `/api/v2/${path}`, body)).status).toBe(400);
  expect(zendesk.starts).toEqual([]);
});

test.each([
  ['tickets/create_many', 'tickets', { description: 'Parameter  cannot specify more than 100 values', max_count: 100 }],
  ['users/create_many', 'users', { description: 'Maximum 100 users may be created per call' }],
  ['users/create_or_update_many', 'users', { description: 'Maximum 100 users may be created per call' }],
])('%s refuses more than 100 records as a whole', async (operation, key, expected) => {
  const { status, body } = await post(zendesk, `/api/v2/${operation}`, { [key]: records(101) });
  expect([status, body]).toEqual([400, { error: 'TooManyValues', ...expected }]);
  expect(zendesk.starts).toEqual([]);
});

test('ids in the query are counted as records', async () => {
  const ids = Array.from({ length: 101 }, (_, index) => index + 1).join(',');
  const { status, body } = await send(zendesk, 'DELETE', `/api/v2/tickets/destroy_many?ids=${ids}`);
  expect([status, body.error]).toEqual([400, 'TooManyValues']);
});

test('more jobs at once than the limit are refused until one ends', async () => {
  const start = () => post(zendesk, '/api/v2/users/create_many', { users: [{}] });
  const ids: string[] = [];
  for (let count = 0; count < 30; count += 1) ids.push((await start()).body.job_status.id as string);
  const refused = await start();
  expect(refused.status).toBe(429);
  expect(refused.body).toEqual({
    error: 'TooManyJobs',
    description: 'Too many UserBulkCreateJobV2 jobs are currently queued or running. Try again later.',
    current_job_ids: ids,
  });
  expect(refused.headers.get('retry-after')).toBeNull();
  expect(refused.headers.get('zendesk-ratelimit-inflight-jobs')).toBe('total=30; remaining=0; resets=60');
  zendesk.finishJob(ids[7]!);
  const accepted = await start();
  expect(accepted.status).toBe(200);
  expect(zendesk.starts).toHaveLength(31);
});

test('the limit of jobs, and how it is told, can be set', async () => {
  const tooManyJobs = { status: 400, retryAfter: 7 };
  const narrow = await FakeZendesk.start({ clock, jobLimit: 1, tooManyJobs });
  narrow.addJob();
  const refused = await post(narrow, '/api/v2/tickets/create_many', { tickets: [{}] });
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([400, '7']);
  await narrow.stop();
});

describe('records that exist already', () => {
  const done = async (method: string, path: string, body?: unknown) => {
    const answer = await send(zendesk, method, `/api/v2/${path}`, body);
    clock.advance(60_000);
    return zendesk.job(answer.body.job_status.id as string)!.results as { id: unknown; status?: string }[];
  };
  const upsert = (...users: object[]) => done('POST', 'users/create_or_update_many', { users });

  test('an upsert of the same external id is Created, then Updated with the same id', async () => {
    const [first] = await upsert({ external_id: 'a', name: 'Ann' });
    const [second, other] = await upsert({ external_id: 'a', name: 'Anna' }, { external_id: 'b' });
    expect([first!.status, second!.status, other!.status]).toEqual(['Created', 'Updated', 'Created']);
    expect(second!.id).toBe(first!.id);
    expect(other!.id).not.toBe(first!.id);
  });

  test('an upsert finds what another job created, by e-mail in whatever case', async () => {
    const [created] = await done('POST', 'users/create_many', { users: [{ email: 'Ann@example.com' }] });
    expect(await upsert({ email: 'ann@Example.com' })).toMatchObject([{ id: created!.id, status: 'Updated' }]);
  });

  test('a record that comes twice in one upsert is created once', async () => {
    const [first, second] = await upsert({ external_id: 'a' }, { external_id: 'a' });
    expect(second).toMatchObject({ id: first!.id, status: 'Updated' });
  });

  test('an update by external id has the id of the record', async () => {
    const [created] = await upsert({ external_id: 'a' });
    const [updated] = await done('PUT', 'users/update_many?external_ids=a', { user: { role: 'agent' } });
    expect(updated).toMatchObject({ id: created!.id, status: 'Updated' });
  });

  test.each(['ids', 'external_ids'])('a record that was deleted by %s is created anew', async (by) => {
    const [created] = await upsert({ external_id: 'a' });
    await done('DELETE', `users/destroy_many?${by}=${by === 'ids' ? String(created!.id) : 'a'}`);
    const [again] = await upsert({ external_id: 'a' });
    expect(again!.status).toBe('Created');
    expect(again!.id).not.toBe(created!.id);
  });

  test('a record that failed was not created', async () => {
    zendesk.failRecords({ keys: ['a'] });
    await upsert({ external_id: 'a' }, { external_id: 'b' });
    zendesk.failRecords({});
    expect((await upsert({ external_id: 'a' }, { external_id: 'b' })).map(({ status }) => status)).toEqual([
      'Created',
      'Updated',
    ]);
  });

  test.each([
    ['create_or_update_by_external_id', { external_id: 'vin-1' }],
    ['create_or_update_by_name', { name: 'Beetle' }],
  ])('a custom object keeps its id of 26 characters (%s)', async (action, item) => {
    const job = { action, items: [item] };
    const [first] = await done('POST', 'custom_objects/car/jobs', { job });
    const [second] = await done('POST', 'custom_objects/car/jobs', { job });
    const [other] = await done('POST', 'custom_objects/bike/jobs', { job });
    expect(first!.id).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(second!.id).toBe(first!.id);
    expect(other!.id).not.toBe(first!.id);
  });
});

describe('records that are to fail', () => {
  const failed = async (count: number) => {
    const { body } = await post(zendesk, '/api/v2/users/create_many', { users: records(count) });
    clock.advance(60_000);
    const rows = zendesk.job(body.job_status.id as string)!.results as { error?: string }[];
    return rows.flatMap(({ error }, index) => (error === undefined ? [] : [index]));
  };

  test('are every nth, counted over all jobs', async () => {
    zendesk.failRecords({ every: 4 });
    expect([await failed(3), await failed(3), await failed(3)]).toEqual([[], [0], [1]]);
  });

  test('are those of a key, in every job', async () => {
    const users = [{ id: 7 }, { external_id: 'bad' }, { email: 'bad@example.com' }, { name: 'Ann' }];
    zendesk.failRecords({ keys: [7, 'bad', 'bad@example.com'] });
    for (let jobs = 0; jobs < 2; jobs++) {
      const { body } = await post(zendesk, '/api/v2/users/create_or_update_many', { users });
      clock.advance(60_000);
      expect(zendesk.job(body.job_status.id as string)!.results).toMatchObject([
        { index: 0, error: 'UserCreateFailed' },
        { index: 1, error: 'UserCreateFailed' },
        { index: 2, error: 'UserCreateFailed' },
        { status: 'Created' },
      ]);
    }
  });

  test.each<[object]>([[{ every: 0 }], [{ rate: 0.1 }], [{ keys: 'a' }]])('cannot be %j', (failures) => {
    expect(() => zendesk.failRecords(failures)).toThrow(Object.keys(failures)[0]!);
  });
});

test('a job of agents names its action in its type', async () => {
  const job = { action: 'upsert', attributes: {}, items: [1] };
  const { body } = await post(zendesk, '/api/v2/routing/agents/instance_values/jobs', { job });
  expect(body.job_status.job_type).toBe('Bulk upsert agent instance values');
});

test('a rule decides which records fail', async () => {
  const other = await FakeZendesk.start({
    clock,
    onRecord: (record, index) =>
      record.name === 'Acme' ? { error: 'OrganizationCreateFailed', details: `taken at ${index}` } : undefined,
  });
  const organizations = [{ name: 'Other' }, { name: 'Acme' }];
  const { body } = await post(other, '/api/v2/organizations/create_many', { organizations });
  clock.advance(60_000);
  expect(other.job(body.job_status.id)).toMatchObject({
    status: 'completed',
    results: [{ status: 'Created' }, { index: 1, error: 'OrganizationCreateFailed', details: 'taken at 1' }],
  });
  await other.stop();
});

test('a rule that throws shows in the answer', async () => {
  const broken = await FakeZendesk.start({
    onRecord: () => {
      throw new Error('the rule is broken');
    },
  });
  expect(await post(broken, '/api/v2/tickets/create_many', { tickets: [{}] })).toMatchObject({
    status: 500,
    body: { description: 'Error: the rule is broken' },
  });
  await broken.stop();
});
