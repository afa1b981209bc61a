import { ApplicationFailure } from '@temporalio/common';
import { jsonLine, lineOf, textLine } from '../../src/telemetry/log';

const entry = (meta?: Record<string, unknown>) =>
  JSON.parse(
    jsonLine({
      level: 'WARN',
      message: 'Zendesk asked for a pause',
      timestampNanos: 1_700_000_000_123_456_789n,
      meta,
    } as Parameters<typeof jsonLine>[0]),
  ) as Record<string, unknown>;

test('a line is one JSON object: when, how bad, what, and the attributes beside them', () => {
  expect(entry({ account: 'sandbox', pauseMs: 5_000 })).toEqual({
    time: '2023-11-14T22:13:20.123Z',
    level: 'WARN',
    message: 'Zendesk asked for a pause',
    account: 'sandbox',
    pauseMs: 5_000,
  });
});

test('an attribute does not take the place of the message', () => {
  expect(entry({ message: 'something else', level: 'x' })).toMatchObject({
    message: 'Zendesk asked for a pause',
    level: 'WARN',
  });
});

test('an error has its type and causes, and not its details, which can be a whole job’s rows', () => {
  const cause = new TypeError('inner');
  const error = ApplicationFailure.create({
    message: 'outer',
    type: 'ZendeskJobFailed',
    details: [{ rows: 1 }],
    cause,
  });
  const logged = entry({ error })['error'] as Record<string, unknown>;
  expect(logged).toMatchObject({
    type: 'ZendeskJobFailed',
    message: 'outer',
    cause: { name: 'TypeError', message: 'inner' },
  });
  expect(logged).not.toHaveProperty('details');
});

test('what JSON cannot hold is written as text', () => {
  const circle: Record<string, unknown> = { size: 5n };
  expect(entry(circle)).toMatchObject({ size: '5' });
  circle['self'] = circle;
  expect(entry(circle)['attributes']).toContain('Circular');
});

test('what the worker says beside its log is in the same form', () => {
  expect(lineOf('text', 'INFO', 'Worker ready')).toBe('Worker ready');
  expect(JSON.parse(lineOf('json', 'INFO', 'Worker ready'))).toMatchObject({ level: 'INFO', message: 'Worker ready' });
});

describe('a line of text', () => {
  const text = (message: string, meta?: Record<string, unknown>, level = 'WARN') =>
    textLine({ level, message, timestampNanos: 1_700_000_000_123_456_789n, meta } as Parameters<typeof textLine>[0]);

  test('has the time, the level, the message and the attributes', () => {
    expect(
      text('Zendesk asked for a pause', { account: 'sandbox', pauseMs: 5_000, note: 'two words', none: undefined }),
    ).toBe('2023-11-14T22:13:20.123Z WARN Zendesk asked for a pause account=sandbox pauseMs=5000 note="two words"');
  });

  test.each([
    ['a message of many lines', 'asset a.js\nmodules by path\r\n  b\tc', {}],
    ['an attribute of many lines', 'x', { status: 'a\nb', more: { deep: 'c\nd' } }],
    ['an error with a stack', 'x', { error: new Error('first\nsecond') }],
    ['a circle', 'x', { circle: circle() }],
  ])('is one line for %s', (_, message, meta) => {
    for (const level of ['INFO', 'ERROR']) expect(text(message, meta, level)).not.toMatch(/[\r\n]/);
  });

  test('has the type and the causes of an error, and its stack at level ERROR only', () => {
    const error = ApplicationFailure.create({
      message: 'outer',
      type: 'ZendeskJobFailed',
      cause: new TypeError('inner'),
    });
    expect(text('Activity failed', { error })).toContain('error="ZendeskJobFailed: outer; caused by TypeError: inner"');
    expect(text('Worker failed', { error }, 'ERROR')).toContain(' at ');
  });

  test('cuts an attribute that is very long', () => {
    expect(text('x', { body: 'y'.repeat(100_000) }).length).toBeLessThan(1_200);
  });

  function circle() {
    const found: Record<string, unknown> = {};
    found['self'] = found;
    return found;
  }
});
