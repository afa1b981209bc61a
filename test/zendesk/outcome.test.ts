import type { JobResultRow, JobStatus, ResultsMode } from '../../src/common/types';
import { isKnownStatus, isTerminal, itemFailed, itemResult, outcomeOf } from '../../src/zendesk/outcome';

describe('statuses', () => {
  test.each([
    ['queued', false, true],
    ['working', false, true],
    ['completed', true, true],
    ['failed', true, true],
    ['killed', true, true],
    ['paused', false, false],
    ['toString', false, false],
    ['', false, false],
  ])('%s: an end %s, known %s', (status, terminal, known) => {
    expect([isTerminal(status), isKnownStatus(status)]).toEqual([terminal, known]);
  });
});

describe('a record failed or did not', () => {
  test.each<[string, JobResultRow, boolean]>([
    ['created ticket', { index: 3, id: 12, account_id: 1 }, false],
    ['updated', { action: 'update', id: 12, status: 'Updated', success: true }, false],
    ['created user, without an index', { id: 12, status: 'Created', email: 'a@b.c', external_id: 'x' }, false],
    ['deleted, with empty errors (2019)', { id: 12, status: 'Deleted', success: true, errors: '' }, false],
    ['success alone', { success: true }, false],
    ['nothing at all', {}, false],
    ['empty error', { id: 1, error: '', errors: [] }, false],
    ['null error', { id: 1, error: null, errors: null, success: null }, false],
    ['error with an id', { index: 0, error: 'OrganizationUpdateFailed', id: 1, details: 'Name: taken' }, true],
    ['error without an id', { index: 0, error: 'TicketCreateFailed', details: 'Description: cannot be blank' }, true],
    ['errors as text', { id: 1, errors: 'Email is bad' }, true],
    ['errors as a list', { id: 1, errors: ['Email is bad'] }, true],
    ['success false', { id: 1, success: false }, true],
    ['status Failed', { id: 1, status: 'Failed' }, true],
    ['status failed', { id: 1, status: 'failed' }, true],
    ['status of 2015', { id: 1, status: 'Failed Creating User' }, true],
    ['status with another word in it', { id: 1, status: 'Not failed' }, false],
  ])('%s', (_, row, failed) => {
    expect(itemFailed(row)).toBe(failed);
    expect(itemResult(row, 0).ok).toBe(!failed);
    expect(itemResult(row, 0).error !== undefined).toBe(failed);
  });
});

describe('what became of a record', () => {
  test.each<[string, JobResultRow, object]>([
    ['Zendesk’s index', { index: 3, id: 12 }, { index: 3, id: 12, ok: true }],
    ['the position, without an index', { id: 12 }, { index: 7, id: 12, ok: true }],
    ['the position, for an index that is none', { index: -1, id: 12 }, { index: 7, id: 12, ok: true }],
    ['an id that is a string', { id: '01HZ' }, { index: 7, id: '01HZ', ok: true }],
    ['no id', { id: null, success: true }, { index: 7, ok: true }],
    [
      'external id, action and status',
      { id: 1, external_id: 'x-1', action: 'update', status: 'Updated', success: true },
      { index: 7, id: 1, externalId: 'x-1', action: 'update', status: 'Updated', ok: true },
    ],
    ['an external id that is a number', { external_id: 5 as never }, { index: 7, externalId: '5', ok: true }],
    ['an error', { error: 'E', details: 'why' }, { index: 7, ok: false, error: 'E', details: 'why' }],
    ['an error that is an object', { error: { a: 1 } as never }, { index: 7, ok: false, error: '{"a":1}' }],
    [
      'details that are an object',
      { error: 'E', details: { a: [1] } },
      { index: 7, ok: false, error: 'E', details: '{"a":[1]}' },
    ],
    ['errors beside an error', { error: 'E', errors: ['x'] }, { index: 7, ok: false, error: 'E', details: '["x"]' }],
    ['errors alone', { errors: 'Email is bad' }, { index: 7, ok: false, error: 'Email is bad' }],
    ['a status alone', { status: 'Failed' }, { index: 7, status: 'Failed', ok: false, error: 'Failed' }],
    [
      'a status that says what failed',
      { status: 'Failed Creating User' },
      { index: 7, status: 'Failed Creating User', ok: false, error: 'Failed Creating User' },
    ],
    ['success: false alone', { success: false }, { index: 7, ok: false, error: 'Failed' }],
  ])('%s', (_, row, expected) => {
    expect(itemResult(row, 7)).toEqual(expected);
  });

  test('long texts are cut and marked, never in the middle of a character', () => {
    const { error, details } = itemResult({ error: 'e'.repeat(300), details: `${'d'.repeat(1999)}😀x` }, 0);
    expect(error).toBe(`${'e'.repeat(200)}…`);
    expect(details).toBe(`${'d'.repeat(1999)}…`);
    expect(itemResult({ error: 'E', details: 'd'.repeat(2000) }, 0).details).toBe('d'.repeat(2000));
  });
});

const job = (status: string, results: JobStatus['results'], rest: Partial<JobStatus> = {}): JobStatus => ({
  ...{ id: 'V3-1', status, total: null, progress: null, message: null, results },
  ...rest,
});
const outcome = (jobStatus: JobStatus, results: ResultsMode = 'all') =>
  outcomeOf('acme', jobStatus, { results, polls: 4 });
const failedRow = (index: number) => ({ index, error: 'OrganizationUpdateFailed', id: index, details: 'Name: taken' });

describe('what a finished job means', () => {
  test('completed with 99 of 100 records failed', () => {
    const rows = [{ index: 0, id: 1 }, ...Array.from({ length: 99 }, (_, i) => failedRow(i + 1))];
    const message = 'Completed at 2024-02-08 10:00:00 +0000';
    const result = outcome(
      job('completed', rows, { total: 100, progress: 100, message, job_type: 'Bulk Update' }),
      'failed',
    );
    expect(result).toMatchObject({
      ...{ jobId: 'V3-1', account: 'acme', status: 'completed', jobType: 'Bulk Update', total: 100, progress: 100 },
      ...{ message, succeeded: 1, failed: 99, unreported: 0, polls: 4 },
    });
    expect(result.results).toHaveLength(99);
  });

  test.each<[string, JobStatus, object]>([
    ['one object', job('completed', { success: true }), { succeeded: 1, failed: 0, unreported: 0 }],
    ['null', job('completed', null), { succeeded: 0, failed: 0, unreported: 0 }],
    ['an empty list, with a total', job('completed', [], { total: 3 }), { succeeded: 0, failed: 0, unreported: 3 }],
    ['null, with a total', job('completed', null, { total: 3 }), { succeeded: 0, failed: 0, unreported: 3 }],
    [
      'fewer rows than records',
      job('completed', [{ id: 1 }], { total: 3 }),
      { succeeded: 1, failed: 0, unreported: 2 },
    ],
    ['more rows than records', job('completed', [{ id: 1 }, { id: 2 }], { total: 1 }), { succeeded: 2, unreported: 0 }],
    ['a failed job with rows', job('failed', [failedRow(0)], { total: 1 }), { succeeded: 0, failed: 1, unreported: 0 }],
    ['a killed job without rows', job('killed', null, { total: 5 }), { succeeded: 0, failed: 0, unreported: 0 }],
    ['no job type', job('completed', []), { jobType: null }],
  ])('results: %s', (_, jobStatus, expected) => {
    expect(outcome(jobStatus)).toMatchObject(expected);
  });

  test.each<[ResultsMode, number[]]>([
    ['all', [0, 1, 2, 3]],
    ['failed', [1, 2]],
    ['none', []],
  ])('%s rows, in the order of the index', (mode, indexes) => {
    const rows = [{ index: 3, id: 1 }, failedRow(2), { index: 0, id: 2 }, failedRow(1)];
    const { results, succeeded, failed } = outcome(job('completed', rows), mode);
    expect(results.map(({ index }) => index)).toEqual(indexes);
    expect([succeeded, failed]).toEqual([2, 2]);
  });
});
