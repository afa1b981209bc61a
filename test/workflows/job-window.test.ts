import { JobWindow } from '../../src/workflows/bulk/job-window';

/** How many batches may be under way, with nothing to say against another one. */
function roomOf(window: JobWindow, now = 0, running: { startedAt: number }[] = []): number {
  let underWay = 0;
  while (window.hasRoom(underWay, running, now)) underWay += 1;
  return underWay;
}

test.each([1, 7, 30])('at first as many batches as jobs are asked for: %d', (maxJobs) => {
  expect(roomOf(new JobWindow(maxJobs))).toBe(maxJobs);
});

test('a refused start shrinks it to what runs, to one at least', () => {
  const window = new JobWindow(30);
  window.refused(12);
  expect(roomOf(window)).toBe(12);
  window.refused(20);
  expect(roomOf(window)).toBe(12);
  window.refused(0);
  expect(roomOf(window)).toBe(1);
});

test('it grows by one with each windowful of starts, and never beyond what is asked for', () => {
  const window = new JobWindow(14);
  window.refused(12);
  for (let i = 0; i < 11; i++) window.started();
  expect(roomOf(window)).toBe(12);
  for (let i = 0; i < 3; i++) window.started();
  expect(roomOf(window)).toBe(13);
  for (let i = 0; i < 100; i++) window.started();
  expect(roomOf(window)).toBe(14);
});

describe('where all slots are wanted, a start may begin before a job has ended', () => {
  /** A window that has seen a job take 60 s. */
  const experienced = (maxJobs = 30) => {
    const window = new JobWindow(maxJobs);
    window.ended({ startedAt: 0 }, undefined, 60_000);
    return window;
  };
  const running = [{ startedAt: 100_000 }, { startedAt: 103_000 }, { startedAt: 150_000 }];

  test('five seconds before it is expected to, until five seconds after', () => {
    const window = experienced();
    expect(roomOf(window, 154_000, running)).toBe(30);
    expect(roomOf(window, 155_000, running)).toBe(31);
    expect(roomOf(window, 158_000, running)).toBe(32);
    expect(roomOf(window, 167_000, running)).toBe(31);
    expect(roomOf(window, 168_000, running)).toBe(31);
    expect(roomOf(window, 168_001, running)).toBe(30);
    expect(roomOf(window, 169_000, running)).toBe(30);
  });

  test('for each of the 30 jobs that Zendesk runs at most, however short jobs are', () => {
    const short = new JobWindow(30);
    short.ended({ startedAt: 0 }, undefined, 2_000);
    expect(roomOf(short, 100_000, Array(500).fill({ startedAt: 99_000 }))).toBe(60);
  });

  test('which is known beforehand, for a timer', () => {
    const window = experienced();
    expect(window.nextRoom(running, 120_000)).toBe(35_000);
    expect(window.nextRoom(running, 155_000)).toBe(3_000);
    expect(window.nextRoom(running, 205_000)).toBeUndefined();
  });

  test('the last jobs tell how long one takes, the very last one most', () => {
    const window = experienced();
    window.ended({ startedAt: 60_000 }, undefined, 80_000);
    expect(window.nextRoom([{ startedAt: 0 }], 0)).toBe(45_000);
    window.ended({ startedAt: 80_000 }, undefined, 130_001);
    expect(window.nextRoom([{ startedAt: 0 }], 0)).toBe(45_001); // a quarter of a millisecond after 45 s
  });

  test.each([
    ['when Zendesk says that it ended, which is seen later', 60_000, 70_000, 60_000],
    ['when it was seen to end, where Zendesk does not say', undefined, 70_000, 70_000],
    ["no later than that, whatever Zendesk's clock says", 90_000, 70_000, 70_000],
    ['at once at the soonest', -5_000, 70_000, 0],
  ])('a job ended %s', (_, endedAt, seenAt, took) => {
    const window = new JobWindow(30);
    window.ended({ startedAt: 0 }, endedAt, seenAt);
    expect(window.state.jobDuration).toBe(took);
  });

  test.each([
    ['no job has ended yet', new JobWindow(30)],
    ['fewer slots are wanted', experienced(29)],
  ])('but not where %s', (_, window) => {
    expect(roomOf(window, 160_000, running)).toBe(Math.floor(window.state.size));
    expect(window.nextRoom(running, 120_000)).toBeUndefined();
  });
});

test('a run that goes on as new keeps its window', () => {
  const window = new JobWindow(30);
  window.refused(5);
  window.ended({ startedAt: 0 }, undefined, 60_000);
  const next = new JobWindow(30, window.state);
  expect(roomOf(next)).toBe(5);
  expect(next.nextRoom([{ startedAt: 0 }], 0)).toBe(55_000);
});
