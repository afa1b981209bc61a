import fc from 'fast-check';
import { JobBatchLimits } from '../../src/activities/batch-size';
import { JobWaiter, type JobReading } from '../../src/activities/job-waiter';
import { PollQueue } from '../../src/activities/poll-queue';
import type { JobStatus } from '../../src/common/types';
import { ZendeskResponseTooLargeError } from '../../src/zendesk/errors';

const MAX_BYTES = 100;
const request = { method: 'GET', path: '/api/v2/job_statuses/show_many' };
const statusOf = (id: string): JobStatus => ({
  id,
  status: 'completed',
  total: null,
  progress: null,
  message: null,
  results: null,
});

/** Reads jobs whose statuses have these sizes until all are read. Returns the readings, and how many jobs each request asked for. */
async function readAll(sizes: number[]): Promise<{ readings: Map<string, JobReading>; asked: number[] }> {
  const asked: number[] = [];
  const read = async (jobIds: string[]) => {
    asked.push(jobIds.length);
    const bytes = jobIds.reduce((sum, jobId) => sum + sizes[Number(jobId)]!, 0);
    if (bytes > MAX_BYTES) throw new ZendeskResponseTooLargeError(request, { text: 'too long', status: 200 });
    return { jobStatuses: jobIds.map(statusOf), unreadable: [] };
  };
  const limits = new JobBatchLimits();
  const probe = async () => {};
  const smaller = new PollQueue(read, limits, { probe });
  const polls = new PollQueue(read, limits, { smaller, probe });
  const jobIds = sizes.map((_, i) => String(i));
  const waiter = new JobWaiter(new Set(jobIds), new AbortController().signal, (status) => status);
  for (const jobId of jobIds) polls.add(jobId, [waiter as JobWaiter]);
  for (let queue: PollQueue | undefined = polls; queue;) {
    await queue.sendRequest();
    queue = [smaller, polls].find((each) => each.hasRequest());
  }
  return { readings: (await waiter.result).readings, asked };
}

test('each job is read, or unreadable because it is too large alone', async () => {
  const size = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 120 }));
  await fc.assert(
    fc.asyncProperty(fc.array(size, { minLength: 1, maxLength: 150 }), async (sizes) => {
      const { readings, asked } = await readAll(sizes);
      sizes.forEach((bytes, i) => {
        const reading = readings.get(String(i));
        if (bytes > MAX_BYTES) expect(reading).toBeInstanceOf(ZendeskResponseTooLargeError);
        else expect(reading).toEqual(statusOf(String(i)));
      });
      expect(Math.max(...asked)).toBeLessThanOrEqual(100);
    }),
  );
});

test.each<[string, number[], number]>([
  ['100 jobs that fit two halves', Array<number>(100).fill(2), 3],
  ['100 small jobs and one that is too large alone', [101, ...Array<number>(99).fill(0)], 16],
  ['100 jobs of which three fit', Array<number>(100).fill(33), 70],
  ['100 jobs that are too large alone', Array<number>(100).fill(101), 200],
])('%s take few requests', async (_, sizes, most) => {
  expect((await readAll(sizes)).asked.length).toBeLessThanOrEqual(most);
});
