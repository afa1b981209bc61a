/** Where the ready worker listens, and where the CLI starts its workflows. */
export const DEFAULT_TASK_QUEUE = 'zendesk-jobs';
