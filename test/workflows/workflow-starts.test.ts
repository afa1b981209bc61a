import { WorkflowStarts } from '../../src/workflows/workflow-starts';

const uncertain = (starts: WorkflowStarts, id: string, adopt = true) => {
  starts.sent(id);
  starts.searching(id, adopt);
};

test('a start that is the only one without a job may adopt one', () => {
  const starts = new WorkflowStarts();
  starts.sent('other');
  uncertain(starts, 'a');
  expect(starts.onlyThisIsUnsettled('a', 100)).toBe(false);
  starts.answered('other');
  expect(starts.onlyThisIsUnsettled('a', 100)).toBe(true);
});

test('of two starts that are uncertain at the same time, neither may adopt, whichever is settled first', () => {
  const starts = new WorkflowStarts();
  uncertain(starts, 'a');
  uncertain(starts, 'b', false);
  expect([starts.onlyThisIsUnsettled('a', 100), starts.onlyThisIsUnsettled('b', 110)]).toEqual([false, false]);
  starts.settled('a', null, 200);
  expect(starts.onlyThisIsUnsettled('b', 110)).toBe(false);
});

test('a start that was set aside before the snapshot of another does not concern it', () => {
  const starts = new WorkflowStarts();
  uncertain(starts, 'a');
  starts.settled('a', null, 200);
  uncertain(starts, 'b');
  expect(starts.onlyThisIsUnsettled('b', 201)).toBe(true);
  expect(starts.onlyThisIsUnsettled('b', 200)).toBe(false);
});

test('a start that adopted its job does not keep the next one from adopting another', () => {
  const starts = new WorkflowStarts();
  uncertain(starts, 'a');
  starts.settled('a', 'V3-1', 200);
  uncertain(starts, 'b');
  expect(starts.onlyThisIsUnsettled('b', 100)).toBe(true);
  expect(starts.has('V3-1')).toBe(true);
});

test('jobs of the last five minutes are carried to the next run, at most 1,000', () => {
  const starts = new WorkflowStarts([{ jobId: 'old', at: 0 }]);
  for (let i = 0; i < 1_200; i++) starts.add(`job-${i}`, 1_000);
  starts.add('job-5', 2_000);
  const carried = starts.recentJobs(300_500).map(({ jobId }) => jobId);
  expect(carried).toHaveLength(1_000);
  expect(carried).toContain('job-5');
  expect(carried).not.toContain('old');
  expect(new WorkflowStarts(starts.recentJobs(2_000)).has('job-1199')).toBe(true);
});
