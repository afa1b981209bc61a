import { seededRandom } from '../../dev/seeded-random';
import { afterLook, checkpointDue, groupCheckpointDue } from '../../src/activities/checkpoint';
import type { Look } from '../../src/activities/pacing';
import { NOT_SEEN } from '../../src/common/polling';

const look = (status: string, progress: number | null = null, total: number | null = 100): Look => ({
  status,
  progress,
  total,
});

test('a wait for one job takes at most 5 rounds, however statuses flap and progress jumps', () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = seededRandom(seed);
    let seen = NOT_SEEN;
    let rounds = 1;
    for (let i = 0; i < 300; i++) {
      const now = look(
        ['queued', 'working', 'working', 'paused'][Math.floor(random() * 4)]!,
        random() < 0.2 ? null : Math.floor(random() ** 3 * 120),
        random() < 0.1 ? null : 100,
      );
      if (!checkpointDue(seen, now)) continue;
      seen = { ...afterLook(seen, now, i), message: null };
      rounds++;
    }
    expect(rounds).toBeLessThanOrEqual(5);
  }
});

test('a wait for many jobs takes at most 26 rounds in 24 h, whatever the jobs do', () => {
  let most = 0;
  for (let seed = 0; seed < 60; seed++) {
    const random = seededRandom(seed);
    const total = 2 + Math.floor(random() * 99);
    const hour = 3_600_000;
    // Jobs end at times spread evenly, or over orders of magnitude.
    const spread = random() < 0.5 ? () => random() : () => 0.0005 ** random();
    let jobs = Array.from({ length: total }, () => ({ endsAt: spread() * 24 * hour, seen: NOT_SEEN }));
    let roundStartedAt = 0;
    let rounds = 1;
    for (let now = 1_000; jobs.length > 0; now += 1_000 + random() * 0.1 * now) {
      const looked = jobs.map((job) => {
        const progress = Math.floor(random() * 100 * Math.min(1, now / job.endsAt));
        const saw = random() < 0.05 ? null : look(random() < 0.2 ? 'queued' : 'working', progress);
        return { ...job, before: job.seen, now: saw, ended: now >= job.endsAt };
      });
      if (looked.every((job) => job.ended)) break;
      const endedBefore = total - jobs.length;
      if (!groupCheckpointDue({ jobs: looked, endedBefore, waitStartedAt: 0, roundStartedAt, now })) continue;
      jobs = looked
        .filter((job) => !job.ended)
        .map(({ endsAt, seen, now: saw }) => {
          return { endsAt, seen: saw ? { ...afterLook(seen, saw, now), message: null } : seen };
        });
      roundStartedAt = now;
      rounds++;
    }
    most = Math.max(most, rounds);
  }
  expect(most).toBeLessThanOrEqual(26);
  expect(most).toBeGreaterThan(12);
});
