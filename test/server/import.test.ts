import { mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ndjsonSource } from '../../src/activities/bulk/ndjson-source';
import type { SourceObject } from '../../src/activities/bulk/pluggable';
import { FakeZendesk } from '../../src/testing';
import { runCli, startCli, type CliRun } from '../cli/support';
import { address } from '../support/server';
import { eventually } from '../support/eventually';
import { jobsOf, sends, tickets as ticketsOf } from '../support/bulk-suite';
import { SECRET_TOKEN, startSuite, type Suite } from '../support/suite';

let zendesk: FakeZendesk;
/** Its jobs take an hour. */
let slow: FakeZendesk;
let suite: Suite;
let env: Record<string, string>;
let folder: string;

beforeAll(async () => {
  zendesk = await FakeZendesk.start({
    auth: { oauthTokens: [SECRET_TOKEN] },
    jobDefaults: { queuedFor: 0, duration: 300 },
    onRecord: ({ name }) => (String(name).includes('bad') ? { details: 'Email: is invalid' } : undefined),
  });
  slow = await FakeZendesk.start({ jobDefaults: { queuedFor: 0, duration: 3_600_000 } });
  const account = { baseUrl: zendesk.origin, oauthToken: SECRET_TOKEN };
  suite = await startSuite({ accounts: { default: account, acme: account, slow: { baseUrl: slow.origin } } });
  env = {
    TEMPORAL_ADDRESS: address(),
    TEMPORAL_TASK_QUEUE: suite.taskQueue,
    ZENDESK_BASE_URL: zendesk.origin,
    ZENDESK_OAUTH_TOKEN: SECRET_TOKEN,
  };
});

afterAll(async () => {
  await suite.stop();
  await Promise.all([zendesk.stop(), slow.stop()]);
});

beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), 'import-'))));
afterEach(async () => {
  zendesk.clearFaults();
  await rm(folder, { recursive: true });
});

const users = 'users/create_or_update_many';
const tickets = 'tickets/create_many';
const user = (i: number, name = `User ${i}`) => ({ name, external_id: `crm-${i}` });
const usersTo = (count: number, badOnes: number[] = []) =>
  Array.from({ length: count }, (_, i) => user(i, badOnes.includes(i) ? `bad ${i}` : `User ${i}`));

async function fileOf(records: unknown[], name = 'users.ndjson'): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return file;
}

async function recordsOf(file: string): Promise<unknown[]> {
  const text = await readFile(file, 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown);
}

const importIt = (...args: string[]) => runCli(['import', ...args, '--json'], env);

const startsFor = async <T>(use: () => Promise<T>): Promise<[made: number, result: T]> => {
  const before = zendesk.starts.length;
  const result = await use();
  return [zendesk.starts.length - before, result];
};

/** Records of a name that reached Zendesk, in its order. */
const recordsSent = (name: string) => jobsOf(zendesk, name).flatMap(({ records }) => records);

function documentOf({ stdout }: CliRun): Details {
  const document = JSON.parse(stdout) as Details & { error?: Details & { details: Details } };
  return document.error ? { ...document.error.details, ...document.error } : document;
}

interface Details {
  /** Of a failure. */
  type?: string;
  message?: string;
  workflowId: string;
  files: { rows?: string; failed?: string; unsent?: string; uncertain?: string };
  jobIds?: string[];
  result?: { succeeded: number; failed: number; total: number; jobs: number };
  remaining?: object;
}

/** Everything in the folder with its content and time of change. */
async function snapshot(): Promise<string[]> {
  const names = (await readdir(folder)).sort();
  return await Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name);
      return `${name} ${(await stat(file)).mtimeMs} ${await readFile(file, 'utf8')}`;
    }),
  );
}

describe('an import that ends', () => {
  test('prints what became of its records, and leaves the failed ones in a file that can be imported again', async () => {
    const file = await fileOf(usersTo(230, [3]));
    const [made, { code, stdout, stderr }] = await startsFor(() => runCli(['import', users, file], env));
    expect({ made, code }).toEqual({ made: 3, code: 0 });
    expect(stdout).toContain('230 records in 3 jobs: 229 succeeded, 1 failed, 0 uncertain; 0 sent again');
    expect(stdout).toMatch(/ 3 +crm-3 .*Email: is invalid/);
    const [, failed] = /^Failed records: 1 in (\S+); correct them/m.exec(stderr)!;
    expect(path.basename(failed!)).toMatch(/^users\.users-create_or_update_many\.[0-9a-f]{12}\.failed\.ndjson$/);
    expect(await recordsOf(failed!)).toEqual([user(3, 'bad 3')]);
    const [, rows] = /^Why they failed, or are uncertain: (\S+)$/m.exec(stderr)!;
    expect(await readFile(rows!, 'utf8')).toContain('Email: is invalid');

    await writeFile(failed!, `${JSON.stringify(user(3))}\n`);
    const again = await importIt(users, failed!);
    expect(again.code).toBe(0);
    expect(documentOf(again)).toMatchObject({ total: 1, succeeded: 1 });
  });

  test('without a failed record leaves no file of records', async () => {
    const file = await fileOf(usersTo(3));
    const run = await importIt(users, file);
    expect(run.code).toBe(0);
    expect(documentOf(run)).toMatchObject({ total: 3, succeeded: 3, files: {} });
    expect((await readdir(folder)).filter((name) => /failed|unsent|uncertain/.test(name))).toEqual([]);
  });

  test('keeps records with line separators and emoji as they are', async () => {
    const odd = { name: 'bad\u2028line\u2029 \u0085 家族 👩‍👩‍👧', external_id: 'odd-1' };
    const file = await fileOf([odd, user(1)]);
    const { files } = documentOf(await importIt(users, file));
    expect(await recordsOf(files.failed!)).toEqual([odd]);
  });

  test('refuses bad lines with their numbers before anything is started, or leaves them out', async () => {
    const file = path.join(folder, 'users.ndjson');
    await writeFile(file, `${JSON.stringify(user(1))}\n{"name"\n${JSON.stringify(user(2))}`);
    const [made, { code, stderr }] = await startsFor(() => runCli(['import', users, file], env));
    expect({ made, code }).toEqual({ made: 0, code: 2 });
    expect(stderr).toMatch(/has 1 bad line: line 2: not JSON at column 8.*leave them out with --skip-bad-lines/);
    expect(documentOf(await importIt(users, file, '--skip-bad-lines'))).toMatchObject({ total: 2, succeeded: 2 });
  });

  test('shows how far it is, and goes on when the command is interrupted', async () => {
    const file = await fileOf(ticketsOf(400, 'interrupted'));
    zendesk.injectFault({ kind: 'slow', delay: 6_000, match: sends('interrupted 200') });
    const cli = startCli(['import', tickets, file, '--max-jobs', '2'], env);
    await eventually('progress', () => /running, \d+ of 400 records, \d jobs?/.test(cli.stderr()));
    cli.signal('SIGINT');
    const { code, stderr } = await cli.ended;
    expect(code).toBe(130);
    const [, workflowId] = /Running in workflow (\S+)/.exec(stderr)!;
    const { stdout } = await runCli(['watch', workflowId!, '--json'], env);
    expect(JSON.parse(stdout)).toMatchObject({ total: 400, succeeded: 400, jobs: 4 });
  });

  test('sends only the last record of each key, if asked to', async () => {
    const file = await fileOf([user(1, 'Old'), user(2), user(1, 'New')]);
    const run = await importIt(users, file, '--duplicate-keys', 'last');
    expect(documentOf(run)).toMatchObject({ total: 2, succeeded: 2, superseded: 1 });
    expect(zendesk.starts.at(-1)!.records).toEqual([user(2), user(1, 'New')]);
    const refused = await runCli(['import', users, file, '--duplicate-keys', 'fail', '--new'], env);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('index 0 and index 2 (line 3)');
  });
});

describe('failed records', () => {
  test('are imported again, as they were corrected, by the command that the import names', async () => {
    const file = await fileOf(usersTo(5, [1, 3]));
    const first = await runCli(['import', users, file, '--item-attempts', '2'], env);
    const [, command] = /correct them, then send them with: temporal-zendesk-jobs (.*)$/m.exec(first.stderr)!;
    expect(command).toMatch(/^import --retry-failed zendesk-import\//);
    const [, failed] = /^Failed records: 2 in (\S+);/m.exec(first.stderr)!;
    await writeFile(failed!, `${JSON.stringify(user(1))}\n${JSON.stringify(user(3, 'bad again'))}\n`);

    const [made, again] = await startsFor(() => runCli([...command!.split(' '), '--json'], env));
    expect({ made, code: again.code }).toEqual({ made: 1, code: 0 });
    expect(again.stderr).toContain(`Failed records: ${failed} (as it was changed since it was written)`);
    const second = documentOf(again);
    expect(second).toMatchObject({ total: 2, succeeded: 1, failed: 1 });
    expect(await recordsOf(second.files.failed!)).toEqual([user(3, 'bad again')]);
    const handle = suite.client.workflow.getHandle(second.workflowId);
    const { events } = await handle.fetchHistory();
    const payload = events![0]!.workflowExecutionStartedEventAttributes!.input!.payloads![0]!;
    expect(JSON.parse(Buffer.from(payload.data!).toString())).toMatchObject({ itemAttempts: 2 });

    const [none, attached] = await startsFor(() => runCli([...command!.split(' '), '--json'], env));
    expect({ none, code: attached.code }).toEqual({ none: 0, code: 0 });
    const [anew] = await startsFor(() => runCli([...command!.split(' '), '--json', '--new'], env));
    expect(anew).toBe(1);
  });

  test('are not there where none failed', async () => {
    const { workflowId } = documentOf(await importIt(users, await fileOf(usersTo(2))));
    const { code, stderr } = await runCli(['import', '--retry-failed', workflowId], env);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: no record of \S+ has failed: nothing is left to send again\n$/);
  });

  test('take no operation and no file', async () => {
    const { code, stderr } = await runCli(['import', users, 'x.ndjson', '--retry-failed', 'x'], env);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--retry-failed takes a workflow id'),
    });
    expect(await runCli(['import', '--continue', 'x', '--retry-failed', 'x'], env)).toMatchObject({ code: 2 });
  });
});

test('a file that only the machine of the command has is reported as not on the worker', async () => {
  const file = await fileOf(usersTo(2));
  /** The built-in source of a machine whose files are elsewhere. */
  const elsewhere = (args: unknown) => ({ ...(args as object), path: `/elsewhere${(args as { path: string }).path}` });
  const ndjson: SourceObject = {
    read: (args, cursor) => ndjsonSource.read(elsewhere(args), cursor),
    check: (args) => ndjsonSource.check!(elsewhere(args)),
  };
  const worker = await startSuite({
    accounts: { default: { baseUrl: zendesk.origin, oauthToken: SECRET_TOKEN } },
    activities: { sources: { ndjson } },
  });
  try {
    const [made, run] = await startsFor(() => runCli(['import', users, file, '--task-queue', worker.taskQueue], env));
    expect({ made, code: run.code }).toEqual({ made: 0, code: 2 });
    expect(run.stderr).toContain(
      `error: ${file} is not on the worker, only on this machine. The worker reads the file itself`,
    );
  } finally {
    await worker.stop();
  }
});

describe('exit codes', () => {
  test('are 0 for some failed records, and 7 with --fail-on-item-errors', async () => {
    const file = await fileOf(usersTo(5, [1]));
    expect((await importIt(users, file)).code).toBe(0);
    const strict = await importIt(users, file, '--fail-on-item-errors');
    expect(strict.code).toBe(7);
    expect(documentOf(strict)).toMatchObject({ type: 'ZendeskItemsFailed', result: { succeeded: 4, failed: 1 } });
  });

  test('are 4 when no record succeeded', async () => {
    const file = await fileOf(usersTo(2, [0, 1]));
    const { code, stdout, stderr } = await runCli(['import', users, file], env);
    expect(code).toBe(4);
    expect(stdout).toContain('0 succeeded, 2 failed');
    expect(stderr).toMatch(/^error: no record succeeded: all 2 failed$/m);
    expect(stderr).toMatch(/^Failed records: 2 in /m);
  });

  test('are 10 when it is unknown what became of records, which are left in a file of their own', async () => {
    const file = await fileOf(ticketsOf(150, 'uncertain'));
    zendesk.injectFault({ kind: 'status', status: 500, takesEffect: true, match: sends('uncertain 0') });
    const [made, run] = await startsFor(() => importIt(tickets, file));
    expect({ made, code: run.code }).toEqual({ made: 2, code: 10 });
    const { type, files, result } = documentOf(run);
    expect({ type, result }).toMatchObject({ type: 'RecordsUncertain', result: { total: 150, failed: 0 } });
    expect(await recordsOf(files.uncertain!)).toEqual(ticketsOf(150, 'uncertain').slice(0, 100));
    expect(result).toMatchObject({ succeeded: 50 });
    expect(files.failed).toBeUndefined();
  });
});

describe('files of records', () => {
  test('are different for each operation and account, so that none replaces those of another', async () => {
    const file = await fileOf(usersTo(2, [1]));
    const runs = [
      await importIt(users, file),
      await importIt('users/create_many', file),
      await importIt(users, file, '--account', 'acme'),
      await importIt(users, file, '--new'),
    ];
    const written = runs.map((run) => documentOf(run).files);
    expect(new Set(written.map(({ failed }) => failed)).size).toBe(4);
    expect(new Set(written.map(({ rows }) => rows)).size).toBe(4);
    for (const { failed } of written) expect(await recordsOf(failed!)).toEqual([user(1, 'bad 1')]);
  });

  test('of an ended import are not written again, whether or not they were edited', async () => {
    const file = await fileOf(usersTo(3, [0, 1]));
    const { files } = documentOf(await importIt(users, file));
    await writeFile(files.failed!, `${JSON.stringify(user(0, 'Corrected'))}\n`);
    const before = await snapshot();
    const [made, again] = await startsFor(() => runCli(['import', users, file], env));
    expect({ made, code: again.code }).toEqual({ made: 0, code: 0 });
    expect(again.stderr).toMatch(/It has ended before \(completed, .*\): nothing is started/);
    expect(again.stderr).toContain('the file was changed since it was written, and stays as it is');
    expect(await snapshot()).toEqual(before);
  });

  test('are never the file that is read, even if a link of their name leads to it', async () => {
    const file = await fileOf(usersTo(2, [1]));
    const { files } = documentOf(await importIt(users, file));
    const records = await readFile(file, 'utf8');
    for (const kind of ['failed', 'rows'] as const) {
      await rm(files[kind]!);
      await symlink(file, files[kind]!);
    }
    await importIt(users, file);
    expect(await readFile(file, 'utf8')).toBe(records);
  });

  test('of a failed record that was corrected do not make the names longer and longer', async () => {
    let file = await fileOf(usersTo(2, [1]));
    const names: number[] = [];
    for (let round = 0; round < 4; round++) {
      const { files } = documentOf(await importIt(users, file));
      await writeFile(files.failed!, `${JSON.stringify(user(0))}\n${JSON.stringify(user(1, `bad ${round}`))}\n`);
      file = files.failed!;
      names.push(path.basename(file).length);
    }
    expect(new Set(names).size).toBe(1);
  });
});

describe('the same import', () => {
  test('is one of a file whose content is the same, though it was touched', async () => {
    const file = await fileOf(usersTo(2));
    const first = documentOf(await importIt(users, file));
    await utimes(file, new Date(), new Date(Date.now() + 60_000));
    const [made, again] = await startsFor(() => importIt(users, file));
    expect(made).toBe(0);
    expect(documentOf(again).workflowId).toBe(first.workflowId);
    await writeFile(file, `${JSON.stringify(user(7))}\n`);
    expect(documentOf(await importIt(users, file)).workflowId).not.toBe(first.workflowId);
  });

  test('is refused when the worker has another file at that path', async () => {
    const file = await fileOf(usersTo(2));
    const input = {
      operation: users,
      source: { name: 'ndjson', args: { path: file, version: '12-0123456789abcdef' } },
    };
    const [made, failure] = await startsFor(() =>
      suite.client.workflow
        .execute('runZendeskBulk', { args: [input], taskQueue: suite.taskQueue, workflowId: `other-${folder}` })
        .catch((error: { cause: Error }) => error.cause),
    );
    expect(made).toBe(0);
    expect(failure).toMatchObject({ type: 'ZendeskSourceFailed', message: expect.stringContaining('another content') });
  });

  test('is not started when Temporal has forgotten the run, but its rows are there', async () => {
    const file = await fileOf(usersTo(2, [1]));
    const { workflowId } = documentOf(await importIt(users, file));
    const { workflowService, options } = suite.client;
    await workflowService.deleteWorkflowExecution({
      namespace: options.namespace,
      workflowExecution: { workflowId },
    });
    await eventually('the deletion', () =>
      suite.client.workflow
        .getHandle(workflowId)
        .describe()
        .then(
          () => false,
          () => true,
        ),
    );
    const [made, { code, stderr }] = await startsFor(() => runCli(['import', users, file], env));
    expect({ made, code }).toEqual({ made: 0, code: 2 });
    expect(stderr).toMatch(/^error: this file was imported before, .*Import it again with --new$/m);
  });
});

describe('an import that ends early', () => {
  test('says what it did, which jobs ran, and leaves the records that it did not send; --continue sends them', async () => {
    const records = ticketsOf(730, 'refused');
    const file = await fileOf(records);
    zendesk.injectFault({ kind: 'status', status: 403, match: sends('refused 300') });
    const { code, stdout, stderr } = await runCli(['import', tickets, file, '--max-jobs', '1'], env);
    expect(code).toBe(8);
    expect(stdout).toContain('300 records in 3 jobs: 300 succeeded, 0 failed, 0 uncertain');
    const [, command] = /^error: .*403.*Go on where it stopped with: temporal-zendesk-jobs (.*)$/m.exec(stderr)!;
    const [, unsent] = /^Records that were not sent: 430 in (\S+); send them with: /m.exec(stderr)!;
    expect(await recordsOf(unsent!)).toEqual(records.slice(300));

    const again = await runCli(['import', tickets, file], env);
    expect(again.code).toBe(8);
    expect(again.stderr).toMatch(/This is the result of the earlier run. --new sends all records of the file again/);

    const continued = await runCli([...command!.split(' '), '--json'], env);
    expect(continued.code).toBe(0);
    expect(documentOf(continued)).toMatchObject({ total: 430, succeeded: 430 });
    expect(recordsSent('refused')).toEqual(records);

    const [made, twice] = await startsFor(() => runCli([...command!.split(' '), '--json'], env));
    expect({ made, code: twice.code }).toEqual({ made: 0, code: 0 });
    const [alsoMade] = await startsFor(() => importIt(tickets, unsent!));
    expect(alsoMade).toBe(0);
  });

  test('leaves uncertain records apart, which --continue does not send', async () => {
    const file = await fileOf(ticketsOf(500, 'apart'));
    zendesk.injectFault({ kind: 'status', status: 500, takesEffect: true, match: sends('apart 0') });
    zendesk.injectFault({ kind: 'status', status: 403, match: sends('apart 200') });
    const run = await importIt(tickets, file, '--max-jobs', '1');
    const { workflowId, files } = documentOf(run);
    expect(run.code).toBe(8);
    expect(await recordsOf(files.uncertain!)).toHaveLength(100);
    const continued = await importIt('--continue', workflowId);
    expect(continued.code).toBe(0);
    const sent = recordsSent('apart');
    expect(sent).toHaveLength(500);
    expect(new Set(sent.map((record) => JSON.stringify(record))).size).toBe(500);
  });

  test('by cancellation or by its timeout leaves the same files', async () => {
    const records = ticketsOf(600, 'cancelled');
    const args = [tickets, await fileOf(records), '--max-jobs', '1', '--account', 'slow'];
    const first = startCli(['import', ...args, '--json'], env);
    const [, workflowId] = await eventually('its id', () => /Running in workflow (\S+)/.exec(first.stderr()));
    await eventually('a job', () => jobsOf(slow, 'cancelled').length > 0);
    await suite.client.workflow.getHandle(workflowId!).cancel();
    const run = await first.ended;
    expect(run.code).toBe(1);
    const end = documentOf(run);
    expect(end).toMatchObject({ type: 'WorkflowCancelled', jobIds: [expect.any(String)] });
    expect(end.message).toContain(`Go on where it stopped with: temporal-zendesk-jobs import --continue ${workflowId}`);
    expect(await recordsOf(end.files.uncertain!)).toEqual(records.slice(0, 100));
    expect(await recordsOf(end.files.unsent!)).toEqual(records.slice(100));

    const timedOut = await importIt(...args, '--new', '--timeout', '4s');
    expect(timedOut.code).toBe(6);
    const { files } = documentOf(timedOut);
    expect(await recordsOf(files.uncertain!)).toHaveLength(100);
    expect(await recordsOf(files.unsent!)).toHaveLength(500);
  });

  test('before its first record names --new, and leaves no file', async () => {
    const file = await fileOf(usersTo(2));
    const run = await importIt(users, file, '--account', 'nowhere');
    expect(run.code).toBe(8);
    expect(documentOf(run).message).toMatch(
      /No record was sent. Run the command again with --new once this is corrected/,
    );
    expect(await readdir(folder)).toEqual(['users.ndjson']);
  });
});

describe('--continue refuses', () => {
  async function endedEarly(): Promise<{ file: string; end: Details }> {
    const file = await fileOf(ticketsOf(300, 'ended'));
    zendesk.injectFault({ kind: 'status', status: 403, match: sends('ended 100') });
    const end = documentOf(await importIt(tickets, file, '--max-jobs', '1'));
    return { file, end };
  }
  const refusal = async (...args: string[]) => {
    const [made, { code, stderr }] = await startsFor(() => runCli(['import', '--continue', ...args], env));
    expect({ made, code }).toEqual({ made: 0, code: 2 });
    return stderr;
  };

  test('an import that has sent all records', async () => {
    const { workflowId } = documentOf(await importIt(users, await fileOf(usersTo(2))));
    expect(await refusal(workflowId)).toMatch(/^error: .*has sent all its records/m);
  });

  test('a file that was changed, whose positions say nothing any more', async () => {
    const { file, end } = await endedEarly();
    await writeFile(file, 'changed\n');
    expect(await refusal(end.workflowId)).toMatch(/^error: .*has changed since it was imported/m);
  });

  test('a file of unsent records that was edited, which can be imported by itself', async () => {
    const { end } = await endedEarly();
    await writeFile(end.files.unsent!, `${JSON.stringify({ subject: 'Edited' })}\n`);
    expect(await refusal(end.workflowId)).toMatch(/^error: .*Import it as a file of its own/m);
  });

  test('a workflow that is no import, and an id that there is not', async () => {
    const jobId = zendesk.addJob({ total: 1, duration: 0 });
    await runCli(['await', jobId], env);
    expect(await refusal(`zendesk-job/default/${jobId}`)).toMatch(/type awaitZendeskJob, not an import/);
    expect(await refusal('no-such')).toMatch(/"no-such"/);
  });

  test('an operation or a file beside it', async () => {
    expect(await refusal('some-id', users, 'users.ndjson')).toMatch(/takes a workflow id/);
  });
});
