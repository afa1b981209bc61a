/** What a worker's memory grows by with the length of an import: 1,000, 10,000 and 100,000 records from a file into a file. */
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Client, Connection } from '@temporalio/client';
import { startTemporalServer } from '../dev/temporal-server';
import { FakeZendesk } from '../src/testing';
import { startWorker } from '../test/support/processes';
import { peakMemoryWhile } from './support/memory';
import { besides, printTable, rounded, type Row } from './support/table';
import { versions } from './support/versions';

const SIZES = [1_000, 10_000, 100_000];
const DURATION = 500;
/** Of the worker. Without a bound the collector takes its time, and the peak tells of that alone. */
const HEAP = '--max-old-space-size=96 --max-semi-space-size=8';

export async function bulkMemory(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bulk-memory-'));
  const server = await startTemporalServer();
  const zendesk = await FakeZendesk.start({ jobDefaults: { queuedFor: 0, duration: DURATION } });
  const connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection, namespace: server.namespace });
  try {
    const peaks: { records: number; mebibytes: number; seconds: number }[] = [];
    for (const records of SIZES) {
      const source = path.join(folder, 'users.ndjson');
      await pipeline(Readable.from(lines(records)), createWriteStream(source));
      const taskQueue = `bulk-memory-${records}`;
      const worker = await startWorker({
        TEMPORAL_ADDRESS: server.address,
        TEMPORAL_TASK_QUEUE: taskQueue,
        ZENDESK_BASE_URL: zendesk.origin,
        NODE_OPTIONS: HEAP,
      });
      const began = Date.now();
      const args = { path: path.join(folder, `rows-${records}.ndjson`) };
      const input = { operation: 'users/create_or_update_many', source: { name: 'ndjson', args: { path: source } } };
      const handle = await client.workflow.start('runZendeskBulk', {
        workflowId: randomUUID(),
        taskQueue,
        args: [{ ...input, sink: { name: 'ndjson', args } }],
      });
      const mebibytes = await peakMemoryWhile(worker.pid, handle.result());
      peaks.push({ records, mebibytes, seconds: (Date.now() - began) / 1000 });
      await worker.stop('SIGTERM');
    }
    const rows = peaks.map(({ records, mebibytes, seconds }): Row => {
      const peak = besides(rounded(mebibytes, 0), rounded(peaks[0]!.mebibytes, 0));
      return { records, seconds: rounded(seconds, 0), 'peak memory of the worker, MiB': peak };
    });
    const { serverVersion } = await connection.workflowService.getSystemInfo({});
    const title = `bulk-memory: resident memory of a new worker with ${HEAP}; in brackets: how many times that of the first row`;
    printTable(title, versions(`Temporal server ${serverVersion}`), rows);
  } finally {
    await connection.close();
    await zendesk.stop();
    await server.stop();
    await rm(folder, { recursive: true });
  }
}

function* lines(records: number): Generator<string> {
  for (let i = 0; i < records; i++) {
    yield `${JSON.stringify({ name: `User ${i}`, external_id: `crm-${i}`, notes: 'x'.repeat(200) })}\n`;
  }
}
