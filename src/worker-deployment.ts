/** Which version of which Worker Deployment the ready worker is, by its environment. */
import type { VersioningBehavior } from '@temporalio/common';
import type { WorkerDeploymentOptions } from '@temporalio/worker';
import { ZendeskConfigurationError } from './zendesk/accounts';

const BEHAVIORS: readonly VersioningBehavior[] = ['AUTO_UPGRADE', 'PINNED'];

/**
 * From `TEMPORAL_DEPLOYMENT_NAME` and `TEMPORAL_WORKER_BUILD_ID`, which Temporal's Worker Controller for Kubernetes sets, and
 * `TEMPORAL_VERSIONING_BEHAVIOR`: `AUTO_UPGRADE` (default) or `PINNED`. Undefined where none is set: the worker is unversioned.
 * Throws `ZendeskConfigurationError`.
 */
export function workerDeploymentFromEnv(env: NodeJS.ProcessEnv): WorkerDeploymentOptions | undefined {
  const deploymentName = env['TEMPORAL_DEPLOYMENT_NAME'];
  const buildId = env['TEMPORAL_WORKER_BUILD_ID'];
  const asked = env['TEMPORAL_VERSIONING_BEHAVIOR'];
  if (!deploymentName && !buildId && !asked) return undefined;

  const behavior = BEHAVIORS.find((name) => name === (asked || 'AUTO_UPGRADE'));
  const problems = [
    ...(deploymentName ? [] : ['TEMPORAL_DEPLOYMENT_NAME is not set']),
    ...(buildId ? [] : ['TEMPORAL_WORKER_BUILD_ID is not set']),
    ...(behavior ? [] : [`TEMPORAL_VERSIONING_BEHAVIOR: expected ${BEHAVIORS.join(' or ')}, got ${asked}`]),
  ];
  if (!deploymentName || !buildId || !behavior) throw new ZendeskConfigurationError(problems, 'The Worker Deployment');
  return { version: { deploymentName, buildId }, useWorkerVersioning: true, defaultVersioningBehavior: behavior };
}
