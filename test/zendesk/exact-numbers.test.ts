import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { ndjsonSource } from '../../src/activities/bulk/ndjson-source';
import { recordsIn } from '../../src/cli/records-file';
import { checkRunZendeskBulk } from '../../src/common/bulk-input';
import { numberProblems } from '../../src/common/exact-numbers';
import { checkRunZendeskJob } from '../../src/workflows/run-input';
import { readInputJson, readJson } from '../../src/zendesk/json';
import { startRequest } from '../../src/zendesk/start-request';
import { failureOf, temporaryFolder } from '../activities/bulk/support/records';

const folder = temporaryFolder();
const QUOTES = 'a number with more digits than JavaScript can hold: write it in quotes';
const caseFile = (name: string) => readFileSync(join(__dirname, '../cases', name), 'utf8');

describe('a number in an input', () => {
  test.each([
    ['an external id beyond 2^53', '{"external_id": 9007199254740993}', 'external_id'],
    ['one that JavaScript happens to hold', '{"external_id": 9007199254740992}', 'external_id'],
    ['an id', '{"id": 18014398509481985, "priority": "high"}', 'id'],
    ['a negative one', '{"id":-9007199254740993}', 'id'],
    ['one that is infinite', '{"user_fields": {"limit": 1e999}}', 'user_fields.limit'],
    ['one that is too small', '{"a": 1e-400}', 'a'],
    ['a decimal of too many digits', '{"a": 0.12345678901234567890}', 'a'],
    ['a whole number with an exponent', '{"a": 1.5E+300}', 'a'],
    [
      'one deep inside',
      '{"custom_fields": [{"id": 1, "value": [[9007199254740993]]}]}',
      'custom_fields[0].value[0][0]',
    ],
    ['one beside a text of digits', '{"a": "1, 9007199254740993", "b": 9007199254740993}', 'b'],
    ['one under the name of a prototype', '{"__proto__": 9007199254740993}', '__proto__'],
    ['the first of several', '[1, 1e999, 9007199254740993]', '[1]'],
  ])('%s is refused with its path', (_, text, path) => {
    expect(() => readInputJson(text)).toThrow(`${path}: ${QUOTES}`);
  });

  test('is refused without a path where it is the whole input', () => {
    expect(() => readInputJson('9007199254740993')).toThrow(new RegExp(`^${QUOTES}`));
  });

  test.each([
    '{"id":9007199254740991,"a":-9007199254740991,"b":0.1,"c":1.5e3,"d":1E2,"e":-0,"f":0.30000000000000004,"g":100.50}',
    '{"a":"9007199254740993","b":"x, 9007199254740993e1","c":": 1e999","d":"\\" 1e999"}',
    '{"a":1e2,"a":3e4}',
    '{"date":"2024-02-08 09:10:11 +0000","uuid":"V3-0123e456789012345678"}',
  ])('that is held exactly is read as always: %s', (text) => {
    expect(readInputJson(text)).toEqual(JSON.parse(text));
    expect(readJson(text)).toEqual(JSON.parse(text));
  });

  test('of any size is read exactly or refused', () => {
    const digits = fc.oneof(
      fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }).map(String),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
      fc.tuple(fc.maxSafeNat(), fc.integer({ min: -400, max: 400 })).map(([whole, exponent]) => `${whole}e${exponent}`),
      fc.tuple(fc.maxSafeNat(), fc.maxSafeNat()).map(([whole, part]) => `${whole}.${part}`),
    );
    fc.assert(
      fc.property(digits, (text) => {
        let value: number;
        try {
          value = (readInputJson(`{"a":[${text}]}`) as { a: [number] }).a[0];
        } catch (error) {
          expect(String(error)).toContain(`a[0]: ${QUOTES}`);
          return;
        }
        expect(Number.isInteger(value) && !Number.isSafeInteger(value)).toBe(false);
        expect(normal(String(value))).toBe(normal(text));
      }),
      { numRuns: 2_000 },
    );
  });

  test('in a text that is nested too deep to be written again is refused, too', () => {
    expect(() => readInputJson(`${'['.repeat(100_000)}1e999${']'.repeat(100_000)}`)).toThrow(
      'nested more than 50 deep',
    );
  });
});

describe('a number in a response', () => {
  test('beyond 2^53 - 1 is the text of its digits, at any depth', () => {
    const text = '{"job_status":{"total":1e999,"results":[{"id":18014398509481985,"a":[-9007199254740993]}]},"b":12}';
    expect(readJson(text)).toEqual({
      job_status: { total: '1e999', results: [{ id: '18014398509481985', a: ['-9007199254740993'] }] },
      b: 12,
    });
  });

  test('keeps its digits end to end', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (id) => {
        expect(String((readJson(`{"results":[{"id":${id}}]}`) as { results: [{ id: unknown }] }).results[0].id)).toBe(
          String(id),
        );
      }),
    );
  });
});

describe('files with numbers that JavaScript cannot hold', () => {
  test.each([
    [
      'big-external-ids.ndjson',
      [`line 1: external_id: ${QUOTES}`, `line 2: external_id: ${QUOTES}`, `line 3: user_fields.limit: ${QUOTES}`],
    ],
    ['big-integers.ndjson', [`line 1: id: ${QUOTES}`, `line 2: custom_fields[0].value: ${QUOTES}`]],
  ])('%s is refused before the first request, with line, path and advice', async (name, problems) => {
    const path = await folder.write(name, `${caseFile(name)}{"id":1}\n`);
    await expect(ndjsonSource.check!({ path })).rejects.toThrow(problems.join('; '));
    expect(await ndjsonSource.check!({ path, skipBadLines: true })).toEqual({ total: 1 });
  });

  test('a token that is a number is not quoted', async () => {
    const path = await folder.write('token', '12345678901234567890\n');
    const error = await failureOf(Promise.resolve(ndjsonSource.check!({ path })));
    expect(error.message).toContain(`line 1: ${QUOTES}`);
    expect(error.message).not.toContain('1234567');
  });

  test('the file of `run` is refused with line, path and advice', () => {
    const text = '{"items": [\n  {"id": 1, "note": "18014398509481985"},\n  {"id": 18014398509481985}\n]}';
    expect(() => recordsIn(text, 'records.json')).toThrow(
      `records.json cannot be used: line 3, column 10: items[1].id: ${QUOTES}`,
    );
    expect(() => recordsIn('[{"a": 1e999}]', 'stdin')).toThrow(
      `stdin cannot be used: line 1, column 8: [0].a: ${QUOTES}`,
    );
  });
});

describe('numbers that are JavaScript’s already', () => {
  const operation = 'tickets/update_many';
  const items = [
    { id: 1, priority: 'low' },
    { id: 2, custom_fields: [{ id: 3, value: 2 ** 53 }] },
  ];
  const problem = 'items[1].custom_fields[0].value: 9007199254740992 is beyond 2^53 - 1';

  test('are refused by the start, the helper and the bulk run, with their path', () => {
    expect(() => startRequest({ operation, items } as never)).toThrow(problem);
    expect(() => checkRunZendeskJob({ operation, items } as never)).toThrow(problem);
    expect(() => checkRunZendeskBulk({ operation, items })).toThrow(problem);
  });

  test.each([Infinity, -Infinity, NaN])('%s, which JSON makes null, is refused where it is still there', (value) => {
    const input = { operation, items: [{ id: 1, a: { b: value } }] };
    const message = `items[0].a.b: ${value} is not a number that JSON can hold`;
    expect(() => checkRunZendeskJob(input as never)).toThrow(message);
    expect(() => checkRunZendeskBulk(input)).toThrow(message);
  });

  test('are refused in ids, external ids, parameters and bodies', () => {
    expect(numberProblems({ ids: [2 ** 60], externalIds: [1, 2 ** 53], body: { a: -(2 ** 54) }, params: {} })).toEqual([
      expect.objectContaining({ field: 'ids[0]' }),
      expect.objectContaining({ field: 'externalIds[1]' }),
      expect.objectContaining({ field: 'body.a' }),
    ]);
  });

  test('of a value that holds itself are found once', () => {
    const value: Record<string, unknown> = { a: 2 ** 53 };
    value['self'] = value;
    expect(numberProblems({ value })).toHaveLength(1);
  });
});

/** Sign, significant digits and exponent: the same for all ways to write a number. */
function normal(text: string): string {
  const [, sign, whole, part = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text)!;
  const digits = `${whole}${part}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(exponent) - part.length + digits.length - significant.length}`;
}
