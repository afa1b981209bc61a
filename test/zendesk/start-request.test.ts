import { BYTE_BUDGETS, jsonBytes } from '../../src/common/byte-budgets';
import { InputProblems } from '../../src/common/inputs';
import type { StartJobInput, StartRequest } from '../../src/zendesk/start-input';
import { startRequest } from '../../src/zendesk/start-request';
import { MAX_BODY_BYTES } from '../../src/zendesk/start-size';

/** What a start is refused for, as `field: problem`. */
function problemsOf(input: unknown): string[] {
  try {
    startRequest(input as StartJobInput);
  } catch (error) {
    expect(error).toBeInstanceOf(InputProblems);
    return (error as InputProblems).problems.map(({ field, problem }) => `${field}: ${problem}`);
  }
  throw new Error('nothing was found wrong');
}

const numbers = (length: number) => Array.from({ length }, (_, i) => i + 1);
const job = (action: string) => ({ body: { job: { action } } });
const CARS = { operation: 'custom_objects/{custom_object_key}/jobs', params: { custom_object_key: 'car' } };
const ASSETS = { operation: 'it_asset_management/assets/jobs' };
const AGENTS = { operation: 'routing/agents/instance_values/jobs' };
const MERGE = { operation: 'tickets/{ticket_id}/merge', params: { ticket_id: 7 } };

describe('the request of a start', () => {
  test('as a whole', () => {
    const items = [{ subject: 'A', external_id: 'a' }, { subject: 'B' }];
    expect(startRequest({ operation: 'tickets/create_many', items })).toEqual<StartRequest>({
      operation: 'tickets/create_many',
      method: 'POST',
      path: '/api/v2/tickets/create_many',
      query: {},
      body: { tickets: items },
      records: 2,
      repeatSafe: false,
      jobTypes: ['Bulk Create Ticket'],
      tie: { by: 'index', records: [{ externalId: 'a' }, {}] },
    });
  });

  const id = [{ id: '1' }, { id: '2' }];
  const item = (fields: object) => ({ items: [fields] });
  test.each<[object, Partial<StartRequest>]>([
    [
      { operation: 'tickets/create_async', body: { ticket: { external_id: 'a' } } },
      {
        method: 'POST',
        path: '/api/v2/tickets',
        query: { async: 'true' },
        body: { ticket: { external_id: 'a' } },
        records: 1,
      },
    ],
    [
      { operation: 'imports/tickets/create_many', ...item({}), params: { archive_immediately: true } },
      { query: { archive_immediately: 'true' }, body: { tickets: [{}] }, repeatSafe: false },
    ],
    [
      { operation: 'tickets/update_many', ids: [1, '2'], body: { ticket: { status: 'open' } } },
      { method: 'PUT', query: { ids: '1,2' }, body: { ticket: { status: 'open' } }, tie: { by: 'id', records: id } },
    ],
    [
      { operation: 'tickets/update_many', items: [{ id: 1 }, { id: '2' }] },
      { method: 'PUT', query: {}, body: { tickets: [{ id: 1 }, { id: '2' }] }, tie: { by: 'id', records: id } },
    ],
    [
      { operation: 'tickets/destroy_many', ids: [1, 2] },
      { method: 'DELETE', query: { ids: '1,2' }, body: undefined, records: 2, jobTypes: ['Bulk Update Ticket'] },
    ],
    [
      { operation: 'tickets/mark_many_as_spam', ids: [1] },
      { method: 'PUT', query: { ids: '1' }, body: undefined },
    ],
    [
      { ...MERGE, body: { ids: [1, 2], target_comment: 'merged', source_comment_is_public: false } },
      { path: '/api/v2/tickets/7/merge', records: 2, repeatSafe: false, tie: { by: 'id', records: id } },
    ],
    [
      { operation: 'deleted_tickets/{ticket_id}', params: { ticket_id: '12' } },
      { path: '/api/v2/deleted_tickets/12', body: undefined, tie: { by: 'order', records: [{ id: '12' }] } },
    ],
    [
      { operation: 'deleted_tickets/destroy_many', ids: [1] },
      { method: 'DELETE', query: { ids: '1' } },
    ],
    [
      { operation: 'users/create_many', ...item({ email: 'a@example.com', name: 'A' }) },
      {
        repeatSafe: false,
        jobTypes: ['Bulk Create User'],
        tie: { by: 'key', records: [{ email: 'a@example.com' }] },
      },
    ],
    [
      { operation: 'users/create_or_update_many', ...item({ external_id: 5, email: 'a@example.com' }) },
      {
        repeatSafe: true,
        jobTypes: ['Bulk Create User'],
        tie: { by: 'key', records: [{ externalId: '5', email: 'a@example.com' }] },
      },
    ],
    [
      { operation: 'users/update_many', externalIds: ['a', 'b c'], body: { user: {} }, params: { brand_id: 9 } },
      {
        query: { brand_id: '9', external_ids: 'a,b c' },
        tie: { by: 'id', records: [{ externalId: 'a' }, { externalId: 'b c' }] },
      },
    ],
    [
      { operation: 'users/destroy_many', externalIds: ['a'] },
      { method: 'DELETE', query: { external_ids: 'a' } },
    ],
    [
      { operation: 'users/destroy_many', externalIds: ['a'], params: { brand_id: '9' } },
      { query: { brand_id: '9', external_ids: 'a' } },
    ],
    [{ operation: 'organizations/create_many', ...item({ name: 'A' }) }, { body: { organizations: [{ name: 'A' }] } }],
    [
      { operation: 'organizations/update_many', ...item({ external_id: 'a' }) },
      { method: 'PUT', repeatSafe: true },
    ],
    [{ operation: 'organizations/destroy_many', ids: ['1'] }, { jobTypes: ['Bulk Delete Organization'] }],
    [
      { operation: 'organization_memberships/create_many', ...item({ user_id: 1, organization_id: 2 }) },
      { body: { organization_memberships: [{ user_id: 1, organization_id: 2 }] } },
    ],
    [{ operation: 'organization_memberships/destroy_many', ids: [1] }, { query: { ids: '1' } }],
    [
      { operation: 'group_memberships/create_many', ...item({ user_id: 1, group_id: 2 }) },
      { body: { group_memberships: [{ user_id: 1, group_id: 2 }] } },
    ],
    [{ operation: 'group_memberships/destroy_many', ids: [1] }, { query: { ids: '1' } }],
    [
      { ...CARS, items: ['01HZ', '01J0'], ...job('delete') },
      {
        path: '/api/v2/custom_objects/car/jobs',
        body: { job: { action: 'delete', items: ['01HZ', '01J0'] } },
        tie: { by: 'id', records: [{ id: '01HZ' }, { id: '01J0' }] },
      },
    ],
    [
      { ...CARS, ...item({ external_id: 'a' }), ...job('create_or_update_by_external_id') },
      { repeatSafe: true, tie: { by: 'key', records: [{ externalId: 'a' }] } },
    ],
    [
      { ...ASSETS, items: ['a', 7], ...job('delete_by_external_id') },
      { tie: { by: 'key', records: [{ externalId: 'a' }, { externalId: '7' }] } },
    ],
    [
      { ...AGENTS, items: [1], body: { job: { action: 'update', attributes: [{ id: 'a' }] } } },
      {
        body: { job: { action: 'update', attributes: [{ id: 'a' }], items: [1] } },
        jobTypes: ['Bulk update agent instance values'],
      },
    ],
    [
      { operation: 'resource_collections/create', body: { payload: { a: 1 } } },
      { method: 'POST', path: '/api/v2/resource_collections', records: null, tie: { by: 'order', records: [] } },
    ],
    [
      { operation: 'resource_collections/update', params: { resource_collection_id: 3 }, body: { payload: {} } },
      { method: 'PUT', path: '/api/v2/resource_collections/3', repeatSafe: true },
    ],
    [
      { operation: 'resource_collections/delete', params: { resource_collection_id: 3 } },
      { method: 'DELETE', path: '/api/v2/resource_collections/3', body: undefined },
    ],
  ])('%j', (input, expected) => {
    expect(startRequest(input as StartJobInput)).toMatchObject(expected);
  });
});

describe('safe to repeat, by input', () => {
  const update = { operation: 'tickets/update_many' };
  test.each<[string, object, boolean]>([
    ['fields of many tickets', { ...update, ids: [1], body: { ticket: { status: 'open' } } }, true],
    ['a comment to many tickets', { ...update, ids: [1], body: { ticket: { comment: { body: 'a' } } } }, false],
    ['a comment of Talk', { ...update, ids: [1], body: { ticket: { voice_comment: {} } } }, false],
    ['no comment, said as null', { ...update, ids: [1], body: { ticket: { comment: null } } }, true],
    ['fields of each ticket', { ...update, items: [{ id: 1, status: 'open' }, { id: 2 }] }, true],
    ['a comment to one of the tickets', { ...update, items: [{ id: 1 }, { id: 2, comment: { body: 'a' } }] }, false],
    [
      'a safe update',
      { ...update, items: [{ id: 1, safe_update: true, updated_stamp: '2026-11-27T00:00:00Z' }] },
      false,
    ],
    ['a stamp alone', { ...update, ids: [1], body: { ticket: { updated_stamp: '2026-11-27T00:00:00Z' } } }, false],
    ['an update that is not safe, said so', { ...update, ids: [1], body: { ticket: { safe_update: false } } }, true],
    ['a field of users called comment', { operation: 'users/update_many', items: [{ id: 1, comment: 'a' }] }, true],
    ['creating custom objects', { ...CARS, items: [{ name: 'A' }], ...job('create') }, false],
    ['updating custom objects', { ...CARS, items: [{ id: 'a' }], ...job('update') }, true],
    ['custom objects by name', { ...CARS, items: [{ name: 'A' }], ...job('create_or_update_by_name') }, true],
    ['creating assets', { ...ASSETS, items: [{ name: 'A' }], ...job('create') }, false],
    ['deleting assets', { ...ASSETS, items: ['a'], ...job('delete') }, true],
  ])('%s', (_, input, repeatSafe) => {
    expect(startRequest(input as StartJobInput).repeatSafe).toBe(repeatSafe);
  });
});

describe('starts that are refused before any request', () => {
  const upsert = 'users/create_or_update_many';
  const items = (length: number) => numbers(length).map((id) => ({ id }));
  test.each<[string, unknown, string[]]>([
    ['no input', undefined, ['operation: expected the name of an operation, such as tickets/create_many']],
    ['no operation', {}, ['operation: expected the name of an operation, such as tickets/create_many']],
    [
      'an unknown operation',
      { operation: 'user/create_or_update' },
      [
        'operation: "user/create_or_update" is none of Zendesk\'s, did you mean users/create_or_update_many or ' +
          'users/create_many?',
      ],
    ],
    [
      'records where ids are wanted',
      { operation: 'tickets/destroy_many', items: [{ id: 1 }] },
      ['items: this operation takes ids', 'ids: expected a list of ids, got nothing'],
    ],
    [
      'ids where records are wanted',
      { operation: 'tickets/create_many', ids: [1] },
      ['items: expected a list of records, got nothing', 'ids: this operation takes items'],
    ],
    [
      'both',
      { operation: 'organizations/update_many', ids: [1], items: [{ id: 1 }] },
      ['ids: give one of items, ids, externalIds'],
    ],
    ['neither', { operation: 'tickets/update_many' }, ['items: expected items or ids']],
    [
      'records where the path names the one',
      { operation: 'deleted_tickets/{ticket_id}', params: { ticket_id: 1 }, ids: [1] },
      ['ids: not taken by this operation'],
    ],
    ['no records', { operation: 'tickets/create_many', items: [] }, ['items: expected 1 to 100 records, got 0']],
    [
      'records that are no list',
      { operation: upsert, items: { a: 1 } },
      ['items: expected a list of records, got an object'],
    ],
    [
      'too many records',
      { operation: 'tickets/update_many', items: items(101) },
      ['items: expected 1 to 100 records, got 101: use runZendeskBulk for any number'],
    ],
    [
      'a great many records, all wrong, in one line',
      { operation: upsert, items: items(200_000) },
      ['items: expected 1 to 100 records, got 200000: use runZendeskBulk for any number'],
    ],
    [
      'too many ids',
      { operation: 'tickets/destroy_many', ids: numbers(101) },
      ['ids: expected 1 to 100 ids, got 101: use runZendeskBulk for any number'],
    ],
    [
      'too many tickets to merge',
      { ...MERGE, body: { ids: numbers(101) } },
      ['body.ids: expected 1 to 100 ids, got 101'],
    ],
    [
      'ids that are none',
      { operation: 'tickets/destroy_many', ids: [0, 1.5, '1,2', '../users/1', null, '007', {}] },
      ['0', '1.5', '"1,2"', '"../users/1"', 'null', '"007"', 'an object'].map(
        (got, i) => `ids[${i}]: expected a positive whole number or its digits, got ${got}`,
      ),
    ],
    [
      'an id twice',
      { operation: 'users/destroy_many', ids: [1, 2, '1'] },
      ['ids: expected each one once, got "1" twice'],
    ],
    ['a ticket merged twice', { ...MERGE, body: { ids: [2, 2] } }, ['body.ids: expected each one once, got "2" twice']],
    [
      'external ids that no query can carry',
      { operation: 'users/destroy_many', externalIds: ['a,b', ' '] },
      [
        'externalIds[0]: expected an external id without a comma, got "a,b"',
        'externalIds[1]: expected an external id without a comma, got " "',
      ],
    ],
    [
      'external ids where Zendesk takes none',
      { operation: 'tickets/destroy_many', ids: [1], externalIds: ['a'] },
      ['externalIds: this operation takes ids'],
    ],
    [
      'items without a key to upsert by',
      { operation: upsert, items: [{ email: 'a@example.com' }, { name: 'B' }, { email: '' }, 'x'] },
      [
        'items[1].email: expected email or external_id',
        'items[2].email: expected email or external_id',
        'items[3]: expected an object, got "x"',
      ],
    ],
    ['an update without its id', { operation: 'tickets/update_many', items: [{}] }, ['items[0].id: expected id']],
    [
      'a membership of nobody in nothing',
      { operation: 'group_memberships/create_many', items: [{}] },
      ['items[0].user_id: expected user_id', 'items[0].group_id: expected group_id'],
    ],
    [
      'ids without the change',
      { operation: 'tickets/update_many', ids: [1] },
      ['body: expected an object with ticket, got nothing'],
    ],
    [
      'a change that is none',
      { operation: 'tickets/update_many', ids: [1], body: { ticket: 'open' } },
      ['body.ticket: expected an object, got "open"'],
    ],
    [
      'the change of another operation',
      { operation: 'tickets/update_many', ids: [1], body: { ticket: {}, tickets: [] } },
      ['body.tickets: unknown option'],
    ],
    [
      'a body that collides with the items',
      { operation: 'tickets/create_many', items: [{}], body: { tickets: [] } },
      ['body: the body is made of `items` alone'],
    ],
    [
      'items in the job, too',
      { ...ASSETS, items: ['a'], body: { job: { action: 'delete', items: ['b'] } } },
      ['body.job.items: comes from `items`, beside `body`'],
    ],
    [
      'a body where there is none',
      { operation: 'tickets/destroy_many', ids: [1], body: {} },
      ['body: this operation has no body'],
    ],
    ['no job', { ...ASSETS, items: ['a'] }, ['body: expected an object with job, got nothing']],
    [
      'an action that there is not, about records of any kind',
      { ...ASSETS, items: ['a', {}], ...job('toString') },
      [
        'body.job.action: expected one of `"create","update","delete","delete_by_external_id"`, but received: "toString"',
      ],
    ],
    [
      'records where an action wants ids',
      { ...ASSETS, items: [{ id: 'a' }], ...job('delete') },
      ['items[0]: expected an id, as this action takes no objects, got an object'],
    ],
    [
      'custom objects without the key of their action',
      { ...CARS, items: [{ name: 'A' }], ...job('create_or_update_by_external_id') },
      ['items[0].external_id: expected external_id'],
    ],
    [
      'attributes of assets',
      { ...ASSETS, items: ['a'], body: { job: { action: 'delete', attributes: [] } } },
      ['body.job.attributes: unknown option'],
    ],
    [
      'no parameter for the path',
      { operation: 'deleted_tickets/{ticket_id}' },
      ['params: expected an object with ticket_id, got nothing'],
    ],
    [
      'a parameter that would change the path',
      { operation: 'deleted_tickets/{ticket_id}', params: { ticket_id: '../users/1' } },
      ['params.ticket_id: expected letters, digits, "-" or "_", got "../users/1"'],
    ],
    [
      'an empty parameter',
      { ...CARS, params: { custom_object_key: '' }, items: ['a'], ...job('delete') },
      ['params.custom_object_key: expected letters, digits, "-" or "_", got ""'],
    ],
    [
      'an unknown parameter',
      { operation: 'tickets/destroy_many', ids: [1], params: { async: true } },
      ['params.async: unknown option'],
    ],
    [
      'a query parameter that is no value',
      { operation: 'users/update_many', externalIds: ['a'], body: { user: {} }, params: { brand_id: { a: 1 } } },
      ['params.brand_id: expected a text, a number or a boolean, got an object'],
    ],
    [
      'a brand beside ids',
      { operation: 'users/destroy_many', ids: [1], params: { brand_id: 9 } },
      ['params.brand_id: goes with externalIds only'],
    ],
    [
      'a brand beside the ids of an update',
      { operation: 'users/update_many', ids: [1], body: { user: {} }, params: { brand_id: 9 } },
      ['params.brand_id: goes with externalIds only'],
    ],
    [
      'a brand beside records',
      { operation: 'users/update_many', items: [{ id: 1 }], params: { brand_id: 9 } },
      ['params.brand_id: goes with externalIds only'],
    ],
    [
      'agents without attributes',
      { ...AGENTS, items: [1], body: { job: { action: 'upsert' } } },
      ['body.job.attributes: expected an object, got nothing'],
    ],
    [
      'attributes that are text',
      { ...AGENTS, items: [1], body: { job: { action: 'delete', attributes: 'French' } } },
      ['body.job.attributes: expected an object, got "French"'],
    ],
    [
      'an unknown field',
      { operation: 'tickets/destroy_many', ids: [1], idempotencyKey: 'a' },
      ['idempotencyKey: unknown option'],
    ],
    [
      'a value that is no JSON',
      { operation: 'tickets/create_many', items: [{ number: 1n }] },
      ['items: expected JSON, got a value that is none (a BigInt or a cycle)'],
    ],
  ])('%s', (_, input, problems) => {
    expect(problemsOf(input)).toEqual(problems);
  });

  test('a name that objects have anyway is no operation', () => {
    expect(problemsOf({ operation: 'constructor' })).toEqual([
      expect.stringMatching(/^operation: "constructor" is none/),
    ]);
  });

  test('a body of just 1.5 MB is sent, counted in bytes; one byte more is not', () => {
    const sized = (bytes: number): StartJobInput => {
      const rest = Buffer.byteLength(JSON.stringify({ tickets: [{ subject: 'é' }] }));
      return { operation: 'tickets/create_many', items: [{ subject: `é${'x'.repeat(bytes - rest)}` }] };
    };
    expect(Buffer.byteLength(JSON.stringify(startRequest(sized(MAX_BODY_BYTES)).body))).toBe(1_500_000);
    expect(problemsOf(sized(MAX_BODY_BYTES + 1))).toEqual([
      'items: expected at most 1500000 bytes of JSON, got 1500001: send fewer records a job',
    ]);
  });

  const externalUpdate = { operation: 'users/update_many', externalIds: ['a'], body: { user: {} } } as const;

  test('a URL of more than 8,000 bytes is refused: for its records, or for its parameters', () => {
    const externalIds = Array.from({ length: 100 }, (_, i) => `${'x'.repeat(100)}${i}`);
    const destroy = { operation: 'users/destroy_many' } as const;
    expect(problemsOf({ ...destroy, externalIds })).toEqual([
      expect.stringMatching(
        /^externalIds: expected a URL of at most 8000 bytes, got 106\d\d: send fewer records a job$/,
      ),
    ]);
    expect(startRequest({ ...destroy, externalIds: externalIds.slice(0, 70) }).records).toBe(70);
    const params = { brand_id: 'x'.repeat(8_000) };
    expect(problemsOf({ ...externalUpdate, params })).toEqual([
      expect.stringMatching(/^params: expected a URL of at most 8000 bytes, got \d+$/),
    ]);
  });

  test.each([
    ['items[0].name', { operation: upsert, items: [{ email: 'a@b.c', name: 'User \ud83d' }] }],
    ['items[1].tags[0]', { operation: upsert, items: [{ email: 'a@b.c' }, { email: 'b@b.c', tags: ['\ude00'] }] }],
    ['externalIds[0]', { operation: 'users/destroy_many', externalIds: ['a\ud800'] }],
    ['body.user.name', { operation: 'users/update_many', ids: [1], body: { user: { name: '\udfff' } } }],
    ['params.brand_id', { ...externalUpdate, params: { brand_id: '\ud83d' } }],
  ])('half of a surrogate pair is refused with its path: %s', (field, input) => {
    expect(problemsOf(input)).toEqual([
      `${field}: expected Unicode text, got half of a surrogate pair (U+D800 to U+DFFF)`,
    ]);
  });

  test('whole surrogate pairs and the character U+0000 are sent as they are', () => {
    const items = [{ email: 'a@b.c', name: 'User 😀 \u0000' }];
    expect(startRequest({ operation: upsert, items }).body).toEqual({ users: items });
  });

  test('the message names the operation, the field and the reason', () => {
    const input = { operation: upsert, items: [{ name: 'A' }] };
    expect(() => startRequest(input as never)).toThrow(
      'users/create_or_update_many: items[0].email: expected email or external_id',
    );
  });
});

describe('the keys that result rows are matched with', () => {
  const upsert = 'users/create_or_update_many';
  const keysOf = (user: object) => startRequest({ operation: upsert, items: [user] } as StartJobInput).tie.records[0];

  test.each(['x', 'é', '日', '😀'])('have at most 255 characters, such as %s', (character) => {
    const longest = character.repeat(255);
    expect(keysOf({ external_id: longest, email: 'a@example.com' })).toEqual({
      externalId: longest,
      email: 'a@example.com',
    });
    expect(keysOf({ external_id: longest + character, email: 'a@example.com' })).toEqual({ email: 'a@example.com' });
  });

  test('are left out where they are longer, and the record keeps its place', () => {
    const items = [{ email: 'x'.repeat(300) }, { email: 'b@example.com' }];
    const { tie, records, body } = startRequest({ operation: upsert, items });
    expect(tie).toEqual({ by: 'key', records: [{}, { email: 'b@example.com' }] });
    expect(records).toBe(2);
    expect(body).toEqual({ users: items });
  });

  test('are left out of lists of external ids, too', () => {
    const externalIds = ['x'.repeat(300), 'b'];
    const start: StartJobInput = { operation: 'users/update_many', externalIds, body: { user: { role: 'agent' } } };
    expect(startRequest(start).tie.records).toEqual([{}, { externalId: 'b' }]);
  });

  test.each(['x', '日', '😀', '\u0001'])('of 100 records stay within their budget: %j', (character) => {
    const key = character.repeat(255);
    const items = Array.from({ length: 100 }, () => ({ id: 1, external_id: key, email: key }));
    const { tie } = startRequest({ operation: 'users/update_many', items } as StartJobInput);
    expect(tie.records[99]).toEqual({ id: '1', externalId: key, email: key });
    expect(jsonBytes(tie)).toBeLessThanOrEqual(BYTE_BUDGETS.recordKeys);
  });
});
