/** `2024-02-08 09:10:11 +0000` */
const TIMESTAMP = /\bat (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) \+0000$/;

/**
 * When a job ended, by its message (`Completed at 2024-02-08 09:10:11 +0000`), to the second below: epoch ms. A job status has no
 * other time in it. Undefined where the message tells none. Pure. Source: recorded traffic.
 */
export function endOf(message: string | null): number | undefined {
  const [, date, time] = TIMESTAMP.exec(message ?? '') ?? [];
  const at = Date.parse(`${date}T${time}Z`);
  return Number.isNaN(at) ? undefined : at;
}
