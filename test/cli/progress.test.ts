import { Writable } from 'node:stream';
import { ApplicationFailure } from '@temporalio/common';
import type { PollSummary } from '../../src/activities/poll-report';
import { progressFrom } from '../../src/cli/progress';
import { bulkProgressOf } from '../../src/cli/bulk-view';
import { barLine, progressView } from '../../src/cli/progress-view';
import type { ZendeskBulkProgress } from '../../src/common/bulk-types';
import { eventually } from '../support/eventually';

const pending = (summary: Partial<PollSummary>) =>
  ApplicationFailure.create({
    type: 'ZendeskJobPending',
    message: 'pending',
    details: [{ status: 'working', progress: null, total: null, ended: 0, jobs: 1, ...summary }],
  });

describe('what the last polls said', () => {
  test.each([
    ['nothing is pending', [], undefined],
    ['nothing has been polled yet', [undefined], undefined],
    ['one group of two has not been polled yet', [pending({ jobs: 100 }), undefined], undefined],
    ['queued', [pending({ status: 'queued' })], { text: 'queued', progress: null, total: null }],
    ['half done', [pending({ progress: 50, total: 100 })], { text: 'working, 50 of 100', progress: 50, total: 100 }],
    ['no total', [pending({ progress: 5 })], { text: 'working, 5 of an unknown number', progress: 5, total: null }],
    [
      'two groups of jobs',
      [
        pending({ progress: 50, total: 1000, ended: 3, jobs: 100 }),
        pending({ status: 'queued', progress: 7, total: 500, jobs: 50 }),
      ],
      { text: 'working, 3 of 150 jobs ended', progress: 57, total: 1500 },
    ],
    [
      'trouble',
      [ApplicationFailure.create({ type: 'ZendeskUnavailable', message: '503 from Zendesk' })],
      { text: '503 from Zendesk; Temporal tries again', progress: null, total: null },
    ],
    [
      'a worker that died',
      [new Error('activity StartToClose timeout')],
      { text: 'activity StartToClose timeout; Temporal tries again', progress: null, total: null },
    ],
  ])('%s', (_, failures, expected) => {
    expect(progressFrom(failures)).toEqual(expected);
  });
});

class Terminal extends Writable {
  text = '';
  constructor(readonly isTTY: boolean) {
    super();
  }
  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

describe('a progress view', () => {
  const half = { text: 'working, 40 of 100', progress: 40, total: 100 };
  const trouble = { text: '503\nfrom Zendesk', progress: null, total: null };

  test('writes a line for each change where there is no terminal', () => {
    const file = new Terminal(false);
    const view = progressView({ json: false }, file);
    for (const progress of [half, half, trouble]) view.show(progress);
    view.show({ ...half, pace: '5/s', trouble: 'waiting' });
    view.note('no worker');
    view.end();
    expect(file.text).toBe('working, 40 of 100\n503 from Zendesk\nworking, 40 of 100, 5/s, waiting\nno worker\n');
  });

  test('draws a bar on a terminal, keeps it through trouble, and takes it away at the end', async () => {
    const terminal = new Terminal(true);
    const view = progressView({ json: false }, terminal);
    try {
      view.show(half);
      await eventually('the bar', () => terminal.text.includes(`${bar(40)} working, 40 of 100`));
      view.show(trouble);
      view.note('no worker');
      await eventually('the trouble', () => terminal.text.includes(`${bar(40)} 503 from Zendesk`));
      expect(terminal.text).toContain('no worker\n');
    } finally {
      view.end();
    }
    expect(terminal.text.slice(terminal.text.lastIndexOf('503 from Zendesk'))).toContain('\u001b[0J');
  });

  test('shows machines nothing but notes', () => {
    const terminal = new Terminal(true);
    const view = progressView({ json: true }, terminal);
    view.show(half);
    view.note('no worker');
    view.end();
    expect(terminal.text).toBe('no worker\n');
  });
});

describe('the line of a bulk run', () => {
  const progress = {
    status: 'running',
    progress: 12_345,
    total: 40_000,
    failed: 300,
    uncertain: 0,
    jobIds: Array.from({ length: 31 }, (_, i) => `job-${i}`),
    message: null,
    startedAt: '2026-01-01T00:00:00.000Z',
  } as unknown as ZendeskBulkProgress;
  const now = Date.parse(progress.startedAt) + 100_000;
  const line = (change: Partial<ZendeskBulkProgress>, columns = 80, failure?: string) => {
    const shown = bulkProgressOf({ ...progress, ...change }, { now, maxJobs: 30, failure });
    return barLine({ ...shown, share: 0.3, elapsed: 100_000 }, columns);
  };

  test('has rate and time left at 80 columns', () => {
    expect(line({})).toBe('running, 12345 of 40000 records, 30 jobs, 300 failed  123/s, 4 min to go  100s');
  });

  test.each([
    ['a failure that is tried again', {}, 'pollZendeskBatch: 503 from Zendesk, '.repeat(9)],
    ['what it waits for', { message: 'Zendesk asked for a pause, '.repeat(9) }, undefined],
    ['many counts', { uncertain: 123_456, failed: 1_234_567 }, undefined],
  ])('keeps rate and time left with %s', (_, change, failure) => {
    for (const columns of [80, 100, 200, 60]) {
      const shown = line(change, columns, failure);
      expect(shown.length).toBeLessThan(columns);
      expect(shown).toMatch(/ {2}123\/s, 4 min to go {2}100s$/);
    }
  });

  test('draws a bar where there is room', () => {
    expect(line({}, 130)).toMatch(/^={12}-{28} running, /);
    expect(line({}, 100)).toMatch(/^=+-+ running, /);
    expect(line({}, 85)).toMatch(/^running, /);
  });

  test('never counts more jobs than may run at once', () => {
    expect(bulkProgressOf(progress, { now, maxJobs: 10 }).text).toContain(', 10 jobs, ');
    expect(bulkProgressOf({ ...progress, jobIds: ['a'] }, { now, maxJobs: 10 }).text).toContain(', 1 job, ');
  });
});

function bar(percent: number): string {
  return '='.repeat(percent * 0.4) + '-'.repeat(40 - percent * 0.4);
}
