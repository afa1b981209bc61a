/** Where the worker listens and the client starts its workflows. */
export const TASK_QUEUE = 'sync-to-zendesk';
