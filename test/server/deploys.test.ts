/** Workers are replaced by those of the next version while waits go on: real processes, a real server, two real builds. */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { FakeZendesk } from '../../src/testing';
import { buildWith, type Build } from '../support/builds';
import { eventually } from '../support/eventually';
import { Workers } from '../support/processes';
import { address, connect, type ServerConnections } from '../support/server';

let zendesk: FakeZendesk;
let connections: ServerConnections;
/** The next version: its waits have one more command, behind `patched`. */
let next: Build;
/** A version that should never have been deployed: the same command, unguarded. */
let broken: Build;
/** Task queue and Worker Deployment of one test. */
let name: string;
const workers = new Workers();

beforeAll(async () => {
  zendesk = await FakeZendesk.start({ jobDefaults: { queuedFor: 0 } });
  connections = await connect();
  [next, broken] = await Promise.all([buildWith('patched'), buildWith('unguarded')]);
});

beforeEach(() => {
  name = `deploys-${randomUUID()}`;
});

afterEach(() => workers.kill());

afterAll(async () => {
  await Promise.all([next?.remove(), broken?.remove()]);
  await connections?.close();
  await zendesk?.stop();
});

const env = () => ({ TEMPORAL_ADDRESS: address(), TEMPORAL_TASK_QUEUE: name, ZENDESK_BASE_URL: zendesk.origin });
const current = () => workers.start(env());
const startNext = () => workers.start(env(), next.folder);

/** A wait for a job that has ended. */
const startShortWait = () => startWait(zendesk.addJob({ total: 10, duration: 0 }));

/** A wait that has polled, and the job, which goes on until it is told to end. */
async function startLongWait(): Promise<{ wait: WorkflowHandle; jobId: string }> {
  const jobId = zendesk.addJob({ total: 10, endsAs: 'never' });
  const wait = await startWait(jobId);
  await eventually('a poll', () => zendesk.requests.some(({ path }) => path.includes(jobId)));
  return { wait, jobId };
}

function startWait(jobId: string): Promise<WorkflowHandle> {
  const args = [{ jobId, polling: { minInterval: '1s', maxInterval: '1s' } }];
  const options = { workflowId: `wait-${randomUUID()}`, taskQueue: name, args };
  return connections.client.workflow.start('awaitZendeskJob', options);
}

const expectDone = async (wait: WorkflowHandle) => expect(await wait.result()).toMatchObject({ status: 'completed' });
const eventsOf = async (wait: WorkflowHandle) => (await wait.fetchHistory()).events ?? [];
const hasNewCommand = async (wait: WorkflowHandle) =>
  (await eventsOf(wait)).some(({ timerStartedEventAttributes: timer }) => timer != null);

describe('workers without a version', () => {
  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'a wait that version 1 has started is finished by version 2, after %s',
    async (signal) => {
      const old = await current();
      const { wait, jobId } = await startLongWait();
      await old.stop(signal);
      await startNext();
      zendesk.finishJob(jobId);
      await expectDone(wait);
      expect(await hasNewCommand(wait)).toBe(false);
      const later = await startShortWait();
      await expectDone(later);
      expect(await hasNewCommand(later)).toBe(true);
    },
  );

  test('a version whose change is not guarded holds a running wait up, and the next one finishes it', async () => {
    const old = await current();
    const { wait, jobId } = await startLongWait();
    await old.stop('SIGTERM');
    const bad = await workers.start(env(), broken.folder);
    zendesk.finishJob(jobId);
    await eventually('a workflow task that fails', async () =>
      (await eventsOf(wait)).some(({ workflowTaskFailedEventAttributes: failed }) => failed != null),
    );
    expect((await wait.describe()).status.name).toBe('RUNNING');
    await bad.stop('SIGTERM');
    await startNext();
    await expectDone(wait);
  });
});

describe('Worker Deployments', () => {
  type Behavior = 'PINNED' | 'AUTO_UPGRADE';
  const versioned = (buildId: string, TEMPORAL_VERSIONING_BEHAVIOR: Behavior) => ({
    ...env(),
    TEMPORAL_DEPLOYMENT_NAME: name,
    TEMPORAL_WORKER_BUILD_ID: buildId,
    TEMPORAL_VERSIONING_BEHAVIOR,
  });
  const startVersion1 = (behavior: Behavior) => workers.start(versioned('1', behavior));
  const startVersion2 = (behavior: Behavior) => workers.start(versioned('2', behavior), next.folder);

  /** What `temporal worker deployment set-current-version` and `set-ramping-version` do. */
  const route = (change: 'Current' | 'Ramping', buildId: string, percentage?: number) =>
    eventually(`version ${buildId} to be known`, async () => {
      const { workflowService: service, options } = connections.client;
      const request = { namespace: options.namespace, deploymentName: name, buildId };
      try {
        if (change === 'Current') await service.setWorkerDeploymentCurrentVersion(request);
        else await service.setWorkerDeploymentRampingVersion({ ...request, percentage });
        return true;
      } catch {
        return false; // the server learns of a version by its first poll
      }
    });

  /** The versions that have completed workflow tasks of a wait, in order. */
  async function versionsOf(wait: WorkflowHandle): Promise<string[]> {
    const builds = (await eventsOf(wait)).flatMap(({ workflowTaskCompletedEventAttributes: completed }) =>
      completed ? [completed.deploymentVersion?.buildId ?? completed.workerDeploymentVersion ?? 'none'] : [],
    );
    return builds.filter((build, index) => build !== builds[index - 1]);
  }

  test('pinned: a wait ends on the version that it began on, which has to stay up, and new waits begin on the next', async () => {
    const first = await startVersion1('PINNED');
    await route('Current', '1');
    const { wait, jobId } = await startLongWait();
    await startVersion2('PINNED');
    await route('Current', '2');
    await first.stop('SIGTERM');
    await startVersion1('PINNED');
    zendesk.finishJob(jobId);
    const later = await startShortWait();
    await Promise.all([expectDone(wait), expectDone(later)]);
    expect(await versionsOf(wait)).toEqual(['1']);
    expect(await versionsOf(later)).toEqual(['2']);
  });

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'auto-upgrade: a wait goes over to the next version, and the last one can go, by %s',
    async (signal) => {
      const first = await startVersion1('AUTO_UPGRADE');
      await route('Current', '1');
      const { wait, jobId } = await startLongWait();
      await startVersion2('AUTO_UPGRADE');
      await route('Current', '2');
      await first.stop(signal);
      zendesk.finishJob(jobId);
      await expectDone(wait);
      expect(await versionsOf(wait)).toEqual(['1', '2']);
      expect(await hasNewCommand(wait)).toBe(false);
    },
  );

  test('ramp: both versions take new waits, then the next one takes all', async () => {
    await startVersion1('AUTO_UPGRADE');
    await startVersion2('AUTO_UPGRADE');
    await route('Current', '1');
    await route('Ramping', '2', 50);
    const begunOn = async (count: number) => {
      const waits = await Promise.all(Array.from({ length: count }, () => startShortWait()));
      await Promise.all(waits.map(expectDone));
      return new Set((await Promise.all(waits.map(versionsOf))).map(([first]) => first));
    };
    expect(await begunOn(40)).toEqual(new Set(['1', '2']));
    await route('Current', '2');
    expect(await begunOn(10)).toEqual(new Set(['2']));
  });
});
