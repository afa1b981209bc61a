import { afterLook, checkpointDue, groupCheckpointDue, type GroupRound } from '../../src/activities/checkpoint';
import type { Look } from '../../src/activities/pacing';
import { NOT_SEEN, type JobSeen } from '../../src/common/polling';

const look = (status: string, progress: number | null = null, total: number | null = 100): Look => ({
  status,
  progress,
  total,
});
const working = (progress: number | null, total: number | null = 100) => look('working', progress, total);
const seenAt = (at: number, seen: Look): JobSeen => ({ ...afterLook(NOT_SEEN, seen, at), message: null });

describe('what is known of a job after a look', () => {
  const before: JobSeen = {
    status: 'working',
    progress: 30,
    total: 100,
    message: null,
    workingSince: 10,
    changedAt: 20,
  };

  test.each<[string, JobSeen, Look, Partial<JobSeen>]>([
    ['queued: no work yet', NOT_SEEN, look('queued'), { progress: null, workingSince: null, changedAt: 99 }],
    ['working for the first time', NOT_SEEN, working(0), { workingSince: 99, progress: 0, changedAt: 99 }],
    ['done at the first look', NOT_SEEN, look('completed', 100), { workingSince: 99, progress: 100 }],
    ['the same again', before, working(30), { workingSince: 10, changedAt: 20 }],
    ['more progress', before, working(31), { progress: 31, workingSince: 10, changedAt: 99 }],
    ['less progress: the furthest is kept', before, working(3), { progress: 30, changedAt: 20 }],
    ['back to queued', before, look('queued'), { status: 'queued', progress: 30, workingSince: 10, changedAt: 99 }],
    ['a progress that is gone', before, working(null), { progress: 30, changedAt: 20 }],
    ['a total that is gone', before, working(30, null), { total: 100 }],
  ])('%s', (_name, state, now, expected) => {
    expect(afterLook(state, now, 99)).toMatchObject(expected);
  });
});

describe('a checkpoint of one job', () => {
  const queued = seenAt(1, look('queued'));
  const at = (progress: number) => seenAt(1, working(progress));

  test.each<[string, JobSeen, Look, boolean]>([
    ['never seen, queued', NOT_SEEN, look('queued'), false],
    ['never seen, working', NOT_SEEN, working(null), true],
    ['queued, still queued', queued, look('queued'), false],
    ['queued, now working', queued, working(0), true],
    ['queued, now an unknown status', queued, look('paused'), true],
    ['24 %', at(0), working(24), false],
    ['25 %', at(0), working(25), true],
    ['25 to 49 %', at(25), working(49), false],
    ['24 to 80 %', at(24), working(80), true],
    ['75 to 100 %, still working', at(75), working(100), false],
    ['80 down to 10 %', at(80), working(10), false],
    ['paused at the same progress', at(30), look('paused', 30), false],
    ['no total', seenAt(1, working(5, null)), working(500, null), false],
    ['a total of 0', seenAt(1, working(0, 0)), working(5, 0), false],
    ['more than the total', seenAt(1, working(0, 4)), working(5, 4), true],
  ])('%s: %p', (_name, before, now, expected) => {
    expect(checkpointDue(before, now)).toBe(expected);
  });
});

describe('a checkpoint of many jobs', () => {
  const queued = { before: seenAt(0, look('queued')), now: look('queued'), ended: false };
  const busy = { before: seenAt(0, working(10)), now: working(11), ended: false };
  const done = { before: seenAt(0, working(10)), now: look('completed', 100), ended: true };
  const lost = { before: seenAt(0, working(10)), now: null, ended: true };
  const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one);
  const round = (jobs: GroupRound['jobs'], more: Partial<GroupRound> = {}): GroupRound => ({
    jobs,
    endedBefore: 0,
    waitStartedAt: 0,
    roundStartedAt: 0,
    now: 10_000,
    ...more,
  });

  test.each<[string, GroupRound, boolean]>([
    ['all queued', round(times(100, queued)), false],
    ['the first one works', round([...times(99, queued), { ...queued, now: working(0) }]), true],
    ['a second one works', round([...times(98, queued), busy, { ...queued, now: working(0) }]), false],
    [
      'the first one works, others ended before',
      round([{ ...queued, now: working(0) }, queued], { endedBefore: 9 }),
      false,
    ],
    ['9 of 100 ended', round([...times(91, busy), ...times(9, done)]), false],
    ['10 of 100 ended', round([...times(90, busy), ...times(10, done)]), true],
    ['9 ended, one is lost', round([...times(90, busy), ...times(9, done), lost]), true],
    ['1 of 2 ended', round([busy, done]), true],
    [
      'the tenth counts all jobs, not those that are left',
      round([...times(9, busy), done], { endedBefore: 90 }),
      false,
    ],
    ['1 of 100 ended, after half a minute', round([...times(99, busy), done], { now: 30_000 }), false],
    ['1 of 100 ended, after a minute', round([...times(99, busy), done], { now: 60_000 }), true],
    [
      '1 of 100 ended, the round not yet as long as the wait was',
      round([...times(99, busy), done], { roundStartedAt: 600_000, now: 1_199_999 }),
      false,
    ],
    [
      '1 of 100 ended, the round as long as the wait was',
      round([...times(99, busy), done], { roundStartedAt: 600_000, now: 1_200_000 }),
      true,
    ],
    [
      'the same, of a wait that began long after 1970',
      round([...times(99, busy), done], { waitStartedAt: 1e12, roundStartedAt: 1e12 + 600_000, now: 1e12 + 1_200_000 }),
      true,
    ],
    ['none ended in a long round', round(times(100, busy), { now: 3_600_000 }), false],
    ['mean progress passes a quarter', round(times(50, { ...busy, now: working(25) })), true],
    [
      'some pass a quarter, the mean does not',
      round([...times(40, busy), ...times(10, { ...busy, now: working(30) })]),
      false,
    ],
    ['a job that is not visible keeps its progress', round(times(50, { ...busy, now: null })), false],
    [
      'jobs without a total',
      round(times(50, { ...busy, before: seenAt(0, working(1, null)), now: working(9, null) })),
      false,
    ],
  ])('%s: %p', (_name, given, expected) => {
    expect(groupCheckpointDue(given)).toBe(expected);
  });
});
