import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { History } from '@temporalio/common/lib/proto-utils';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { buildWith } from '../support/builds';

const FOLDER = path.resolve(__dirname, '../histories');
const histories = readdirSync(FOLDER).flatMap((version) =>
  readdirSync(path.join(FOLDER, version)).map((file): [string, string, string] => [
    version,
    path.basename(file, '.json'),
    readFileSync(path.join(FOLDER, version, file), 'utf8'),
  ]),
);

let workflowBundle: { code: string };

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  workflowBundle = await bundleWorkflowCode({
    workflowsPath: path.resolve(__dirname, '../../src/workflows/index.ts'),
    logger: new DefaultLogger('ERROR'),
  });
});

const replay = (history: unknown, bundle = workflowBundle) =>
  Worker.runReplayHistory({ workflowBundle: bundle }, history as History);

test('there is a history for every way in which a start or a wait can end', () => {
  expect(new Set(histories.map(([, name]) => name)).size).toBeGreaterThanOrEqual(32);
});

test.each(histories)('%s: %s replays', async (_version, _name, json) => {
  await expect(replay(JSON.parse(json))).resolves.toBeUndefined();
});

test.each(histories)('%s: %s tells no secret', (_version, _name, json) => {
  const payloads = [...json.matchAll(/"data": "([^"]*)"/g)].map(([, data]) => Buffer.from(data!, 'base64').toString());
  for (const text of [json, ...payloads]) expect(text).not.toMatch(/golden|not-the-token|bearer|basic /i);
});

describe('the next version, with one more command in awaitZendeskJob', () => {
  const waits = histories.filter(([, name]) => name.startsWith('one-') && name !== 'one-input-invalid');

  test.each(['patched', 'unguarded'] as const)('%s', async (change) => {
    const build = await buildWith(change);
    try {
      const { workflows: workflowsPath } = build;
      const next = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
      for (const [, , json] of waits) {
        const replayed = replay(JSON.parse(json), next);
        if (change === 'patched') await expect(replayed).resolves.toBeUndefined();
        else await expect(replayed).rejects.toThrow(DeterminismViolationError);
      }
    } finally {
      await build.remove();
    }
  });
});

describe('a change that would break running waits is noticed', () => {
  const one = (name: string) =>
    JSON.parse(histories.find(([, found]) => found === name)![2]) as { events: Record<string, any>[] }; // eslint-disable-line

  test('another activity in place of the poll', async () => {
    const history = one('one-completed-at-once');
    for (const event of history.events) {
      const scheduled = event['activityTaskScheduledEventAttributes'];
      if (scheduled) scheduled.activityType.name = 'somethingElse';
    }
    await expect(replay(history)).rejects.toThrow(DeterminismViolationError);
  });

  test('a round more', async () => {
    const history = one('one-completed-after-checkpoints');
    const last = history.events.findIndex((event) => event['eventType'] === 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED');
    history.events.splice(last, 1);
    const failed = one('one-failed').events.at(-1)!;
    history.events.push({ ...failed, eventId: String(last + 1) });
    await expect(replay(history)).rejects.toThrow(DeterminismViolationError);
  });
});
