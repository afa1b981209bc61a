import { JOB_LIMIT, JobSlots, NoJobSlotError } from '../../src/activities/job-slots';

const never = new AbortController().signal;
const start = (slots: JobSlots, name = '', patience = 1_000) => slots.use(async () => name, patience, never);

/** Slots of an account that has so many free, as an answer told. */
function slotsWith(free: number): JobSlots {
  const slots = new JobSlots();
  slots.told(free);
  return slots;
}

test('as many starts as there are slots go out at once, the next one has to wait', async () => {
  const slots = new JobSlots();
  for (let i = 0; i < JOB_LIMIT; i++) await start(slots);
  await expect(start(slots, '', 200)).rejects.toThrow(NoJobSlotError);
});

test('five are on their way at most: each answer tells more of the slots', async () => {
  const slots = new JobSlots();
  const answers: (() => void)[] = [];
  const send = () => new Promise<void>((resolve) => answers.push(resolve));
  const starts = Array.from({ length: 7 }, () => slots.use(send, 5_000, never));
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(answers).toHaveLength(5);
  slots.told(1);
  answers[0]!();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(answers).toHaveLength(5); // the other four may be about to take that slot
  slots.told(30);
  for (const answer of answers) answer();
  await new Promise((resolve) => setTimeout(resolve, 500));
  for (const answer of answers) answer();
  await Promise.all(starts);
});

test('a start goes out as soon as an answer tells of a free slot', async () => {
  const slots = slotsWith(0);
  const waiting = start(slots, 'sent');
  slots.told(1);
  await expect(waiting).resolves.toBe('sent');
});

test('first come, first served', async () => {
  const slots = slotsWith(0);
  const order: string[] = [];
  const waiting = ['a', 'b', 'c'].map((name) => start(slots, name, 5_000).then((sent) => order.push(sent)));
  slots.told(3);
  await Promise.all(waiting);
  expect(order).toEqual(['a', 'b', 'c']);
});

test('a start that is under way counts, though the answer came before it', async () => {
  const slots = slotsWith(1);
  let answer = () => {};
  const first = slots.use(() => new Promise<void>((resolve) => (answer = resolve)), 1_000, never);
  await new Promise((resolve) => setTimeout(resolve, 100));
  slots.told(1);
  await expect(start(slots, '', 200)).rejects.toThrow(NoJobSlotError);
  answer();
  await first;
});

test('where no answer tells, ended jobs make room', async () => {
  const slots = new JobSlots();
  for (let i = 0; i < JOB_LIMIT; i++) await start(slots);
  slots.released();
  await expect(start(slots, 'sent')).resolves.toBe('sent');
});

test('with no news for three seconds, one start tries its luck', async () => {
  let now = 0;
  const slots = new JobSlots(undefined, () => now);
  slots.refused();
  const waiting = Promise.allSettled([start(slots, 'first', 4_000), start(slots, 'second', 4_000)]);
  now = 3_001;
  await new Promise((resolve) => setTimeout(resolve, 300));
  now = 5_000;
  const [first, second] = await waiting;
  expect(first).toEqual({ status: 'fulfilled', value: 'first' });
  expect(second.status).toBe('rejected');
});

describe('a start that waits has Zendesk asked for news', () => {
  test('twice a second, whatever comes of it, until there is a slot', async () => {
    let asked = 0;
    const slots = new JobSlots(async () => {
      asked += 1;
      if (asked < 3) throw new Error('reset');
      slots.told(1);
    });
    slots.told(0);
    await expect(start(slots, 'sent', 5_000)).resolves.toBe('sent');
    expect(asked).toBe(3);
  });

  test('once, however many wait', async () => {
    let asked = 0;
    const slots = new JobSlots(async () => void (asked += 1));
    slots.told(0);
    await Promise.allSettled([start(slots, 'a', 800), start(slots, 'b', 800), start(slots, 'c', 800)]);
    expect(asked).toBe(1);
  });

  test('but not where no answer ever told', async () => {
    let asked = 0;
    const slots = new JobSlots(async () => void (asked += 1));
    slots.refused();
    await expect(start(slots, 'a', 800)).rejects.toThrow(NoJobSlotError);
    expect(asked).toBe(0);
  });
});

test('a start that waits when the worker shuts down is not sent', async () => {
  const slots = slotsWith(0);
  const shutdown = new AbortController();
  let sent = false;
  const waiting = slots.use(async () => (sent = true), 5_000, shutdown.signal);
  shutdown.abort();
  await expect(waiting).rejects.toThrow();
  slots.told(5);
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(sent).toBe(false);
  await expect(start(slots, 'next')).resolves.toBe('next');
});
