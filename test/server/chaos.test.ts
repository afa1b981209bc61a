/** Everything fails in turn, while many wait: the short form of `npm run soak -- chaos`. */
import { randomInt } from 'node:crypto';
import { chaos } from '../soak/chaos';

test('100 waits and 20 starts while workers, server, tokens and Zendesk fail: all end right, nothing twice', async () => {
  const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31));
  console.info(`SEED=${seed}`);
  const { problems, waits, starts, kills } = await chaos({ waits: 100, starts: 20, seconds: 25, seed, log: () => {} });
  expect(problems).toEqual([]);
  expect(waits).toEqual({ completed: 86, ZendeskJobFailed: 2, ZendeskJobKilled: 2, ZendeskJobLost: 10 });
  expect(Object.values(starts).reduce((sum, count) => sum + count)).toBe(20);
  expect(kills).toBeGreaterThan(0);
}, 300_000);
