import { inflightJobsOf, rateLimitOf, retryAfterMs } from '../../src/zendesk/rate-limits';

const NOW = Date.parse('2026-11-01T12:00:00Z');

describe('Retry-After', () => {
  test.each([
    ['seconds', '30', 30_000],
    ['a fraction of a second', '0.5', 500],
    ['an HTTP date', 'Sun, 01 Nov 2026 12:00:45 GMT', 45_000],
    ['a year', '31536000', 3_600_000],
    ['a date in a year', 'Mon, 01 Nov 2027 12:00:00 GMT', 3_600_000],
    ['more digits than a number holds', '9'.repeat(400), 3_600_000],
    ['nothing', undefined, undefined],
    ['an empty value', '', undefined],
    ['zero', '0', undefined],
    ['a negative number', '-5', undefined],
    ['a word', 'abc', undefined],
    ['a number with a word', '5 s', undefined],
    ['1e9', '1e9', undefined],
    ['a date in the past', 'Sun, 01 Nov 2026 11:59:59 GMT', undefined],
    ['a date that is none', 'Sun, 99 Foo 2026 12:00:00 GMT', undefined],
  ])('%s', (_, value, expected) => {
    expect(retryAfterMs({ 'retry-after': value }, NOW)).toBe(expected);
  });

  const retryAt = 'Sun, 01 Nov 2026 12:00:45 GMT';
  test.each([
    ['of a server an hour ahead', 'Sun, 01 Nov 2026 12:00:15 GMT', NOW - 3_600_000, 30_000],
    ['of a server an hour behind', 'Sun, 01 Nov 2026 12:00:15 GMT', NOW + 3_600_000, 30_000],
    ['in the old form', 'Sunday, 01-Nov-26 12:00:15 GMT', NOW + 3_600_000, 30_000],
    ['after the date to retry at', 'Sun, 01 Nov 2026 12:01:00 GMT', NOW, undefined],
    ['that cannot be read', 'yesterday', NOW, 45_000],
    ['that is a number', '5', NOW, 45_000],
  ])('as a date is measured against the Date header %s', (_, date, now, expected) => {
    expect(retryAfterMs({ 'retry-after': retryAt, date }, now)).toBe(expected);
  });

  test('in seconds does not depend on the Date header', () => {
    expect(retryAfterMs({ 'retry-after': '30', date: 'Sun, 01 Nov 2000 12:00:00 GMT' }, NOW)).toBe(30_000);
  });
});

describe('requests that are left', () => {
  test.each([
    [
      'ratelimit-*',
      { 'ratelimit-limit': '700', 'ratelimit-remaining': '699', 'ratelimit-reset': '41' },
      { limit: 700, remaining: 699, resetsIn: 41_000 },
    ],
    [
      'rate-limit-*',
      { 'rate-limit': '700', 'rate-limit-remaining': '12', 'rate-limit-reset': '3' },
      { limit: 700, remaining: 12, resetsIn: 3_000 },
    ],
    [
      'x-rate-limit-*, without a reset',
      { 'x-rate-limit': '200', 'x-rate-limit-remaining': '0' },
      { limit: 200, remaining: 0 },
    ],
    [
      'headers that came twice',
      { 'ratelimit-limit': '700, 700', 'ratelimit-remaining': '5, 5' },
      { limit: 700, remaining: 5 },
    ],
    [
      'a set that makes no sense, and one that does',
      { 'ratelimit-limit': 'abc', 'ratelimit-remaining': '5', 'x-rate-limit': '200', 'x-rate-limit-remaining': '7' },
      { limit: 200, remaining: 7 },
    ],
    [
      'a reset in a year',
      { 'ratelimit-limit': '700', 'ratelimit-remaining': '5', 'ratelimit-reset': '31536000' },
      { limit: 700, remaining: 5 },
    ],
    ['more left than there are', { 'ratelimit-limit': '5', 'ratelimit-remaining': '6' }, undefined],
    ['a limit of zero', { 'ratelimit-limit': '0', 'ratelimit-remaining': '0' }, undefined],
    ['a negative number', { 'ratelimit-limit': '700', 'ratelimit-remaining': '-1' }, undefined],
    ['a limit alone', { 'ratelimit-limit': '700' }, undefined],
    ['no header', {}, undefined],
  ])('%s', (_, headers, expected) => {
    expect(rateLimitOf(headers)).toEqual(expected);
  });
});

describe('room for jobs', () => {
  test.each([
    ['total=30; remaining=29; resets=60', { limit: 30, remaining: 29, resetsIn: 60_000 }],
    ['remaining=0;total=30', { limit: 30, remaining: 0 }],
    ['total=30', undefined],
    ['subtotal=30; remaining=1', undefined],
    ['nonsense', undefined],
    [undefined, undefined],
  ])('%s', (value, expected) => {
    expect(inflightJobsOf({ 'zendesk-ratelimit-inflight-jobs': value })).toEqual(expected);
  });
});
