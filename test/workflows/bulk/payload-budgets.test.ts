/** All that a bulk run gives to Temporal has a budget, which holds with 30 batches at once and the largest values there can be. */
import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import fc from 'fast-check';
import { reportOf } from '../../../src/activities/bulk/batch-rows';
import type { BatchConclusion, BulkRow } from '../../../src/common/bulk';
import { checkRunZendeskBulk, type BulkSettings } from '../../../src/common/bulk-input';
import { BYTE_BUDGETS, cutToBytes, jsonBytes } from '../../../src/common/byte-budgets';
import type { BulkEndedDetails } from '../../../src/common/error-details';
import { MAX_JOB_IDS } from '../../../src/common/inputs';
import type { StartCandidate } from '../../../src/common/starting';
import { bulkFailure, bulkTimedOut } from '../../../src/workflows/bulk/bulk-failures';
import { bulkProgress } from '../../../src/workflows/bulk/bulk-progress';
import {
  boundConclusion,
  bulkRun,
  hasRoomFor,
  newState,
  stateForNextRun,
  type BulkState,
  type RunningTry,
  type WaitingTry,
} from '../../../src/workflows/bulk/bulk-state';
import { CursorHistory } from '../../../src/workflows/bulk/cursor-history';
import { failingHalf } from '../../../src/workflows/bulk/poisoned-starts';
import { addReport, addUncertain, FailureShares, resultOf } from '../../../src/workflows/bulk/tally';
import { WorkflowStarts } from '../../../src/workflows/workflow-starts';
import { detailProblemsOf, problemsOf } from '../../support/json-schemas';

const NOW = 1_700_000_000_000;
const LARGEST = Number.MAX_SAFE_INTEGER;
/** Batches that can be read and not begun: 14 that wait when the source is read on, and a plan. */
const PLANNED = 74;
/** Batches between their start and their report: 30 jobs, and as many starts that wait for one of them to finish. */
const UNDER_WAY = 60;
const SCRIPTS = ['x', '日', '😀', '\u0001'];

const bytesOf = (character: string) => jsonBytes(character) - 2;
/** As long as its budget lets a text be. */
const text = (character: string, bytes: number) => character.repeat(Math.floor(bytes / bytesOf(character)));
const jobId = (number: number) => `V3-${String(number).padStart(125, '0')}`;
const everyOther = Array.from({ length: 50 }, (_, i) => 2 * i + 1);
const all = Array.from({ length: 100 }, (_, i) => i);
const source = { name: 'rows', args: { table: 'x'.repeat(60_000) } };
const settings: BulkSettings = checkRunZendeskBulk({ operation: 'users/create_or_update_many', source });

function waitingTry(number: number, character: string, positions: number[]): WaitingTry {
  const cursor = text(character, BYTE_BUDGETS.cursor - 2);
  const page = { cursor, part: { from: 0, to: 100 }, digest: 'x'.repeat(12) };
  const firstIndex = LARGEST - 100 * (UNDER_WAY + PLANNED - number);
  return {
    batch: { number: LARGEST - number, firstIndex, count: 100, page, repeatSafe: false },
    attempt: 10,
    positions,
    notBefore: NOW,
    refusals: 1_000,
    failing: failingHalf({ since: NOW, firstSentAt: NOW, reviewedAt: NOW, reviews: 1_000, suspicions: 2 }),
    refusedTogether: true,
  };
}

function candidate(number: number, character: string): StartCandidate {
  const long = text(character, BYTE_BUDGETS.candidateText);
  return { jobId: jobId(number), jobType: long, status: long, total: LARGEST, progress: LARGEST, message: long };
}

function uncertain(character: string): BatchConclusion {
  const candidates = Array.from({ length: 20 }, (_, i) => candidate(i, character));
  return { kind: 'uncertain', reason: text(character, 10_000), candidates, jobId: jobId(0) };
}

/** `size`: 1 for the longest rows, 0 for the shortest. */
function failedRows(firstIndex: number, character: string, size: number): BulkRow[] {
  return all.map((position) => ({
    index: firstIndex + position,
    result: 'failed',
    id: LARGEST,
    externalId: text(character, size * 1_000),
    error: text(character, size * 200),
    details: text(character, size * 10_000),
    item: { name: text(character, size * 1_900) },
  }));
}

/** 30 batches fail as a whole at the same time, and 30 are uncertain, again and again. */
function fillTally({ tally }: BulkState, character: string): void {
  for (const size of [1, 1, 0.2, 0.05, 0.01, 0]) {
    const shares = new FailureShares(tally);
    const together = Array.from({ length: 30 }, () => ({}));
    const budgets = together.map((owner) => shares.reserve(owner, 30));
    together.forEach((owner, i) => {
      const firstIndex = LARGEST - 100 * (i + 1);
      addReport(
        tally,
        reportOf({ rows: failedRows(firstIndex, character, size), retryPositions: [] }, firstIndex, budgets[i]!),
      );
      shares.release(owner);
      const candidates = Array.from({ length: 20 }, (_, j) => candidate(j, character));
      addUncertain(tally, waitingTry(i, character, everyOther), text(character, 10_000), candidates);
    });
  }
}

/** Everything in it is as long and as often as the run lets it be. */
function largestState(character: string): BulkState {
  const state = newState('r'.repeat(36), NOW, 1_000);
  fillTally(state, character);
  const starts = new WorkflowStarts();
  for (let i = 0; i < 2_000; i++) starts.add(jobId(i), NOW);
  const cursors = new CursorHistory();
  cursors.add(Array.from({ length: 3_000 }, (_, i) => String(i).padStart(9, '0')));
  const running = Array.from({ length: UNDER_WAY }, (_, i): RunningTry => {
    const { batch, attempt, positions } = waitingTry(i, character, everyOther);
    const conclusion = boundConclusion(uncertain(character));
    return { batch, attempt, positions, jobId: jobId(i), startedAt: NOW, conclusion };
  });
  return {
    ...state,
    resetRuns: Array.from({ length: 10 }, () => 'r'.repeat(36)),
    total: LARGEST,
    plan: { cursor: text(character, BYTE_BUDGETS.cursor - 2), number: LARGEST, firstIndex: LARGEST, ended: false },
    cursors: cursors.toState(),
    waiting: Array.from({ length: PLANNED }, (_, i) => waitingTry(UNDER_WAY + i, character, everyOther)),
    running,
    notBefore: NOW,
    window: { size: 29.123456789012345, jobDuration: 12_345.678901234567 },
    recentJobs: starts.recentJobs(NOW),
    refused: { records: LARGEST, batches: LARGEST, dividing: LARGEST },
    uncertainBatches: 99,
    reportedAt: NOW,
  };
}

describe.each(SCRIPTS)('with texts of %j', (character) => {
  const state = largestState(character);

  test('what the next run gets stays within its budget, and only failed records are left out of it', () => {
    const { tally, ...kept } = stateForNextRun(state);
    expect(jsonBytes({ ...kept, tally })).toBeLessThanOrEqual(BYTE_BUDGETS.bulkState);
    const { tally: before, ...expected } = state;
    expect(kept).toEqual(expected);
    expect(tally).toEqual({
      ...before,
      failures: tally.failures,
      failuresOmitted: before.failed - tally.failures.length,
    });
    expect(before.failures.slice(0, tally.failures.length)).toEqual(tally.failures);
  });

  test('the same holds where failing starts were divided as far as their parts fit', () => {
    const waiting = [...state.waiting];
    const part = (): WaitingTry => waitingTry(UNDER_WAY, character, [waiting.length]);
    while (hasRoomFor([...waiting, ...state.running], [part()])) waiting.push(part());
    expect(waiting.length).toBeGreaterThan(PLANNED);
    expect(jsonBytes(stateForNextRun({ ...state, waiting }))).toBeLessThanOrEqual(BYTE_BUDGETS.bulkState);
  });

  test('the result stays within its budget', () => {
    const result = resultOf(state.tally);
    expect(problemsOf('RunZendeskBulkResult', result)).toEqual([]);
    expect(jsonBytes(result)).toBeLessThanOrEqual(BYTE_BUDGETS.bulkResult);
    expect(jsonBytes(result)).toBeGreaterThan(0.8 * BYTE_BUDGETS.bulkResult);
  });

  test('the answer to the query stays within its budget', () => {
    const progress = bulkProgress(settings, state, 'running', text(character, 100_000));
    expect(problemsOf('ZendeskBulkProgress', progress)).toEqual([]);
    expect(jsonBytes(progress)).toBeLessThanOrEqual(BYTE_BUDGETS.bulkProgress);
    expect(progress.remaining.ranges).toHaveLength(50 * PLANNED);
    expect(progress.jobIds).toHaveLength(UNDER_WAY);
  });

  test('the failure of a run that ended early stays within its budget, whatever its cause has', () => {
    const end = { jobIds: state.running.map((running) => running.jobId!), sinkProblem: text(character, 100_000) };
    const facts = { account: 'default', source: 'rows', foo: text(character, 1_500_000) };
    const cause = ApplicationFailure.nonRetryable(text(character, 1_000_000), 'ZendeskSourceFailed', facts);
    const error = new ActivityFailure('failed', 'planZendeskBatches', '1', 'NON_RETRYABLE_FAILURE', undefined, cause);
    const waiting = [...state.waiting, ...state.running.map((running) => ({ ...running, conclusion: undefined }))];
    const failure = bulkFailure(error, bulkRun(settings, state), { ...state, waiting }, end) as ApplicationFailure;

    const [details] = failure.details as [BulkEndedDetails];
    expect(detailProblemsOf('ZendeskSourceFailed', details)).toEqual([]);
    expect(jsonBytes(details)).toBeLessThanOrEqual(BYTE_BUDGETS.bulkEnded);
    expect(details).toMatchObject({ account: 'default', source: 'rows', jobIds: end.jobIds });
    expect(details.remaining.ranges).toHaveLength(50 * (PLANNED + UNDER_WAY));
    expect(jsonBytes(failure.message)).toBeLessThanOrEqual(BYTE_BUDGETS.failureMessage + 2);
    const { message, details: causes, stack } = failure.cause as ApplicationFailure;
    expect(jsonBytes([message, causes, stack])).toBeLessThanOrEqual(BYTE_BUDGETS.failureCause);
  });
});

test('the input and what is carried besides it fit into one payload of Temporal', () => {
  expect(BYTE_BUDGETS.bulkInput + BYTE_BUDGETS.bulkState).toBeLessThan(2_000_000);
});

test('a start that fails for its records is divided only as far as its parts can be carried to the next run', () => {
  const positions = fc.integer({ min: 0, max: 99 }).map((from) => all.slice(from));
  const waiting = fc.array(fc.tuple(positions, fc.constantFrom(...SCRIPTS)), { minLength: 30, maxLength: PLANNED });
  fc.assert(
    fc.property(waiting, fc.infiniteStream(fc.nat()), (given, choices) => {
      let tries = given.map(([chosen, character], i) => waitingTry(i, character, chosen));
      for (let turn = 0; turn < 200; turn++) {
        const at = choices.next().value! % tries.length;
        const divided = tries[at]!;
        const others = tries.filter((_, i) => i !== at);
        const middle = Math.floor(divided.positions!.length / 2);
        const halves = [divided.positions!.slice(0, middle), divided.positions!.slice(middle)];
        const parts = halves.filter((half) => half.length > 0).map((half) => ({ ...divided, positions: half }));
        if (parts.length === 2 && hasRoomFor(others, parts)) tries = [...others, ...parts];
      }
      expect(jsonBytes(tries)).toBeLessThanOrEqual(BYTE_BUDGETS.bulkTries);
    }),
    { numRuns: 5 },
  );
});

test('30 batches with typical cursors can be divided down to their records at the same time', () => {
  let tries = Array.from({ length: 30 }, (_, i): WaitingTry => {
    const batch = {
      number: i + 1,
      firstIndex: 100 * i,
      count: 100,
      page: { cursor: 1_000_000 + i, digest: 'x'.repeat(12) },
    };
    return { batch: { ...batch, repeatSafe: true }, attempt: 1, positions: all };
  });
  for (let size = 100; size > 12; size = Math.ceil(size / 2)) {
    for (const divided of tries) {
      const others = tries.filter((other) => other !== divided);
      const middle = Math.floor(divided.positions!.length / 2);
      const parts = [divided.positions!.slice(0, middle), divided.positions!.slice(middle)];
      const halves = parts.map((positions) => ({ ...divided, positions, failing: waitingTry(0, 'x', []).failing }));
      expect(hasRoomFor(others, halves)).toBe(true);
      tries = [...others, ...halves];
    }
  }
  expect(tries.length).toBeGreaterThan(200);
});

describe('a conclusion about records', () => {
  test('is kept as it is where it is short', () => {
    const conclusion = { kind: 'uncertain' as const, reason: 'why', candidates: [candidate(1, 'x')] };
    expect(boundConclusion(conclusion)).toEqual(conclusion);
    expect(boundConclusion({ kind: 'unsendable' })).toEqual({ kind: 'unsendable' });
  });

  test('has at most five candidates and a short reason', () => {
    const { reason, candidates } = boundConclusion(uncertain('日')) as BatchConclusion & { kind: 'uncertain' };
    expect(reason).toBe(cutToBytes('日'.repeat(10_000), BYTE_BUDGETS.message));
    expect(candidates.map((each) => each.jobId)).toEqual([0, 1, 2, 3, 4].map(jobId));
  });

  test('has a short message of Zendesk where Zendesk refused the records', () => {
    const failure = { type: 'ZendeskRequestRejected', message: '日'.repeat(100_000) };
    expect(jsonBytes(boundConclusion({ kind: 'refused', failure }))).toBeLessThan(2_000);
  });
});

describe('the failure of a run that ended early', () => {
  const end = { jobIds: [], sinkProblem: undefined };
  const run = bulkRun(settings, newState('run', NOW, 1_000));
  const failureOf = (cause: ApplicationFailure) => {
    const error = new ActivityFailure('failed', 'planZendeskBatches', '1', 'NON_RETRYABLE_FAILURE', undefined, cause);
    return bulkFailure(error, run, newState('run', NOW, 1_000), end) as ApplicationFailure;
  };

  test('has what is known of its reason, and nothing that the types do not name', () => {
    const known = { code: 'ERR_ZENDESK_REJECTED', status: 403, requestId: 'r-1', method: 'PUT', path: '/api/v2/users' };
    const cause = ApplicationFailure.nonRetryable('403', 'ZendeskRequestRejected', { ...known, polls: 3, sent: true });
    const failure = failureOf(cause);
    expect(failure.details![0]).toMatchObject(known);
    expect(detailProblemsOf('ZendeskRequestRejected', failure.details![0])).toEqual([]);
    expect(failure.cause).toBe(cause);
  });

  test('of a type of the user has the details of the user in its cause', () => {
    const cause = ApplicationFailure.nonRetryable('no such table', 'TableMissing', { table: 'users' });
    const failure = failureOf(cause);
    expect(failure.type).toBe('TableMissing');
    expect(failure.details![0]).not.toHaveProperty('table');
    expect((failure.cause as ApplicationFailure).details).toEqual([{ table: 'users' }]);
  });

  test('leaves out what does not fit', () => {
    const problems = Array.from({ length: MAX_JOB_IDS }, (_, i) => ({
      field: `items[${i}]`,
      problem: '日'.repeat(300),
    }));
    const failure = failureOf(ApplicationFailure.nonRetryable('wrong', 'ZendeskInputInvalid', { problems }));
    expect(jsonBytes(failure.details)).toBeLessThan(2 * BYTE_BUDGETS.failureFacts);
    expect((failure.details as [BulkEndedDetails])[0].remaining).toEqual({ ranges: [], fromIndex: 0 });
  });

  test('has a short message where the run was waiting for a start whose message is long', () => {
    const { message } = bulkTimedOut('users/create_many', newState('run', NOW, 1_000), '日'.repeat(100_000));
    expect(jsonBytes(message)).toBeLessThan(BYTE_BUDGETS.failureMessage);
  });
});
