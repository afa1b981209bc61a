/** Ids of workflows that are started for somebody else: by the command line and by the Nexus service. */

/** One wait for a job, whoever asks for it: to start it again is to attach to it. */
export const waitWorkflowId = (account: string, jobId: string): string => `zendesk-job/${account}/${jobId}`;
