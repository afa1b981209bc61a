import fc from 'fast-check';
import { JobWaiter, type JobReading } from '../../src/activities/job-waiter';
import { MissingJobs } from '../../src/activities/missing-jobs';
import type { JobStatus } from '../../src/common/types';

const LISTED = 300;
const never = new AbortController().signal;
const statusOf = (id: string): JobStatus => ({
  id,
  status: 'working',
  total: null,
  progress: null,
  message: null,
  results: null,
});

/** An account whose list has these jobs, and which shows some of them by id. */
function searchOf(listed: string[], shown: string[] = []) {
  let requests = 0;
  const missing = new MissingJobs(
    async (jobIds) => {
      requests += 1;
      return { jobStatuses: jobIds.filter((jobId) => shown.includes(jobId)).map(statusOf), unreadable: [] };
    },
    async ({ pageSize = 100, cursor = '0' } = {}) => {
      requests += 1;
      const end = Number(cursor) + pageSize;
      const jobStatuses = listed.slice(Number(cursor), end).map(statusOf);
      return { jobStatuses, unreadable: [], next: end < listed.length ? String(end) : null };
    },
  );
  return { missing, requests: () => requests };
}

test('finds each job that the list has, and takes no other for found, whenever they join', async () => {
  const joins = fc.array(fc.record({ job: fc.integer({ min: 0, max: 420 }), after: fc.integer({ min: 0, max: 12 }) }), {
    minLength: 1,
    maxLength: 30,
  });
  await fc.assert(
    fc.asyncProperty(joins, fc.integer({ min: 0, max: 400 }), async (given, count) => {
      const listed = Array.from({ length: count }, (_, i) => `V3-${i}`);
      const { missing, requests } = searchOf(listed);
      const found = new Map<string, JobReading>();
      const lastRequest = new Map<string, number>();
      const waits: Promise<void>[] = [];
      for (let turn = 0; turn <= 12 || missing.hasRequest(); turn++) {
        for (const { job } of given.filter(({ after }) => after === turn)) {
          const jobId = `V3-${job}`;
          const waiter = new JobWaiter(new Set([jobId]), never, (status) => status);
          missing.add(jobId, waiter as JobWaiter);
          const joined = requests();
          waits.push(
            waiter.result.then(({ readings }) => {
              found.set(jobId, readings.get(jobId)!);
              lastRequest.set(jobId, requests() - joined);
            }),
          );
        }
        if (missing.hasRequest()) await missing.sendRequest();
      }
      await Promise.all(waits);
      for (const { job } of given) {
        const isListed = job < Math.min(count, LISTED);
        expect(found.get(`V3-${job}`)).toEqual(isListed ? statusOf(`V3-${job}`) : 'missing');
        // By id, three pages, and those of jobs that joined meanwhile.
        expect(lastRequest.get(`V3-${job}`)).toBeLessThanOrEqual(6);
      }
    }),
    { numRuns: 200 },
  );
});

test('forgets a job that is not searched for any more', async () => {
  jest.useFakeTimers({ now: 0 });
  const { missing, requests } = searchOf(Array.from({ length: 400 }, (_, i) => `V3-${i}`));
  const search = async (turns: number) => {
    const aborting = new AbortController();
    const waiter = new JobWaiter(new Set(['V3-gone']), aborting.signal, (status) => status);
    missing.add('V3-gone', waiter as JobWaiter);
    for (let turn = 0; turn < turns && missing.hasRequest(); turn++) await missing.sendRequest();
    aborting.abort();
    return (await waiter.result).readings.get('V3-gone');
  };
  expect(await search(2)).toBeUndefined();
  jest.advanceTimersByTime(31_000);
  expect(missing.hasRequest()).toBe(false);
  expect(await search(4)).toBe('missing');
  expect(requests()).toBe(6);
  jest.useRealTimers();
});
