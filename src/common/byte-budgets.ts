/**
 * How many bytes each payload of this package may take, as UTF-8 JSON. Temporal refuses a payload over 2 MB and a message over
 * 4 MB, and then retries the task for ever or ends the workflow: so every payload stays within its budget by construction, also
 * when 30 batches finish at the same time. Pure: part of the workflow bundle.
 */
export const BYTE_BUDGETS = {
  /** Input of `runZendeskBulk`. It is carried from run to run, together with `bulkState`. */
  bulkInput: 1_000_000,
  /** The same input without its records: each activity of the run gets it. */
  bulkSettings: 64_000,
  /** `failures` of a bulk run: shared among the batches whose jobs run at the same time. */
  failures: 256_000,
  /** `uncertain` of a bulk run. */
  uncertain: 100_000,
  /** All that a bulk run carries to the next run besides its input: what is above, the batches that wait, and those that run. */
  bulkState: 900_000,
  /** Of that, the records that wait and run: a start that fails for its records is divided only as far as its parts fit. */
  bulkTries: 300_000,
  /** The result of a bulk run. */
  bulkResult: 400_000,
  /** The answer to the `progress` query of a bulk run. */
  bulkProgress: 350_000,
  /** `details` of the failure that a bulk run ends with. */
  bulkEnded: 900_000,
  /** What these take over from the failure of an activity: an input can have many problems. */
  failureFacts: 100_000,
  /** The failure of an activity, kept as the cause. */
  failureCause: 200_000,
  /** Message of a bulk run's failure, without the advice at its end. */
  failureMessage: 20_000,
  /** One planning: the batches that it returns. */
  plan: 100_000,
  /** A cursor of a source. */
  cursor: 1_000,
  /** The keys of up to 100 records that result rows are matched with. Each round of a wait carries them. */
  recordKeys: 500_000,
  /** Result rows in all outcomes of one wait. */
  resultRows: 1_000_000,
  /** The result of a wait for many jobs. */
  waitResult: 1_800_000,
  /** The result of an activity that returns job statuses as Zendesk gives them. */
  jobStatuses: 1_800_000,
  /** Texts of Zendesk or of a source that stand in a payload of their own record, row or job. */
  message: 500,
  /** Why Zendesk refused the records of a start. The sink gets it as `details` of each of them. */
  refusal: 1_500,
  /** Each text of a candidate for the job of an uncertain start. */
  candidateText: 200,
  /** `details` of a failed record in the result of a bulk run. The sink gets the whole text. */
  failureDetails: 600,
  /** The current details of a workflow: Temporal takes 20,000. */
  currentDetails: 4_000,
} as const;

const encoder = new TextEncoder();

/** Bytes of a value as UTF-8 JSON. Zero for a value that JSON leaves out. */
export function jsonBytes(value: unknown): number {
  const json = JSON.stringify(value) as string | undefined;
  return json === undefined ? 0 : encoder.encode(json).length;
}

/**
 * Cuts a text so that it takes at most so many bytes as UTF-8 JSON, quotes left out, and marks it as cut with "…". Never leaves
 * half of a surrogate pair.
 */
export function cutToBytes(text: string, maxBytes: number): string {
  if (jsonBytes(text) - 2 <= maxBytes) return text; // without the quotes
  const room = maxBytes - 3; // the mark
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += bytesOf(character);
    if (bytes > room) break;
    end += character.length;
  }
  return `${text.slice(0, end)}…`;
}

/** As in `\\u0000`. */
const ESCAPE_BYTES = 6;

/** Bytes of one character in UTF-8 JSON: escapes as `JSON.stringify` writes them. */
function bytesOf(character: string): number {
  const code = character.codePointAt(0)!;
  if (code < 0x20) return '\b\f\n\r\t'.includes(character) ? 2 : ESCAPE_BYTES;
  if (character === '"' || character === '\\') return 2;
  if (code >= 0xd800 && code <= 0xdfff) return ESCAPE_BYTES;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}
