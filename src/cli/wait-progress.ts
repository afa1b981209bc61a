/** How far a wait is, whichever kind of workflow it is. */
export interface WaitProgress {
  /** In a few words, for people. */
  text: string;
  /** Null where the last poll saw none. */
  progress: number | null;
  total: number | null;
}
