import { ApplicationFailure } from '@temporalio/common';
import { checkRows, closeRows, openRows, writeRows } from '../../../src/activities/bulk/write-rows';
import type { SinkContext, ZendeskSink } from '../../../src/activities/bulk/pluggable';
import { toFailure } from '../../../src/activities/failures';
import type { BulkRow } from '../../../src/common/bulk';
import { failureOf, row, RUN } from './support/records';

const KEY = { runId: 'run-1', batch: 4, jobId: 'job-4' };
const run = { ...RUN, sink: { name: 'own', args: { password: 'hunter2' } } };
const throwing = (error: unknown) => () => {
  throw error;
};
const uses: [string, (own: () => never) => Promise<void>][] = [
  ['writing', (own) => writeRows({ sinks: { own } }, run, [row(0)], KEY)],
  ['checking', (own) => checkRows({ sinks: { own: { write: own, check: own } } }, run)],
  ['opening', (own) => openRows({ sinks: { own: { write: own, open: own } } }, run)],
  ['closing', (own) => closeRows({ sinks: { own: { write: own, close: own } } }, run)],
];

test('a sink gets the rows, their key and its arguments; it is checked, opened and closed', async () => {
  const calls: [string, ...unknown[]][] = [];
  class Table {
    readonly #calls = calls;
    check(args: unknown, context: object) {
      this.#calls.push(['check', args, context]);
    }
    open(context: object) {
      this.#calls.push(['open', context]);
    }
    write(rows: BulkRow[], context: SinkContext) {
      this.#calls.push(['write', rows, context]);
    }
    close(context: object) {
      this.#calls.push(['close', context]);
    }
  }
  const sinks: Record<string, ZendeskSink> = { own: new Table() };
  await checkRows({ sinks }, run);
  await openRows({ sinks }, run);
  await writeRows({ sinks }, run, [row(0)], KEY);
  await closeRows({ sinks }, run);
  expect(calls).toEqual([
    ['check', run.sink.args, { runId: 'run-1', source: { name: 'own' } }],
    ['open', { args: run.sink.args, runId: 'run-1' }],
    ['write', [row(0)], { ...KEY, args: run.sink.args }],
    ['close', { args: run.sink.args, runId: 'run-1' }],
  ]);
});

test('a run without a sink writes nothing, and a plain function gets the rows alone', async () => {
  let calls = 0;
  const own = () => void (calls += 1);
  await writeRows({ sinks: { own } }, RUN, [row(0)], KEY);
  await checkRows({ sinks: { own } }, run);
  await openRows({ sinks: { own } }, run);
  await closeRows({ sinks: { own } }, run);
  expect(calls).toBe(0);
});

test.each(uses)('%s: what a sink throws is tried again, without its arguments in the failure', async (_, use) => {
  const failure = toFailure(await failureOf(use(throwing(new Error('disk full')))), 'acme') as ApplicationFailure;
  expect(failure).toMatchObject({
    type: 'ZendeskSinkFailed',
    nonRetryable: false,
    message: 'sink own: disk full',
    details: [{ account: 'acme', sink: 'own' }],
  });
  expect(JSON.stringify(failure)).not.toContain('hunter2');
});

test.each(uses)('%s: a failure of the sink’s own goes on as it came', async (_, use) => {
  const own = ApplicationFailure.nonRetryable('the table is gone', 'TableMissing');
  expect(await failureOf(use(throwing(own)))).toBe(own);
});

test('a long message is cut', async () => {
  const { message } = await failureOf(writeRows({ sinks: { own: throwing('x'.repeat(9_000)) } }, run, [row(0)], KEY));
  expect(message.length).toBeLessThan(600);
});
