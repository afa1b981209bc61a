/** Workflows of another namespace, as their users write them: all they know of the package is its Nexus entry. */
import { createNexusServiceClient } from '@temporalio/workflow';
import {
  zendeskJobsService,
  type AwaitZendeskJobInput,
  type RunZendeskBulkInput,
  type RunZendeskBulkResult,
  type RunZendeskJobInput,
  type ZendeskJobOutcome,
} from 'temporal-zendesk-jobs/nexus';

const zendesk = createNexusServiceClient({ endpoint: 'zendesk-jobs', service: zendeskJobsService });

export async function awaitElsewhere(input: AwaitZendeskJobInput): Promise<ZendeskJobOutcome> {
  return await zendesk.executeOperation('awaitJob', input);
}

export async function runElsewhere(input: RunZendeskJobInput): Promise<ZendeskJobOutcome> {
  return await zendesk.executeOperation('runJob', input);
}

export async function runBulkElsewhere(input: RunZendeskBulkInput): Promise<RunZendeskBulkResult> {
  return await zendesk.executeOperation('runBulk', input);
}
