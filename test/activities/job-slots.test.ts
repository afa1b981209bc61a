import { JOB_LIMIT, JobSlots, NoJobSlotError } from '../../src/activities/job-slots';

const never = new AbortController().signal;
/** A start that does not wait: it goes out now, or there is no room for it. */
const AT_ONCE = 0;

/** The clock of the slots: it stands still, so that a start which has patience waits for what a test does. */
let now = 0;
beforeEach(() => (now = 0));

const slotsOf = (ask?: () => Promise<void>) => new JobSlots(ask, () => now);
/** Slots of an account that has so many free, as a response reported. */
function slotsWith(free: number, ask?: () => Promise<void>): JobSlots {
  const slots = slotsOf(ask);
  slots.told(free);
  return slots;
}

const start = (slots: JobSlots, name = 'sent', patience = AT_ONCE, signal = never) =>
  slots.use(async () => name, patience, signal);
const PATIENT = 1_000;

/** A start that is under way until `respond` is called. */
function slowStart(slots: JobSlots, patience = AT_ONCE) {
  let respond = () => {};
  const sent = slots.use(() => new Promise<void>((resolve) => (respond = resolve)), patience, never);
  return { sent, respond: () => respond() };
}

const hasRoom = async (slots: JobSlots) =>
  start(slots).then(
    () => true,
    () => false,
  );

describe('starts go out while the account has free slots', () => {
  test('30 at first, then no more', async () => {
    const slots = slotsOf();
    for (let i = 0; i < JOB_LIMIT; i++) await start(slots);
    const refusal = await start(slots).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(NoJobSlotError);
    expect(refusal).toMatchObject({
      name: 'NoJobSlotError',
      message: "none of the account's 30 job slots became free in time",
    });
  });

  test('as many as the latest response reported', async () => {
    const slots = slotsWith(2);
    expect([await hasRoom(slots), await hasRoom(slots), await hasRoom(slots)]).toEqual([true, true, false]);
    slots.told(1);
    expect([await hasRoom(slots), await hasRoom(slots)]).toEqual([true, false]);
  });

  test('none after Zendesk refused one for too many jobs', async () => {
    const slots = slotsOf();
    slots.refused();
    expect(await hasRoom(slots)).toBe(false);
  });

  test('five at most are under way at the same time: each response reports more of the slots', async () => {
    const slots = slotsOf();
    const underWay = Array.from({ length: 5 }, () => slowStart(slots));
    expect(await hasRoom(slots)).toBe(false);
    underWay[0]!.respond();
    await underWay[0]!.sent;
    expect(await hasRoom(slots)).toBe(true);
    for (const { respond } of underWay) respond();
  });

  test('a start that is under way takes one of the reported slots: its job may not be counted there yet', async () => {
    const slots = slotsWith(1);
    const first = slowStart(slots);
    slots.told(1);
    expect(await hasRoom(slots)).toBe(false);
    slots.told(2);
    expect(await hasRoom(slots)).toBe(true);
    first.respond();
  });

  test('a start that failed is no longer under way', async () => {
    const slots = slotsOf();
    for (let i = 0; i < 6; i++) {
      const failed = slots.use(() => Promise.reject(new Error('reset')), AT_ONCE, never);
      await expect(failed).rejects.toThrow('reset');
    }
    expect(await hasRoom(slots)).toBe(true);
  });
});

describe('a slot that a finished job leaves', () => {
  test('is free, where no response reports slots', async () => {
    const slots = slotsOf();
    for (let i = 0; i < JOB_LIMIT; i++) await start(slots);
    slots.released();
    expect([await hasRoom(slots), await hasRoom(slots)]).toEqual([true, false]);
  });

  test('is never one more than there are', async () => {
    const slots = slotsOf();
    slots.released();
    for (let i = 0; i < JOB_LIMIT; i++) await start(slots);
    expect(await hasRoom(slots)).toBe(false);
  });

  test('is not counted where responses report slots: the next one includes it', async () => {
    const slots = slotsWith(0);
    slots.released();
    expect(await hasRoom(slots)).toBe(false);
  });
});

describe('a start that waits', () => {
  test('goes out when a response reports a free slot', async () => {
    const slots = slotsWith(0);
    const waiting = start(slots, 'sent', PATIENT);
    slots.told(1);
    await expect(waiting).resolves.toBe('sent');
  });

  test('gives up when its patience ends', async () => {
    const slots = slotsWith(0);
    const waiting = start(slots, 'sent', PATIENT);
    now = PATIENT;
    await expect(waiting).rejects.toThrow(NoJobSlotError);
  });

  test('gives up by the clock of the worker, if no other is given', async () => {
    const slots = new JobSlots();
    slots.told(0);
    await expect(start(slots, 'sent', 10)).rejects.toThrow(NoJobSlotError);
  });

  test('goes out before a start that came later', async () => {
    const slots = slotsWith(0);
    const order: string[] = [];
    const waiting = ['a', 'b', 'c'].map((name) => start(slots, name, PATIENT).then((sent) => order.push(sent)));
    slots.told(3);
    expect(await hasRoom(slots)).toBe(false); // all three are meant for those in line
    await Promise.all(waiting);
    expect(order).toEqual(['a', 'b', 'c']);
  });

  test('is not sent when the worker shuts down, and leaves its place in the line', async () => {
    const slots = slotsWith(0);
    const shutdown = new AbortController();
    const sent: string[] = [];
    const wait = (name: string, signal: AbortSignal) => slots.use(async () => void sent.push(name), PATIENT, signal);
    const before = wait('before', never);
    const aborted = wait('aborted', shutdown.signal);
    const after = wait('after', never);
    shutdown.abort();
    await expect(aborted).rejects.toThrow();
    slots.told(3);
    await Promise.all([before, after]);
    expect(sent).toEqual(['before', 'after']);
  });
});

describe('one start at a time is tried without a known slot', () => {
  test('after three seconds without news: jobs of others end unseen', async () => {
    const slots = slotsWith(0);
    now = 2_999;
    expect(await hasRoom(slots)).toBe(false);
    now = 3_000;
    expect([await hasRoom(slots), await hasRoom(slots)]).toEqual([true, false]);
    now = 6_000;
    expect(await hasRoom(slots)).toBe(true);
  });

  test('but not before that of a slot that was reported', async () => {
    now = 10_000;
    const slots = slotsOf();
    now = 12_000;
    slots.refused();
    now = 14_999;
    expect(await hasRoom(slots)).toBe(false);
  });

  test('but not while another one is under way', async () => {
    const slots = slotsWith(1);
    const first = slowStart(slots);
    now = 10_000;
    expect(await hasRoom(slots)).toBe(false);
    first.respond();
    await first.sent;
    expect(await hasRoom(slots)).toBe(true);
  });
});

describe('a start that waits has Zendesk asked for news', () => {
  let asked = 0;
  const ask = async () => void (asked += 1);
  beforeEach(() => (asked = 0));

  /** A start that begins to wait at a time, and what it asks at once. */
  async function askedAt(time: number, slots: JobSlots): Promise<number> {
    const controller = new AbortController();
    asked = 0;
    now = time;
    const waiting = start(slots, 'sent', PATIENT, controller.signal);
    const count = asked;
    controller.abort();
    await expect(waiting).rejects.toThrow();
    return count;
  }

  test('half a second after the latest news, and each half second from then on', async () => {
    const slots = slotsWith(0, ask);
    expect(await askedAt(499, slots)).toBe(0);
    expect(await askedAt(500, slots)).toBe(1);
    expect(await askedAt(999, slots)).toBe(0);
    expect(await askedAt(1_000, slots)).toBe(1);
    now = 1_400;
    slots.told(0);
    expect(await askedAt(1_899, slots)).toBe(0);
    expect(await askedAt(1_900, slots)).toBe(1);
  });

  test('by the first one in the line only', async () => {
    const slots = slotsWith(0, ask);
    const first = start(slots, 'first', PATIENT);
    now = 700;
    const second = start(slots, 'second', PATIENT);
    expect(asked).toBe(0);
    now = 2_000;
    await Promise.allSettled([first, second]);
  });

  test('but not where no response ever reported slots', async () => {
    const slots = slotsOf(ask);
    slots.refused();
    expect(await askedAt(2_000, slots)).toBe(0);
  });

  test('and goes out when the response reports a slot, whatever became of the requests before', async () => {
    let requests = 0;
    const slots = slotsWith(0, async () => {
      requests += 1;
      now += 500;
      if (requests < 3) throw new Error('reset');
      slots.told(1);
    });
    now = 500;
    await expect(start(slots, 'sent', 5_000)).resolves.toBe('sent');
    expect(requests).toBe(3);
  });

  test('which is optional', async () => {
    const slots = slotsWith(0);
    now = 600;
    const waiting = start(slots, 'sent', PATIENT);
    now += PATIENT;
    await expect(waiting).rejects.toThrow(NoJobSlotError);
  });
});
