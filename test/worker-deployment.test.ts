import { workerDeploymentFromEnv } from '../src/worker-deployment';
import { ZendeskConfigurationError } from '../src/zendesk/accounts';

const NAMED = { TEMPORAL_DEPLOYMENT_NAME: 'zendesk-jobs', TEMPORAL_WORKER_BUILD_ID: '1.4.0' };

test('a worker is unversioned unless its environment names a version', () => {
  expect(workerDeploymentFromEnv({})).toBeUndefined();
  expect(workerDeploymentFromEnv({ TEMPORAL_DEPLOYMENT_NAME: '', TEMPORAL_WORKER_BUILD_ID: '' })).toBeUndefined();
});

test.each([
  [undefined, 'AUTO_UPGRADE'],
  ['', 'AUTO_UPGRADE'],
  ['AUTO_UPGRADE', 'AUTO_UPGRADE'],
  ['PINNED', 'PINNED'],
])('with the behaviour %j its workflows are %s', (behavior, expected) => {
  expect(workerDeploymentFromEnv({ ...NAMED, TEMPORAL_VERSIONING_BEHAVIOR: behavior })).toEqual({
    version: { deploymentName: 'zendesk-jobs', buildId: '1.4.0' },
    useWorkerVersioning: true,
    defaultVersioningBehavior: expected,
  });
});

test.each([
  [{ TEMPORAL_DEPLOYMENT_NAME: 'zendesk-jobs' }, 'TEMPORAL_WORKER_BUILD_ID is not set'],
  [{ TEMPORAL_WORKER_BUILD_ID: '1.4.0' }, 'TEMPORAL_DEPLOYMENT_NAME is not set'],
  [
    { TEMPORAL_VERSIONING_BEHAVIOR: 'PINNED' },
    'TEMPORAL_DEPLOYMENT_NAME is not set; TEMPORAL_WORKER_BUILD_ID is not set',
  ],
  [
    { ...NAMED, TEMPORAL_VERSIONING_BEHAVIOR: 'pinned' },
    'TEMPORAL_VERSIONING_BEHAVIOR: expected AUTO_UPGRADE or PINNED, got pinned',
  ],
])('%j is refused', (env, problems) => {
  expect(() => workerDeploymentFromEnv(env)).toThrow(
    new ZendeskConfigurationError([problems], 'The Worker Deployment'),
  );
});
