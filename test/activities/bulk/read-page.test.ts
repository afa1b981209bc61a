import { ApplicationFailure } from '@temporalio/common';
import { SourceError } from '../../../src/activities/bulk/errors';
import { readPage } from '../../../src/activities/bulk/read-page';
import type { ReadPage, SourcePage } from '../../../src/activities/bulk/pluggable';
import { toFailure } from '../../../src/activities/failures';
import type { SourceCursor } from '../../../src/common/bulk';
import { failureOf } from './support/records';

const read = (own: ReadPage, cursor: SourceCursor | null = null, args?: unknown) =>
  readPage({ name: 'own', args }, cursor, { sources: { own } });

describe('a page', () => {
  test.each<[string, SourcePage, object]>([
    ['with more to come', { items: [1], next: 'b' }, { items: [1], next: 'b' }],
    ['without records', { items: [], next: 0 }, { items: [], next: 0 }],
    ['at the end', { items: [1] }, { items: [1], next: null }],
    ['that says so', { items: [1], next: null }, { items: [1], next: null }],
    ['with the longest cursor', { items: [1], next: 'x'.repeat(998) }, { items: [1], next: 'x'.repeat(998) }],
    [
      'with the longest cursor of three bytes',
      { items: [], next: '語'.repeat(332) },
      { items: [], next: '語'.repeat(332) },
    ],
    ['of 100 records', { items: Array(100).fill(1) }, { items: Array(100).fill(1), next: null }],
  ])('%s', async (_, page, read_) => {
    expect(await read(() => page)).toEqual(read_);
    expect(await read(async () => page)).toEqual(read_);
  });

  test('is asked for with the arguments and the cursor', async () => {
    const asked: unknown[] = [];
    await read((...given) => (asked.push(...given), { items: [] }), 5, { table: 'users' });
    expect(asked).toEqual([{ table: 'users' }, 5]);
  });
});

describe('a source that breaks its contract', () => {
  const goesBack = (next: SourceCursor) => () => ({ items: [1], next });
  test.each<[string, unknown, SourceCursor | null, string]>([
    ['nothing', undefined, null, 'at its beginning returned no { items: [...] }'],
    ['a list', [1], null, 'at its beginning returned no { items: [...] }'],
    ['no list of items', { items: 'abc' }, 3, 'at cursor 3 returned no { items: [...] }'],
    ['101 records', { items: Array(101).fill(1) }, 'x', 'at cursor "x" returned 101 records, at most 100 are allowed'],
    ['an object as cursor', { items: [], next: {} }, null, 'next cursor that is neither'],
    ['a number that is not finite', { items: [], next: NaN }, null, 'next cursor that is neither'],
    ['an endless number', { items: [], next: Infinity }, null, 'next cursor that is neither'],
    ['a cursor of 1,001 bytes', { items: [], next: 'x'.repeat(999) }, null, 'at most 1000 bytes of JSON'],
    ['a cursor of 334 characters of three bytes', { items: [], next: '語'.repeat(334) }, null, 'at most 1000 bytes'],
    ['a cursor of 500 quotes', { items: [], next: '"'.repeat(500) }, null, 'at most 1000 bytes'],
    ['the same cursor', goesBack('b')(), 'b', 'at cursor "b" goes back: the next cursor is "b"'],
    ['a number that does not grow', goesBack(7)(), 7, 'at cursor 7 goes back: the next cursor is 7'],
    ['a smaller number', goesBack(3)(), 7, 'at cursor 7 goes back: the next cursor is 3'],
  ])('%s: for good', async (_, page, cursor, words) => {
    const error = (await failureOf(read(() => page as SourcePage, cursor))) as unknown;
    expect(error).toBeInstanceOf(SourceError);
    expect(error).toMatchObject({ permanent: true, source: 'own' });
    expect((error as Error).message).toMatch(/^source own: /);
    expect((error as Error).message).toContain(words);
    expect(toFailure(error, 'acme')).toMatchObject({
      type: 'ZendeskSourceFailed',
      nonRetryable: true,
      details: [{ account: 'acme', source: 'own' }],
    });
  });
});

describe('a source that throws', () => {
  const throwing = (error: unknown) => () => {
    throw error;
  };

  test('is asked again: the failure says which, where and why, and not its arguments', async () => {
    const secret = { password: 'hunter2' };
    const error = await failureOf(read(throwing(new Error('connection lost')), 40, secret));
    const failure = toFailure(error, 'acme') as ApplicationFailure;
    expect(failure).toMatchObject({
      type: 'ZendeskSourceFailed',
      nonRetryable: false,
      message: 'source own: at cursor 40 threw connection lost',
    });
    expect(JSON.stringify(failure)).not.toContain('hunter2');
  });

  test('what is no error, and at length', async () => {
    expect((await failureOf(read(throwing('gone')))).message).toBe('source own: at its beginning threw gone');
    const { message } = await failureOf(read(throwing(new Error('x'.repeat(10_000)))));
    expect(message.length).toBeLessThan(600);
    expect(message).toMatch(/x…$/);
  });

  test('a failure of its own says by itself whether to try again', async () => {
    const own = ApplicationFailure.nonRetryable('the view is gone', 'ViewMissing');
    const error = await failureOf(read(throwing(own)));
    expect(error).toBe(own);
    expect(toFailure(error, 'acme')).toBe(own);
  });
});
