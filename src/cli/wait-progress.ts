/** How far a wait is, whichever kind of workflow it is. */
export interface WaitProgress {
  /** In a few words, for people. */
  text: string;
  /** Rate and time left, in a few words, where they are known. */
  pace?: string;
  /** What it is waiting for, or what fails and is tried again: of any length. */
  trouble?: string;
  /** Null where the last poll saw none. */
  progress: number | null;
  total: number | null;
}
