import { NOT_SEEN, type PollRound } from '../../../src/common/polling';

/** A round of jobs that were never seen, as a wait with all defaults has it that begins at `startedAt`. */
export function newRound(jobIds: string[], startedAt: number, fields: Partial<PollRound> = {}): PollRound {
  return {
    account: 'default',
    jobs: jobIds.map((jobId) => ({ jobId, seen: NOT_SEEN })),
    ended: 0,
    results: 'all',
    minInterval: 1000,
    maxInterval: 60_000,
    startedAt,
    checkedAt: null,
    deadline: startedAt + 3_600_000,
    notBefore: 0,
    rowBudget: 1_000_000,
    ...fields,
  };
}
