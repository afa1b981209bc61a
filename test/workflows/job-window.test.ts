import { JobWindow } from '../../src/workflows/bulk/job-window';

/** How many batches may be under way, with nothing to say against another one. */
function roomOf(window: JobWindow, now = 0): number {
  let underWay = 0;
  while (window.hasRoom(underWay, now)) underWay += 1;
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

test('as many starts may wait for a slot as became free of late, eight at most: only where all slots are wanted', () => {
  const window = new JobWindow(30);
  window.ended(1_000);
  window.ended(2_000);
  expect(roomOf(window, 3_000)).toBe(32);
  expect(roomOf(window, 9_500)).toBe(31);
  expect(roomOf(window, 10_000)).toBe(30);
  for (let i = 0; i < 50; i++) window.ended(11_000);
  expect(roomOf(window, 12_000)).toBe(38);
  const few = new JobWindow(29);
  few.ended(1_000);
  expect(roomOf(few, 2_000)).toBe(29);
});

test('a run that goes on as new keeps its window', () => {
  const window = new JobWindow(30);
  window.refused(5);
  expect(roomOf(new JobWindow(30, window.size))).toBe(5);
});
