import { listNewestJobs } from '../../src/activities/job-list';
import { ZendeskResponseTooLargeError } from '../../src/zendesk/errors';
import type { ZendeskClient } from '../../src/zendesk/client';
import type { JobStatus } from '../../src/common/types';

const request = { method: 'GET', path: '/api/v2/job_statuses' };
const statusOf = (id: string): JobStatus => ({
  id,
  status: 'completed',
  total: null,
  progress: null,
  message: null,
  results: null,
});

/** A list of so many jobs. A response with more than `maxJobs` of them, or with one of `large`, is too large. */
function clientOf(count: number, { maxJobs = 100, large = [] as number[] } = {}) {
  const list: ZendeskClient['list'] = async ({ pageSize = 100, cursor = '0' } = {}) => {
    const from = Number(cursor);
    const to = Math.min(count, from + pageSize);
    if (pageSize > maxJobs || large.some((job) => from <= job && job < to)) {
      throw new ZendeskResponseTooLargeError(request, { text: 'the response is too long', status: 200 });
    }
    const jobStatuses = Array.from({ length: to - from }, (_, i) => statusOf(`V3-${from + i}`));
    return { jobStatuses, unreadable: [], next: to < count ? String(to) : null };
  };
  return { list } as ZendeskClient;
}

const idsOf = async (client: ZendeskClient) => (await listNewestJobs(client)).jobStatuses.map(({ id }) => id);
const firstIds = (count: number) => Array.from({ length: count }, (_, i) => `V3-${i}`);

test.each([0, 1, 100, 101, 299, 300])('the list of %i jobs is read to its end', async (count) => {
  expect(await idsOf(clientOf(count))).toEqual(firstIds(count));
});

test('no more than the newest 300 jobs are read', async () => {
  expect(await idsOf(clientOf(1_000))).toEqual(firstIds(300));
});

test('a page whose response is too large is read in smaller ones, so that a start does not fail for it', async () => {
  expect(await idsOf(clientOf(1_000, { maxJobs: 7 }))).toEqual(firstIds(300));
});

test('reading ends at a job whose status is too large alone, with the jobs before it', async () => {
  expect(await idsOf(clientOf(1_000, { large: [123] }))).toEqual(firstIds(123));
});

test('jobs that cannot be read count for their page, and are named', async () => {
  const pages: number[] = [];
  const list: ZendeskClient['list'] = async ({ pageSize = 100, cursor = '0' } = {}) => {
    pages.push(pageSize);
    const from = Number(cursor);
    const ids = Array.from({ length: pageSize }, (_, i) => `V3-${from + i}`);
    return { jobStatuses: ids.slice(3).map(statusOf), unreadable: [ids[0]!, null, ids[2]!], next: String(from + 100) };
  };
  const { jobStatuses, unreadable } = await listNewestJobs({ list } as ZendeskClient);
  expect([pages, jobStatuses.length]).toEqual([[100, 100, 100], 291]);
  expect(unreadable).toEqual(['V3-0', null, 'V3-2', 'V3-100', null, 'V3-102', 'V3-200', null, 'V3-202']);
});
