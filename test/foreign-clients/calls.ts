/** What a foreign client reports of one of its calls. One of `jobId`, `read`, `refusal` and `error` is there. */
export interface Call {
  /** As its users write it. */
  call: string;
  /** Number of records that the caller meant. */
  records?: number;
  jobId?: string;
  /** As the client sees the finished job; absent for a client that cannot read a job status. */
  status?: string;
  /** Number of result rows that the client sees. */
  rows?: number;
  /** Number of job statuses that a read returned. */
  read?: number;
  /** What the client made of a refusal that was to come. */
  refusal?: string;
  /** What the client threw, although the call is a good one. */
  error?: string;
}
