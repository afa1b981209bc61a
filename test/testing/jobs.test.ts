import { FakeZendesk, ManualClock, type FakeJobOptions, type JobShape } from '../../src/testing';
import { get } from './http';

const START = Date.UTC(2024, 1, 8, 9, 10, 0);
let clock: ManualClock;
let zendesk: FakeZendesk;

beforeEach(async () => {
  clock = new ManualClock(START);
  zendesk = await FakeZendesk.start({ clock });
});
afterEach(() => zendesk.stop());

/** The job's status so many milliseconds after the start. */
function statusAfter(id: string, milliseconds: number) {
  clock.set(START + milliseconds);
  return zendesk.job(id)!;
}

test('a job is queued, works, and completes, by the clock alone', () => {
  const id = zendesk.addJob({ queuedFor: 2000, duration: 10_000, total: 100 });
  const common = { id, job_type: 'Bulk Create Ticket', total: 100 };
  expect(id).toMatch(/^V3-[0-9a-f]{32}$/);
  expect(statusAfter(id, 0)).toEqual({
    ...common,
    url: `${zendesk.origin}/api/v2/job_statuses/${id}.json`,
    status: 'queued',
    progress: null,
    message: null,
    results: null,
  });
  expect(statusAfter(id, 1999)).toMatchObject({ status: 'queued' });
  expect(statusAfter(id, 2000)).toMatchObject({ status: 'working', progress: 1, message: 'Creating ticket #1' });
  expect(statusAfter(id, 7000)).toMatchObject({ status: 'working', progress: 50, results: null });
  expect(statusAfter(id, 12_000)).toMatchObject({
    status: 'completed',
    progress: 100,
    message: 'Completed at 2024-02-08 09:10:12 +0000',
  });
  expect(zendesk.job(id)!.results).toHaveLength(100);
});

test.each<[JobShape, (number | null)[]]>([
  ['linear', [10, 30, 50, 70, 90]],
  ['slow-start', [1, 2, 12, 34, 72]],
  ['fast-start', [27, 65, 87, 97, 99]],
  ['stall', [25, 50, 50, 50, 75]],
  ['steps', [1, 25, 50, 50, 75]],
  ['no-total', [null, null, null, null, null]],
])('progress of a job of shape %s at 10, 30, 50, 70 and 90 %% of its time', (shape, expected) => {
  const id = zendesk.addJob({ queuedFor: 0, duration: 10_000, total: 100, shape });
  const seen = [1000, 3000, 5000, 7000, 9000].map((at) => statusAfter(id, at).progress);
  expect(seen).toEqual(expected);
});

test('a shape can be a function of the time', () => {
  const id = zendesk.addJob({ queuedFor: 0, duration: 1000, total: 10, shape: () => 0.7 });
  expect(statusAfter(id, 0).progress).toBe(7);
  expect(statusAfter(id, 999).progress).toBe(7);
});

test.each<[string, FakeJobOptions, object]>([
  [
    'failed: every record failed, none counts as progress',
    { endsAs: 'failed', total: 2 },
    { status: 'failed', progress: 0, message: 'Failed at 2024-02-08 09:10:06 +0000' },
  ],
  [
    'killed: no results',
    { endsAs: 'killed', total: 2 },
    { status: 'killed', results: null, message: 'Killed at 2024-02-08 09:10:06 +0000' },
  ],
  [
    'an unknown last status',
    { endsAs: 'aborted' },
    { status: 'aborted', message: 'Aborted at 2024-02-08 09:10:06 +0000' },
  ],
  ['never', { endsAs: 'never' }, { status: 'working', results: null }],
  ['every record fails by itself', { total: 3, failures: 3 }, { status: 'failed', progress: 0 }],
  [
    'every record fails, and still it completes',
    { total: 3, failures: 3, endsAs: 'completed' },
    { status: 'completed', progress: 3 },
  ],
  [
    'no total: one object as result',
    { shape: 'no-total' },
    { total: null, progress: null, results: { success: true } },
  ],
  ['results given by hand', { results: { success: true } }, { total: 10, results: { success: true } }],
  ['results given as null', { results: null }, { status: 'completed', results: null }],
  ['an unknown status at work does not outlast the work', { statusWhileRunning: 'resting' }, { status: 'completed' }],
])('how a job can end: %s', (_name, options, expected) => {
  const id = zendesk.addJob(options);
  expect(statusAfter(id, 3_600_000)).toMatchObject(expected);
});

test('an unknown status shows while the job works', () => {
  const id = zendesk.addJob({ queuedFor: 0, statusWhileRunning: 'resting' });
  expect(statusAfter(id, 2500)).toMatchObject({ status: 'resting', progress: 5, results: null });
});

test('older accounts leave job_type out, and have ids of 32 hex digits', () => {
  const id = zendesk.addJob({ id: '8b726e606741012ffc2d782bcb7848fe', jobType: null });
  expect(zendesk.job(id)).not.toHaveProperty('job_type');
  expect(id).toBe('8b726e606741012ffc2d782bcb7848fe');
});

test('failures fall on the named records, with error and details as given', () => {
  const details = 'Name:  x has already been taken';
  const failures = [{ index: 1, error: 'OrganizationUpdateFailed', details }];
  const id = zendesk.addJob({ operation: 'organizations/update_many', records: [{ id: 7 }, { id: 8 }], failures });
  expect(statusAfter(id, 6000)).toMatchObject({
    status: 'completed',
    progress: 2,
    results: [
      { action: 'update', id: 7, status: 'Updated', success: true },
      { index: 1, error: 'OrganizationUpdateFailed', id: 8, details },
    ],
  });
});

test('a number of failures is spread over the records', () => {
  const id = zendesk.addJob({ total: 100, failures: 4 });
  const rows = statusAfter(id, 6000).results as { index: number; error?: string }[];
  expect(rows.filter((row) => row.error !== undefined).map((row) => row.index)).toEqual([0, 25, 50, 75]);
});

test('ids of new records are unique over all jobs, and do not ascend with the index', () => {
  const ids = [zendesk.addJob({ total: 5 }), zendesk.addJob({ total: 5 })].flatMap((id) =>
    (statusAfter(id, 6000).results as { id: number }[]).map((row) => row.id),
  );
  expect(new Set(ids).size).toBe(10);
  expect(ids).not.toEqual(ids.toSorted((a, b) => a - b));
});

test.each([
  ['tickets/create_many', { index: 0, id: expect.any(Number), account_id: 10001 }],
  ['imports/tickets/create_many', { index: 0, id: expect.any(Number), account_id: 10001 }],
  ['tickets/update_many', { action: 'update', id: expect.any(Number), status: 'Updated', success: true }],
  ['tickets/destroy_many', expect.objectContaining({ action: 'delete', status: 'Deleted', errors: '' })],
  ['users/create_many', { id: expect.any(Number), status: 'Created', email: 'a@b.c', external_id: 'x' }],
  ['users/create_or_update_many', { id: expect.any(Number), status: 'Created', email: 'a@b.c', external_id: 'x' }],
  ['organizations/create_many', { id: expect.any(Number), status: 'Created' }],
  ['organizations/destroy_many', { action: 'delete', id: expect.any(Number), status: 'Deleted', success: true }],
  ['organization_memberships/create_many', { id: expect.any(Number), index: 0 }],
])('result rows of %s', (operation, row) => {
  const id = zendesk.addJob({ operation, records: [{ email: 'a@b.c', external_id: 'x' }] });
  expect(statusAfter(id, 6000).results).toEqual([row]);
});

test('an upserted user that was there already is answered as updated', () => {
  const id = zendesk.addJob({ operation: 'users/create_or_update_many', records: [{ id: 5, email: 'a@b.c' }] });
  expect(statusAfter(id, 6000).results).toEqual([{ id: 5, status: 'Updated', email: 'a@b.c' }]);
});

test('a job can be finished, killed and forgotten at any moment', () => {
  const [finished, killed, killedInQueue, forgotten] = [1, 2, 3, 4].map(() => zendesk.addJob({ total: 10 }));
  zendesk.killJob(killedInQueue!);
  clock.advance(3500);
  zendesk.finishJob(finished!);
  zendesk.killJob(killed!);
  zendesk.expireJob(forgotten!);
  clock.advance(60_000);
  expect(zendesk.job(finished!)).toMatchObject({ status: 'completed', progress: 10 });
  expect(zendesk.job(killed!)).toMatchObject({
    status: 'killed',
    progress: 5,
    message: 'Killed at 2024-02-08 09:10:03 +0000',
  });
  expect(zendesk.job(killedInQueue!)).toMatchObject({ status: 'killed', progress: null });
  expect(zendesk.job(forgotten!)).toBeUndefined();
  expect(() => zendesk.finishJob(finished!)).toThrow('has ended');
  expect(() => zendesk.killJob('V3-none')).toThrow('There is no job V3-none');
  expect(() => zendesk.expireJob(forgotten!)).toThrow('There is no job');
});

test('a job is not there yet, then there, then no longer', async () => {
  const id = zendesk.addJob({ invisibleFor: 1000 });
  const statusOver = async (at: number) => {
    clock.set(START + at);
    const shown = await get(zendesk, `/api/v2/job_statuses/${id}`);
    const listed = await get(zendesk, '/api/v2/job_statuses');
    return [shown.status, listed.body.job_statuses.length];
  };
  expect(await statusOver(999)).toEqual([404, 0]);
  expect(await statusOver(1000)).toEqual([200, 1]);
  expect(await statusOver(86_399_999)).toEqual([200, 1]);
  expect(await statusOver(86_400_000)).toEqual([404, 0]);
});

test('the time that jobs are kept can be set', async () => {
  const short = await FakeZendesk.start({ clock, retention: 3_600_000 });
  const id = short.addJob();
  clock.advance(3_599_999);
  expect(short.job(id)).toBeDefined();
  clock.advance(1);
  expect(short.job(id)).toBeUndefined();
  await short.stop();
});

test.each<[string, unknown, string]>([
  ['an unknown option', { durration: 5 }, 'durration'],
  ['a negative time', { duration: -1 }, 'duration'],
  ['an unknown shape', { shape: 'zigzag' }, 'shape'],
  ['an unknown operation', { operation: 'tickets/fry_many' }, 'tickets/fry_many'],
  ['a failure past the last record', { total: 3, failures: [{ index: 3 }] }, 'there is no record 3'],
])('addJob refuses %s', (_name, options, message) => {
  expect(() => zendesk.addJob(options as FakeJobOptions)).toThrow(message);
});

test('addJob refuses an id that is taken', () => {
  const id = zendesk.addJob();
  expect(() => zendesk.addJob({ id })).toThrow('already');
});

test('jobs take what they do not say themselves from the defaults', async () => {
  const other = await FakeZendesk.start({ clock, jobDefaults: { total: 3, queuedFor: 0, duration: 1000 } });
  const id = other.addJob({ duration: 2000 });
  clock.advance(1999);
  expect(other.job(id)).toMatchObject({ status: 'working', total: 3 });
  await other.stop();
});

test.each([NaN, Infinity])('a clock cannot be set to %p', (time) => {
  expect(() => clock.set(time)).toThrow(RangeError);
  expect(() => clock.advance(time)).toThrow(RangeError);
});
