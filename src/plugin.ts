import { SimplePlugin } from '@temporalio/plugin';
import { createZendeskActivities, ZendeskAccounts, type ZendeskActivitiesOptions } from './activities';

/**
 * Adds the activities to a worker of one's own, and closes the connections that it opened when the worker ends:
 * `Worker.create({ plugins: [new ZendeskJobsPlugin({ accounts })], workflowsPath, taskQueue })`. Given to a connection, it
 * serves all workers of it; the last one to end closes.
 *
 * A plugin cannot add workflows to a TypeScript bundle: re-export them by name from the file that `workflowsPath` names.
 */
export class ZendeskJobsPlugin extends SimplePlugin {
  constructor({ accounts, sources, sinks, maxHeldAttempts, ...options }: ZendeskActivitiesOptions) {
    const theirs = accounts instanceof ZendeskAccounts;
    const open = theirs ? accounts : ZendeskAccounts.of(accounts, options);
    let running = 0;
    super({
      name: 'temporal-zendesk-jobs.ZendeskJobsPlugin',
      activities: createZendeskActivities({ accounts: open, sources, sinks, maxHeldAttempts }),
      async runContext(runWorker) {
        running += 1;
        try {
          await runWorker();
        } finally {
          running -= 1;
          if (running === 0 && !theirs) open.close();
        }
      },
    });
  }
}
