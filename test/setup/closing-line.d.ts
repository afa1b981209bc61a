export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

export function closeWith(counts: Counts): void;
