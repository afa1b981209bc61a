/**
 * Runs the bulk calls of other Zendesk clients against the fake, and compares what they see with what the fake did:
 * `npm run foreign-clients`. Ends with code 1 where they differ in a way that README.md does not name.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pythonWith } from '../../dev/python-environment';
import { outputOf } from '../../dev/run-command';
import { FakeZendesk } from '../../src/testing';
import type { Call } from './calls';
import { callNodeZendesk } from './node-zendesk';

const file = (name: string) => path.join(__dirname, name);

async function main(): Promise<void> {
  const python = await pythonWith(file('requirements.txt'), console.error);
  await report('node-zendesk', callNodeZendesk);
  await report('zenpy', (origin) => callPython(python, 'zenpy_calls.py', origin));
  if ((await outputOf(python, ['-c', 'import libzapi'])) !== undefined) {
    await report('libzapi', (origin) => callPython(python, 'libzapi_calls.py', origin));
  } else {
    console.log('libzapi was not run: it needs Python 3.12 or later. Put one first on PATH as python3.');
  }
}

async function report(client: string, run: (origin: string) => Promise<Call[]>): Promise<void> {
  const zendesk = await FakeZendesk.start({ jobDefaults: { queuedFor: 0, duration: 20 } });
  try {
    const known = await knownDifferences(client);
    const calls = await run(zendesk.origin);
    for (const call of calls) {
      const start = zendesk.starts.find(({ jobId }) => jobId === call.jobId);
      const difference = differenceOf(call, start?.records.length);
      const verdict = difference ? (known.delete(call.call) ? 'known' : 'NEW DIFFERENCE') : 'as it should be';
      const what = difference ?? call.refusal ?? (start ? `${start.operation}, ${start.records.length} records` : '');
      console.log([client, call.call, verdict, what].join(' | '));
      if (verdict === 'NEW DIFFERENCE') process.exitCode = 1;
    }
    for (const call of known) {
      console.log([client, call, 'NO DIFFERENCE ANY MORE', 'remove it from README.md'].join(' | '));
      process.exitCode = 1;
    }
  } finally {
    await zendesk.stop();
  }
}

/** `started`: the records of the job that the fake started. */
function differenceOf({ error, records, jobId, status, rows, read }: Call, started?: number): string | undefined {
  if (error !== undefined) return error;
  if (read === 0) return 'read no job status';
  if (jobId === undefined) return undefined;
  if (started !== records) return `meant ${records} records, the fake received ${started}`;
  if (status === undefined) return undefined;
  if (status !== 'completed') return `saw the status ${status}`;
  return rows === records ? undefined : `saw ${rows} rows of ${records}`;
}

async function callPython(python: string, script: string, origin: string): Promise<Call[]> {
  const output = await outputOf(python, [file(script), origin]);
  if (!output) throw new Error(`${script} printed nothing: run it by hand with ${python}`);
  return output.split('\n').map((line) => JSON.parse(line) as Call);
}

/** The calls in the table of README.md. */
async function knownDifferences(client: string): Promise<Set<string>> {
  const lines = (await readFile(file('README.md'), 'utf8')).split('\n');
  const rows = lines.map((line) => /^\| ([\w-]+) \| `(.+?)` \|/.exec(line)).filter((row) => row?.[1] === client);
  return new Set(rows.map((row) => row![2]!));
}

void main();
