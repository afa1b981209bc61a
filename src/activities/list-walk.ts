import type { ZendeskClient } from '../zendesk/client';
import { ZendeskResponseTooLargeError } from '../zendesk/errors';
import type { ReadJobs } from '../zendesk/job-status';
import { BatchSize } from './batch-size';

/** Zendesk may keep no more than the last 100 jobs of an account. */
export const LIST_PAGES = 3;
const PAGE_SIZE = 100;

/** What one request of a walk came to. */
export interface ListStep extends ReadJobs {
  /** 1 for the first page of 100 jobs. */
  page: number;
  /** The whole page was read. */
  pageComplete: boolean;
  /** The page was the last one. */
  atEnd: boolean;
}

/**
 * Reads an account's newest 300 jobs, request by request. A page of 100 jobs whose response is too large is read in smaller ones. The
 * walk ends at a job that is too large alone: the cursor of what follows is in the response that cannot be read.
 */
export class ListWalk {
  readonly #size = new BatchSize();
  #cursor?: string;
  #page = 1;
  #readOfPage = 0;

  constructor(private readonly list: ZendeskClient['list']) {}

  async readOn(): Promise<ListStep> {
    const pageSize = Math.min(this.#size.current, PAGE_SIZE - this.#readOfPage);
    const page = this.#page;
    try {
      const { jobStatuses, unreadable, next } = await this.list({ pageSize, cursor: this.#cursor });
      this.#size.raise(pageSize);
      this.#cursor = next ?? undefined;
      this.#readOfPage += Math.max(1, jobStatuses.length + unreadable.length);
      const pageComplete = next === null || this.#readOfPage >= PAGE_SIZE;
      if (pageComplete) {
        this.#page += 1;
        this.#readOfPage = 0;
      }
      return {
        jobStatuses,
        unreadable,
        page,
        pageComplete,
        atEnd: next === null || (pageComplete && page === LIST_PAGES),
      };
    } catch (error) {
      if (!(error instanceof ZendeskResponseTooLargeError)) throw error;
      this.#size.reduce(pageSize);
      const atEnd = pageSize === 1;
      return { jobStatuses: [], unreadable: [], page, pageComplete: atEnd, atEnd };
    }
  }
}
