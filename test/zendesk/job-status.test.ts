import fc from 'fast-check';
import { BYTE_BUDGETS, jsonBytes } from '../../src/common/byte-budgets';
import {
  parseJobStatus,
  parseList,
  parseShow,
  parseShowMany,
  parseStart,
  type OddElement,
} from '../../src/zendesk/job-status';

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

/** What was read, and what of it could not be. */
function readWithNotes<T>(read: (note: (odd: OddElement) => void) => T): { read: T; odd: OddElement[] } {
  const odd: OddElement[] = [];
  return { read: read((element) => odd.push(element)), odd };
}

describe('a job status is unreadable only without its id or its status, and the field is named', () => {
  test.each([
    [null, 'job_status: expected an object, got null'],
    ['text', 'job_status: expected an object, got "text"'],
    [[BARE], 'job_status: expected an object, got [{"id"'],
    [{}, 'job_status.id: expected a string that is not empty, got nothing'],
    [{ ...BARE, id: '' }, 'job_status.id: expected a string that is not empty, got ""'],
    [{ ...BARE, id: { toString: 1 } }, 'job_status.id: expected a string that is not empty, got {"toString":1}'],
    [{ ...BARE, status: null }, 'job_status.status: expected a string that is not empty, got null'],
    [{ ...BARE, status: 7 }, 'job_status.status: expected a string that is not empty, got 7'],
  ])('%j', (value, message) => {
    expect(() => parseJobStatus(value)).toThrow(
      expect.objectContaining({ name: 'UnexpectedShape', message: expect.stringContaining(message) }),
    );
  });
});

/** None of them may come into a request: `show_many` would be refused for all the jobs that it asks for. */
describe.each(['job:2026/11 a', '../../users/me?x=', 'a,b', 'j'.repeat(129)])(
  'an id that is not a job id: %j',
  (id) => {
    const message = 'id: expected a job id, got ';

    test('is not taken from the response to a start', () => {
      expect(() => parseStart({ job_status: { id, status: 'queued' } })).toThrow(`job_status.${message}`);
    });

    test('is not taken for the id that was asked for', () => {
      expect(() => parseShow({ job_status: { ...BARE, id } }, ID)).toThrow(`job_status.${message}`);
    });

    test('leaves the other jobs of a response as they are', () => {
      const { read, odd } = readWithNotes((note) => parseShowMany({ job_statuses: [{ ...BARE, id }, BARE] }, note));
      expect(read).toEqual({ jobStatuses: [{ ...BARE, ...NULLS }], unreadable: [null] });
      expect(odd[0]!.problem).toContain(`job_statuses[].${message}`);
    });
  },
);

describe('one field that cannot be read spoils no other', () => {
  test.each<[string, object, object, string[]]>([
    ['digits in quotes are a number', { total: '2', progress: '0' }, { total: 2, progress: 0 }, []],
    ['a total of text', { total: 'many' }, { total: null }, ['total: expected a number or null, got "many"']],
    ['a list as a total', { total: [] }, { total: null }, ['total: expected a number or null, got []']],
    ['an infinite total', { total: Infinity }, { total: null }, ['total: expected a number or null, got null']],
    [
      'a total of 400 digits',
      { total: '9'.repeat(400) },
      { total: null },
      [expect.stringMatching(/^total: .{0,110}…$/)],
    ],
    [
      'a list as a message',
      { message: ['Done'] },
      { message: null },
      ['message: expected a string or null, got ["Done"]'],
    ],
    ['an object as a type', { job_type: {} }, { job_type: null }, ['job_type: expected a string or null, got {}']],
    ['a number as an address', { url: 1 }, { url: null }, ['url: expected a string or null, got 1']],
    [
      'text as results',
      { results: 'see e-mail' },
      { results: null },
      ['results: expected an array, an object or null, got "see e-mail"'],
    ],
    [
      'rows that are no objects keep their places',
      { results: [{ id: 1 }, null, { id: 3 }, 'x', [4]] },
      { results: [{ id: 1 }, null, { id: 3 }, null, null] },
      ['results: 3 of 5 rows are not objects, such as [1]: null'],
    ],
  ])('%s', (_, fields, expected, problems) => {
    const { read, odd } = readWithNotes((note) => parseJobStatus({ ...BARE, ...fields }, note));
    expect(read).toEqual({ ...BARE, ...NULLS, ...expected });
    expect(odd).toEqual(problems.map((problem) => ({ jobId: ID, problem })));
  });

  test.each([
    ['Completed', 'completed'],
    [' FAILED ', 'failed'],
    ['Killed', 'killed'],
    ['WORKING', 'working'],
    ['Paused', 'Paused'],
  ])('the status %j is read as %j', (status, expected) => {
    expect(parseJobStatus({ ...BARE, status }).status).toBe(expected);
  });

  test('any JSON in any field is read, or the job is refused with its field', () => {
    const fields = ['id', 'status', 'job_type', 'url', 'total', 'progress', 'message', 'results'];
    const anyStatus = fc.dictionary(fc.constantFrom(...fields), fc.jsonValue());
    fc.assert(
      fc.property(fc.oneof(anyStatus, fc.jsonValue()), (value) => {
        const odd: OddElement[] = [];
        let read;
        try {
          read = parseJobStatus(value, (element) => odd.push(element));
        } catch (error) {
          expect(error).toMatchObject({ name: 'UnexpectedShape' });
          return;
        }
        const { total, progress, message, results } = read;
        expect(typeof read.id === 'string' && read.id !== '' && read.status !== '').toBe(true);
        for (const count of [total, progress]) expect(count === null || Number.isFinite(count)).toBe(true);
        expect(message === null || typeof message === 'string').toBe(true);
        const rows = Array.isArray(results) ? results : [results];
        for (const row of rows) expect(typeof row === 'object' && !Array.isArray(row)).toBe(true);
        for (const { problem } of odd) expect(problem.length).toBeLessThan(200);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('the response to a start', () => {
  test.each([
    [{ id: ID, status: 7, total: 'x' }, ID],
    [{ id: 12 }, '12'],
  ])('names the job, whatever else it says: %j', (job_status, id) => {
    expect(parseStart({ job_status })).toBe(id);
  });

  test.each([
    [{}, 'job_status: expected an object, got nothing'],
    [{ job_status: null }, 'job_status: expected an object, got null'],
    [{ job_status: { status: 'queued' } }, 'job_status.id: expected a string that is not empty, got nothing'],
  ])('is refused where it names none: %j', (body, message) => {
    expect(() => parseStart(body)).toThrow(message);
  });
});

describe('show', () => {
  test('the job that was asked for', () => {
    expect(parseShow({ job_status: BARE }, ID)).toEqual({ ...BARE, ...NULLS });
  });

  test.each([undefined, null])('the job that was asked for, where its id is %j', (id) => {
    expect(parseShow({ job_status: { ...BARE, id } }, ID)).toEqual({ ...BARE, ...NULLS });
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
    expect(parseShowMany(body).jobStatuses.map(({ id }) => id)).toEqual(['b', ID]);
  });

  test('jobs that cannot be read are left out, named where they say their id, and noted', () => {
    const body = { job_statuses: [null, BARE, { id: 'x' }, 'text', { status: 'queued' }] };
    const { read, odd } = readWithNotes((note) => parseShowMany(body, note));
    expect(read).toEqual({ jobStatuses: [{ ...BARE, ...NULLS }], unreadable: [null, 'x', null, null] });
    expect(odd.map(({ jobId }) => jobId)).toEqual([null, 'x', null, null]);
    expect(odd[1]!.problem).toBe('job_statuses[].status: expected a string that is not empty, got nothing');
  });

  test.each([
    [{}, 'job_statuses: expected an array, got nothing'],
    [{ job_statuses: {} }, 'job_statuses: expected an array, got {}'],
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
    expect(parseList(page(meta))).toEqual({ jobStatuses: [{ ...BARE, ...NULLS }], unreadable: [], next });
  });

  test.each([
    [{ has_more: true }, 'meta.after_cursor: expected a string that is not empty, got nothing'],
    [{ has_more: true, after_cursor: '' }, 'meta.after_cursor: expected a string that is not empty, got ""'],
    [{ has_more: 'yes' }, 'meta.has_more: expected true or false, got "yes"'],
  ])('not with meta %j', (meta, message) => {
    expect(() => parseList(page(meta))).toThrow(message);
  });
});
