import { BYTE_BUDGETS, jsonBytes } from '../../src/common/byte-budgets';
import { parseJobStatus, parseList, parseShow, parseShowMany } from '../../src/zendesk/job-status';

const ID = 'V3-0123456789abcdef0123456789abcdef';
const BARE = { id: ID, status: 'queued' };
const NULLS = { url: null, total: null, progress: null, message: null, results: null };

describe('job statuses that Zendesk sends', () => {
  test.each([
    [
      'queued, without a job type (2023)',
      { ...BARE, url: 'https://x', total: 5, progress: null, message: null, results: null },
    ],
    ['working', { ...BARE, ...NULLS, job_type: 'Bulk Create Ticket', status: 'working', progress: 57, total: 100 }],
    ['completed, with rows', { ...BARE, ...NULLS, status: 'completed', results: [{ index: 0, id: 1, account_id: 2 }] }],
    ['completed, with one object', { ...BARE, ...NULLS, status: 'completed', results: { success: true } }],
    ['completed, with no rows', { ...BARE, ...NULLS, status: 'completed', results: [] }],
    [
      'failed, without ids',
      { ...BARE, ...NULLS, results: [{ index: 0, error: 'TicketCreateFailed', details: 'Blank' }] },
    ],
    ['an id of old accounts', { ...BARE, ...NULLS, id: '0123456789abcdef0123456789abcdef' }],
    ['a status that nobody knows', { ...BARE, ...NULLS, status: 'paused' }],
    ['fields that nobody knows', { ...BARE, ...NULLS, created_at: '2027-01-01', extra: { a: [1] } }],
    ['null for a job type', { ...BARE, ...NULLS, job_type: null }],
  ])('%s', (_, value) => {
    expect(parseJobStatus(value)).toEqual(value);
  });

  test('fields that are missing become null, the job type stays missing', () => {
    expect(parseJobStatus(BARE)).toEqual({ ...BARE, ...NULLS });
  });
});

describe('what is no job status is refused, and the field named', () => {
  test.each([
    [null, 'job_status: expected an object, got null'],
    ['text', 'job_status: expected an object, got "text"'],
    [{}, 'job_status.id: expected a string that is not empty, got nothing'],
    [{ ...BARE, id: 12 }, 'job_status.id: expected a string that is not empty, got 12'],
    [{ ...BARE, id: '' }, 'job_status.id: expected a string that is not empty, got ""'],
    [{ ...BARE, status: null }, 'job_status.status: expected a string that is not empty, got null'],
    [{ ...BARE, progress: '12' }, 'job_status.progress: expected a number or null, got "12"'],
    [{ ...BARE, total: [] }, 'job_status.total: expected a number or null, got []'],
    [{ ...BARE, message: 3 }, 'job_status.message: expected a string or null, got 3'],
    [{ ...BARE, results: 'none' }, 'job_status.results: expected an array, an object or null, got "none"'],
    [{ ...BARE, results: [{}, null] }, 'job_status.results[1]: expected an object, got null'],
    [{ ...BARE, progress: 'x'.repeat(500) }, `job_status.progress: expected a number or null, got "${'x'.repeat(59)}…`],
  ])('%j', (value, message) => {
    expect(() => parseJobStatus(value)).toThrow(expect.objectContaining({ name: 'UnexpectedShape', message }));
  });
});

describe('show', () => {
  test('the job that was asked for', () => {
    expect(parseShow({ job_status: BARE }, ID)).toEqual({ ...BARE, ...NULLS });
  });

  test.each([
    [{}, 'job_status: expected an object, got nothing'],
    ['text', 'the body: expected an object, got "text"'],
    [{ job_status: { ...BARE, id: 'V3-2' } }, `job_status.id: expected "${ID}", got "V3-2"`],
  ])('not %j', (body, message) => {
    expect(() => parseShow(body, ID)).toThrow(message);
  });
});

describe('show_many', () => {
  test('in the order of the answer', () => {
    const body = { job_statuses: [{ ...BARE, id: 'b' }, BARE] };
    expect(parseShowMany(body).map(({ id }) => id)).toEqual(['b', ID]);
  });

  test.each([
    [{}, 'job_statuses: expected an array, got nothing'],
    [{ job_statuses: {} }, 'job_statuses: expected an array, got {}'],
    [{ job_statuses: [BARE, { id: 'x' }] }, 'job_statuses[1].status: expected a string that is not empty, got nothing'],
  ])('not %j', (body, message) => {
    expect(() => parseShowMany(body)).toThrow(message);
  });
});

describe('bounds', () => {
  test.each(['x', 'ü', '日', '😀', '\n', '\u0001', '\ud800'])('long texts of %j are cut to bytes', (character) => {
    const long = character.repeat(5_000);
    const { status, job_type, message } = parseJobStatus({ id: 'V3-1', status: long, job_type: long, message: long });
    const bytes = [status, job_type, message].map((text) => jsonBytes(text) - 2);
    [100, 200, BYTE_BUDGETS.message].forEach((max, i) => {
      expect(bytes[i]).toBeLessThanOrEqual(max);
      expect(bytes[i]).toBeGreaterThan(max - 10);
    });
  });

  test('a text that fits is kept', () => {
    const message = 'Completed at 2026-07-01 10:00:00 +0000';
    expect(parseJobStatus({ id: 'V3-1', status: 'completed', message }).message).toBe(message);
  });

  test.each(['total', 'progress'])('an infinite %s is no number', (field) => {
    const text = `{"job_status":{"id":"V3-1","status":"working","${field}":1e999}}`;
    expect(() => parseShow(JSON.parse(text), 'V3-1')).toThrow(`job_status.${field}: expected a number or null`);
  });

  test('an object with a toString of its own is told, not tripped over', () => {
    expect(() => parseJobStatus({ id: { toString: 1 }, status: 'working' })).toThrow(
      'job_status: expected plain values, got "{ toString }"',
    );
  });
});

describe('list', () => {
  const page = (meta?: unknown) => ({ job_statuses: [BARE], meta, links: { next: 'https://elsewhere.example/' } });

  test.each([
    [{ has_more: true, after_cursor: 'abc' }, 'abc'],
    [{ has_more: false, after_cursor: 'abc' }, null],
    [{ has_more: false, after_cursor: null }, null],
    [{}, null],
    [null, null],
    [undefined, null],
  ])('with meta %j the next cursor is %j', (meta, next) => {
    expect(parseList(page(meta))).toEqual({ jobStatuses: [{ ...BARE, ...NULLS }], next });
  });

  test.each([
    [{ has_more: true }, 'meta.after_cursor: expected a string that is not empty, got nothing'],
    [{ has_more: true, after_cursor: '' }, 'meta.after_cursor: expected a string that is not empty, got ""'],
    [{ has_more: 'yes' }, 'meta.has_more: expected true or false, got "yes"'],
  ])('not with meta %j', (meta, message) => {
    expect(() => parseList(page(meta))).toThrow(message);
  });
});
