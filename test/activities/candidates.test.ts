import { candidateOf, candidatesIn } from '../../src/activities/candidates';
import { jsonBytes } from '../../src/common/byte-budgets';
import type { JobStatus } from '../../src/common/types';

const STARTED = Date.parse('2026-11-23T12:00:00Z');

const start = {
  jobTypes: ['Bulk Create Ticket'],
  records: 3,
  known: null as string[] | null,
  ownJobs: [] as string[],
  startedAt: STARTED,
};
type Start = Partial<typeof start>;

const candidates = (listed: JobStatus, fields: Start = {}) =>
  candidatesIn([listed], { ...start, ...fields }, { ...start, ...fields }).map(candidateOf);

const job = (fields: Partial<JobStatus> = {}): JobStatus => ({
  id: 'V3-1',
  job_type: 'Bulk Create Ticket',
  status: 'queued',
  total: 3,
  progress: null,
  message: null,
  results: null,
  ...fields,
});

test.each<[string, JobStatus, Start]>([
  ['is queued, of the type and the size', job(), {}],
  ['ended after the start', job({ status: 'completed', message: 'Completed at 2026-11-23 12:00:09 +0000' }), {}],
  [
    'ended by a clock that is half a minute behind',
    job({ status: 'completed', message: 'Completed at 2026-11-23 11:59:30 +0000' }),
    {},
  ],
  ['tells no type, as on older accounts', job({ job_type: undefined }), {}],
  ['is of a type that nobody knows beforehand', job({ job_type: 'Bulk Merge' }), { jobTypes: [] }],
  ['tells no total', job({ total: null }), {}],
  ['ended without a time', job({ status: 'completed', message: null }), {}],
  ['was not in the list before', job(), { known: ['V3-2'] }],
])('a job fits that %s', (_, listed, fields) => {
  expect(candidates(listed, fields)).toMatchObject([{ jobId: 'V3-1' }]);
});

test.each<[string, JobStatus, Start]>([
  ['is of another type', job({ job_type: 'Bulk Update User' }), {}],
  ['is of another size', job({ total: 4 }), {}],
  ['had ended before the start', job({ status: 'completed', message: 'Completed at 2026-11-23 11:58:00 +0000' }), {}],
  ['was in the list before', job(), { known: ['V3-1'] }],
  ['another start of the workflow made', job(), { ownJobs: ['V3-1'] }],
])('a job does not fit that %s', (_, listed, fields) => {
  expect(candidates(listed, fields)).toEqual([]);
});

test('a candidate has what there is to decide by', () => {
  expect(candidates(job({ status: 'working', progress: 2, message: 'Creating ticket #2' }))).toEqual([
    {
      jobId: 'V3-1',
      jobType: 'Bulk Create Ticket',
      status: 'working',
      total: 3,
      progress: 2,
      message: 'Creating ticket #2',
    },
  ]);
});

test('a candidate is small, whatever Zendesk reports', () => {
  const long = '日'.repeat(2_000);
  const candidate = candidateOf(job({ job_type: long, status: long, message: long }));
  expect(jsonBytes(candidate)).toBeLessThan(1_000);
});
