/** Starts whose response is lost, while other starts of the same run, or of another run of the account, are under way. */
import type { RunZendeskBulkInput, RunZendeskBulkResult } from '../../src/common/bulk-types';
import { FakeZendesk, type FaultOptions } from '../../src/testing';
import { jobsOf, resultOf, sends, tickets, timesSent } from '../support/bulk-suite';
import { failureOf, startSuite, type Suite } from '../support/suite';

const operation = 'tickets/create_many';

/** The response to the start with this record is lost; with `takesEffect` Zendesk received it. */
const lost = (record: string, takesEffect: boolean): FaultOptions => ({
  kind: 'reset',
  takesEffect,
  match: sends(record),
});
/** The response to the start with this record comes late. */
const late = (record: string, delay: number): FaultOptions => ({ kind: 'slow', delay, match: sends(record) });

interface Scenario {
  faults: FaultOptions[];
  /** Input of each run, by the name of its records. */
  runs: Record<string, Omit<RunZendeskBulkInput, 'operation'>>;
}

const adopting = (name: string, count: number, more: Partial<RunZendeskBulkInput> = {}): Scenario['runs'] => ({
  [name]: { items: tickets(count, name), onUncertainStart: 'adopt', ...more },
});

/** Each waits a minute for jobs that never come: they run side by side, each with an account and a fake Zendesk of its own. */
const scenarios = {
  sibling: { faults: [lost('a 0', false), late('a 100', 1_500)], runs: adopting('a', 200) },
  pairs: { faults: [lost('a 100', false), late('a 0', 1_500)], runs: adopting('a', 600, { maxJobs: 2 }) },
  own: { faults: [lost('a 0', true), late('a 100', 1_500)], runs: adopting('a', 200) },
  twins: { faults: [lost('a 0', true), lost('a 100', true)], runs: adopting('a', 250) },
  either: { faults: [lost('a 0', true), lost('a 100', false)], runs: adopting('a', 200) },
  later: { faults: [lost('a 0', false), lost('a 300', true)], runs: adopting('a', 400, { maxJobs: 1 }) },
  otherRun: { faults: [lost('a 0', false), late('b 0', 8_000)], runs: { ...adopting('a', 64), ...adopting('b', 64) } },
  otherUncertain: {
    faults: [lost('a 0', true), lost('b 0', true)],
    runs: { ...adopting('a', 77), ...adopting('b', 77) },
  },
  namedFail: {
    faults: [lost('a 100', true), late('a 300', 2_500)],
    runs: { a: { items: tickets(1_000, 'a'), maxJobs: 4 } },
  },
  namedAdopt: { faults: [lost('a 100', true), late('a 300', 2_500)], runs: adopting('a', 1_000, { maxJobs: 4 }) },
} satisfies Record<string, Scenario>;
type Name = keyof typeof scenarios;

let suite: Suite;
const fakes = new Map<string, FakeZendesk>();
const results = new Map<string, Promise<RunZendeskBulkResult>>();

beforeAll(async () => {
  for (const name of [...Object.keys(scenarios), 'single']) {
    fakes.set(name, await FakeZendesk.start({ jobDefaults: { queuedFor: 0, duration: 300 } }));
  }
  const accounts = Object.fromEntries([...fakes].map(([name, { origin }]) => [name, { baseUrl: origin }]));
  suite = await startSuite({ accounts });
  for (const [name, { faults, runs }] of Object.entries<Scenario>(scenarios)) {
    for (const fault of faults) fakes.get(name)!.injectFault(fault);
    for (const [records, input] of Object.entries(runs)) {
      const run = suite.start('runZendeskBulk', [{ operation, account: name, ...input }]);
      results.set(`${name} ${records}`, run.then(resultOf));
    }
  }
});

afterAll(async () => {
  await suite.stop();
  for (const fake of fakes.values()) await fake.stop();
});

const result = (name: Name, records = 'a') => results.get(`${name} ${records}`)!;
const created = (name: Name, records = 'a') =>
  jobsOf(fakes.get(name)!, records).reduce((sum, job) => sum + job.records.length, 0);

describe('with adopt, an uncertain start', () => {
  test('does not take the job of a sibling whose response is late: what is reported as done was done', async () => {
    const found = await result('sibling');
    expect(created('sibling')).toBe(100);
    expect(found).toMatchObject({ total: 200, succeeded: 100, failed: 0, uncertainRecords: 100, jobs: 1 });
    expect(found.uncertain).toMatchObject([{ batch: 1, count: 100, candidates: [] }]);
  });

  test('does not take the job of a sibling in a run of two jobs at a time', async () => {
    expect(await result('pairs')).toMatchObject({ total: 600, succeeded: 500, uncertainRecords: 100, jobs: 5 });
    expect(created('pairs')).toBe(500);
  });

  test('takes its own job, though a sibling was answered late', async () => {
    expect(await result('own')).toMatchObject({ total: 200, succeeded: 200, uncertain: [] });
    expect([...timesSent(fakes.get('own')!, 'a').values()]).toEqual(Array(200).fill(1));
  });

  test('takes none of two jobs that two uncertain starts of the same size may have made', async () => {
    const found = await result('twins');
    expect(found).toMatchObject({ total: 250, succeeded: 50, uncertainRecords: 200 });
    expect(found.uncertain.map(({ candidates }) => candidates.length)).toEqual([2, 2]);
  });

  test('does not take the one job that one of two uncertain starts made', async () => {
    expect(await result('either')).toMatchObject({ total: 200, succeeded: 0, uncertainRecords: 200, jobs: 0 });
  });

  test('does not take the job of another run of the same worker and account', async () => {
    expect(await result('otherRun', 'b')).toMatchObject({ succeeded: 64, uncertain: [] });
    expect(await result('otherRun', 'a')).toMatchObject({ succeeded: 0, uncertainRecords: 64 });
  });

  test('does not share a job with an uncertain start of another run', async () => {
    const runs = await Promise.all([result('otherUncertain', 'a'), result('otherUncertain', 'b')]);
    expect(runs.map(({ succeeded, uncertainRecords }) => [succeeded, uncertainRecords])).toEqual([
      [0, 77],
      [0, 77],
    ]);
  });

  test('is decided before another start of the run is sent, so that a later one is not held to be uncertain too', async () => {
    const found = await result('later');
    expect(found.uncertain.map(({ batch }) => batch)).toContain(1);
    expect(found.succeeded + found.uncertainRecords).toBe(400);
    const times = [...timesSent(fakes.get('later')!, 'a').values()];
    expect(Math.max(...times)).toBe(1);
  });
});

describe('the candidates of an uncertain start', () => {
  test.each(['namedFail', 'namedAdopt'] as const)('never name a job that the run itself started: %s', async (name) => {
    const found = await result(name);
    const others = jobsOf(fakes.get(name)!, 'a').filter(({ records }) => !JSON.stringify(records).includes('"a 100.'));
    const named = found.uncertain.flatMap(({ candidates }) => candidates.map(({ jobId }) => jobId));
    expect(named.filter((jobId) => others.some((other) => other.jobId === jobId))).toEqual([]);
    expect(found.succeeded + found.uncertainRecords).toBe(1_000);
  });
});

describe('a single start that is not safe to repeat', () => {
  const run = (name: string) =>
    suite.start('runZendeskJob', [
      { operation, account: 'single', items: tickets(31, name), onUncertainStart: 'adopt' },
    ]);

  test('opens a connection of its own, so that one which is just closing cannot make it uncertain', async () => {
    const zendesk = fakes.get('single')!;
    for (const name of ['fresh-a', 'fresh-b', 'fresh-c']) await (await run(name)).result();
    const starts = zendesk.requests.filter(({ method }) => method === 'POST');
    expect(starts.map(({ headers }) => headers.connection)).toEqual(['close', 'close', 'close']);
  });

  test('does not take the job of another run that is answered late', async () => {
    const zendesk = fakes.get('single')!;
    zendesk.injectFault(lost('alone-a 0', false));
    zendesk.injectFault(late('alone-b 0', 4_000));
    const [a, b] = await Promise.all([run('alone-a'), run('alone-b')]);
    expect(await b.result()).toMatchObject({ succeeded: 31 });
    expect(await failureOf(a)).toMatchObject({ type: 'ZendeskStartUncertain' });
  });
});
