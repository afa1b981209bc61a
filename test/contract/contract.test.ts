/** The contract refuses what Zendesk does not say. */
import { BULK_OPERATIONS } from '../../src/testing/operations';
import {
  assertMatchesContract,
  assertMatchesSchema,
  assertRequestMatchesContract,
  CONTRACT_OPERATIONS,
} from './contract';
import { starts } from './starts';

const LIST = '/api/v2/job_statuses';
const job = {
  id: 'V3-0123456789abcdef0123456789abcdef',
  job_type: 'Bulk Update Organization',
  url: 'https://example.zendesk.com/api/v2/job_statuses/V3-0123456789abcdef0123456789abcdef.json',
  total: 2,
  progress: 2,
  status: 'completed',
  message: 'Completed at 2024-02-08 09:10:11 +0000',
  results: [{ index: 0, error: 'OrganizationUpdateFailed', id: 7, details: 'Name:  x has already been taken' }],
};

test('a recorded shape is accepted', () => {
  assertMatchesContract('GET', `${LIST}/${job.id}.json`, 200, { job_status: job });
  expect(() => assertMatchesContract('GET', LIST, 200, { job_status: job })).toThrow('job_statuses');
});

test.each<[string, object, string]>([
  ['no results', { results: undefined }, 'results'],
  ['a status of null', { status: null }, 'status'],
  ['a total as text', { total: '2' }, 'total'],
  ['an empty id', { id: '' }, 'id'],
  ['results as text', { results: 'done' }, 'results'],
  ['a row of an unknown shape', { results: [{ ticket: 5 }] }, 'results/0'],
  ['a failed row that poses as a success', { results: [{ ...job.results[0], success: true }] }, 'results/0'],
  ['a queued job with progress', { status: 'queued', message: null, results: null }, 'progress'],
  ['a working job with results', { status: 'working' }, 'results'],
  ['a completed job without a message', { message: null }, 'message'],
])('a job with %s is refused', (_name, change, field) => {
  const body = { job_status: { ...job, ...change } };
  expect(() => assertMatchesContract('GET', `${LIST}/${job.id}`, 200, body)).toThrow(`/job_status`);
  expect(() => assertMatchesContract('GET', `${LIST}/${job.id}`, 200, body)).toThrow(field);
});

test.each<[string, string, number, unknown]>([
  ['an unknown status', `${LIST}/a`, 418, {}],
  ['an empty object', `${LIST}/a`, 200, {}],
  ['a page without meta', LIST, 200, { job_statuses: [job], links: { next: null, prev: null } }],
  ['a 404 with another error', `${LIST}/a`, 404, { error: 'Gone', description: 'Not found' }],
  ['a 401 without an error', LIST, 401, {}],
  ['a 429 as text', LIST, 429, 'Too many'],
])('%s is refused', (_name, path, status, body) => {
  expect(() => assertMatchesContract('GET', path, status, body)).toThrow(`GET ${path} -> ${status}`);
});

test.each([
  ['ratelimit-remaining', 'many'],
  ['ratelimit-reset', '-1'],
  ['zendesk-ratelimit-inflight-jobs', '30'],
])('a header %s: %s is refused', (name, value) => {
  const check = () => assertMatchesContract('GET', `${LIST}/a`, 200, { job_status: job }, { [name]: value });
  expect(check).toThrow(`header ${name}`);
});

test.each([
  LIST,
  `${LIST}.json`,
  `${LIST}?page[size]=100&page[after]=abc`,
  `${LIST}?page%5Bsize%5D=1`,
  `${LIST}/V3-1`,
  `${LIST}/show_many?ids=a,b`,
  `${LIST}/show_many.json?ids=a%2Cb`,
])('a request of %s is accepted', (path) => {
  expect(() => assertRequestMatchesContract('GET', path)).not.toThrow();
});

test.each([
  ['GET', `${LIST}?page[size]=101`],
  ['GET', `${LIST}?page[size]=0`],
  ['GET', `${LIST}?page[number]=2`],
  ['GET', `${LIST}?page=2`],
  ['GET', `${LIST}?per_page=2`],
  ['GET', `${LIST}/show_many`],
  ['GET', `${LIST}/show_many?ids=`],
  ['GET', `${LIST}/show_many?ids=${Array.from({ length: 101 }, (_, index) => index).join(',')}`],
  ['GET', `${LIST}/${'x'.repeat(129)}`],
  ['GET', `${LIST}/a/b`],
  ['POST', LIST],
])('a request %s %s is refused', (method, path) => {
  expect(() => assertRequestMatchesContract(method, path)).toThrow();
});

test('a named schema can be checked by itself', () => {
  assertMatchesSchema('JobStatus', job);
  expect(() => assertMatchesSchema('JobStatus', {})).toThrow('JobStatus does not match the contract');
  expect(() => assertMatchesSchema('NoSuchSchema', {})).toThrow('nothing at');
});

test('the contract, the fake and the tests of both have the same operations', () => {
  const inContract = CONTRACT_OPERATIONS.filter((operation) => !operation.includes('/job_statuses')).sort();
  const inFake = BULK_OPERATIONS.map(({ method, path, operation }) => `${method} /api/v2/${path ?? operation}`).sort();
  expect(inFake).toEqual(inContract);
  expect(inContract).toHaveLength(26);
  const tested = starts.map(([method, path]) => `${method} /api/v2/${path.split('?')[0]}`);
  const patterns = inContract.map((operation) => new RegExp(`^${operation.replace(/\{\w+\}/g, '[^/]+')}$`));
  expect(patterns.filter((pattern) => !tested.some((start) => pattern.test(start)))).toEqual([]);
});

const hundredAndOne = Array.from({ length: 101 }, () => ({}));

test.each<[string, string, unknown, string]>([
  ['POST', 'tickets', { ticket: {} }, ': async does not match'],
  ['POST', 'tickets?async=false', { ticket: {} }, ': async does not match'],
  ['POST', 'tickets/create_many', undefined, 'does not match'],
  ['POST', 'tickets/create_many', { tickets: [{}], extra: 1 }, 'does not match'],
  ['POST', 'tickets/create_many', { tickets: hundredAndOne }, '/tickets must NOT have more than 100'],
  ['POST', 'tickets/create_many?notify=no', { tickets: [{}] }, 'no parameter notify'],
  ['PUT', 'tickets/update_many', { tickets: [{ status: 'solved' }] }, '/tickets/0'],
  ['PUT', 'tickets/update_many?external_ids=a', { ticket: {} }, 'no parameter external_ids'],
  ['PUT', 'tickets/update_many?ids=a', { ticket: {} }, ': ids does not match'],
  ['DELETE', 'tickets/destroy_many', undefined, ': ids does not match'],
  ['DELETE', 'tickets/destroy_many?ids=1', { ids: [1] }, 'no body'],
  ['POST', 'tickets/x/merge', { ids: [1] }, ': ticket_id does not match'],
  ['POST', 'tickets/7/merge', { ticket: { ids: [1] } }, 'does not match'],
  ['DELETE', 'deleted_tickets/x', undefined, ': ticket_id does not match'],
  ['POST', 'users/create_or_update_many', { users: [{ name: 'A' }] }, '/users/0'],
  ['PUT', 'users/update_many', { users: [{ name: 'A' }] }, '/users/0'],
  ['POST', 'group_memberships/create_many', { group_memberships: [{ user_id: 1 }] }, '/group_memberships/0'],
  ['POST', 'custom_objects/car/jobs', { job: { action: 'upsert', items: [{}] } }, '/job/action'],
  ['POST', 'custom_objects/car/jobs', { job: { action: 'delete', items: [{ id: 'a' }] } }, '/job/items/0'],
  [
    'POST',
    'it_asset_management/assets/jobs',
    { job: { action: 'create_or_update_by_name', items: [{}] } },
    '/job/action',
  ],
  ['POST', 'routing/agents/instance_values/jobs', { job: { action: 'upsert', items: ['224'] } }, '/job/items/0'],
  ['POST', 'resource_collections', { ticket_fields: {} }, 'does not match'],
  ['POST', 'organizations/create_or_update_many', { organizations: [{}] }, 'no such operation'],
])('a start %s %s %j is refused', (method, path, body, problem) => {
  expect(() => assertRequestMatchesContract(method, `/api/v2/${path}`, body)).toThrow(problem);
});

test.each<[string, string, number, object, string]>([
  ['that is at work already', 'tickets/create_many', 200, { job_status: job }, '/job_status'],
  ['without a job', 'tickets/create_many', 200, {}, 'job_status'],
  ['without its ticket', 'tickets', 202, { job_status: job }, 'ticket'],
  ['with another status', 'custom_objects/car/jobs', 200, { job_status: job }, 'no such status'],
  ['refused without the jobs', 'tickets/create_many', 422, { error: 'TooManyJobs' }, 'current_job_ids'],
])('the answer to a start %s is refused', (_name, path, status, body, problem) => {
  expect(() => assertMatchesContract('POST', `/api/v2/${path}`, status, body)).toThrow(problem);
});
