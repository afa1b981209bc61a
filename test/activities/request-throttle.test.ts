import { setTimeout as wait } from 'node:timers/promises';
import { RequestThrottle, type RequestQueue } from '../../src/activities/request-throttle';

const sleep = (ms: number) => wait(ms);

/** Sends so many requests, each of which takes `duration` ms. */
class TestQueue implements RequestQueue {
  constructor(
    private readonly name: string,
    private readonly sent: string[],
    public requests: number,
    private readonly duration = 0,
  ) {}

  hasRequest(): boolean {
    return this.requests > 0;
  }

  async sendRequest(): Promise<void> {
    this.requests -= 1;
    this.sent.push(this.name);
    await wait(this.duration, undefined, { ref: false });
  }
}

test('queues that have requests at the same time take turns', async () => {
  const sent: string[] = [];
  const queues = [new TestQueue('a', sent, 3), new TestQueue('b', sent, 1), new TestQueue('c', sent, 2)];
  new RequestThrottle(5, 5, queues).wake();
  await sleep(200);
  expect(sent.join('')).toBe('abcaca');
});

test('a slow response holds up no other request', async () => {
  const sent: string[] = [];
  new RequestThrottle(5, 5, [new TestQueue('slow', sent, 3, 60_000)]).wake();
  await sleep(200);
  expect(sent).toHaveLength(3);
});

test('requests are at least minRequestInterval apart, however often it is woken', async () => {
  const sent: string[] = [];
  const throttle = new RequestThrottle(100, 0, [new TestQueue('a', sent, 100)]);
  const began = performance.now();
  while (performance.now() - began < 450) {
    throttle.wake();
    await sleep(1);
  }
  expect(sent.length).toBeGreaterThanOrEqual(3);
  expect(sent.length).toBeLessThanOrEqual(5);
});

test('a queue that lost its request takes no turn', async () => {
  const sent: string[] = [];
  const [lost, other] = [new TestQueue('lost', sent, 1), new TestQueue('other', sent, 1)];
  new RequestThrottle(60_000, 20, [lost, other]).wake();
  lost.requests = 0;
  await sleep(100);
  expect(sent).toEqual(['other']);
});
