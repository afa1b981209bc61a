import { BatchSize, JobBatchLimits } from '../../src/activities/batch-size';

test('a batch size is halved by a response that is too large, and raised by half by one that used all of it', () => {
  const size = new BatchSize();
  const sizes = [size.current];
  const note = (change: () => void) => {
    change();
    sizes.push(size.current);
  };
  note(() => size.reduce(100));
  note(() => size.reduce(25));
  note(() => size.raise(5));
  note(() => size.raise(13));
  for (let i = 0; i < 6; i++) note(() => size.raise(100));
  expect(sizes).toEqual([100, 50, 13, 13, 20, 30, 45, 68, 100, 100, 100]);
});

test('a batch size does not go below one', () => {
  const size = new BatchSize();
  size.reduce(1);
  expect(size.current).toBe(1);
});

test('a job is asked for with half as many others after each response that was too large, until it was read', () => {
  const limits = new JobBatchLimits();
  expect([limits.limitOf('V3-1'), limits.isReduced('V3-1')]).toEqual([100, false]);
  const jobIds = ['V3-1', 'V3-2', 'V3-3', 'V3-4', 'V3-5'];
  const reached: number[] = [];
  while (jobIds.length > 1) {
    limits.reduce(jobIds);
    jobIds.length = limits.limitOf('V3-1');
    reached.push(jobIds.length);
  }
  expect(reached).toEqual([3, 2, 1]);
  expect([limits.limitOf('V3-5'), limits.isReduced('V3-5')]).toEqual([3, true]);
  limits.clear('V3-5');
  expect(limits.isReduced('V3-5')).toBe(false);
});
