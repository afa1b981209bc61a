import ms from 'ms';

const EXAMPLES = `milliseconds or a string such as '90s', '15m' or '24h'`;

/** Milliseconds of a duration, NaN for what is none: it may come from a program without types. */
export function toMilliseconds(duration: number | string): number {
  if (typeof duration === 'number') return duration;
  try {
    return ms(duration as ms.StringValue) ?? NaN;
  } catch {
    return NaN; // ms throws on '' and on strings over 100 characters
  }
}

/** Says what is wrong with a duration that has to lie between two bounds, or nothing. */
export function durationProblem(value: unknown, shortest: number, longest: number): string | undefined {
  const length = typeof value === 'number' || typeof value === 'string' ? toMilliseconds(value) : NaN;
  if (!Number.isFinite(length)) return `expected a duration, ${EXAMPLES}, got ${shown(value)}`;
  if (length < shortest) return `expected at least ${formatDuration(shortest)}, got ${shown(value)}`;
  if (length > longest) return `expected at most ${formatDuration(longest)}, got ${shown(value)}`;
  return undefined;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** For people: `90000` -> `1.5m`, `1530` -> `1.5s`, `40` -> `40ms`. */
export function formatDuration(milliseconds: number): string {
  const exact = UNITS.find(([, size]) => milliseconds >= size && Number.isInteger((milliseconds / size) * 10));
  const [unit, size] = exact ?? UNITS.find(([, size]) => milliseconds >= size) ?? ['ms', 1];
  return `${Math.round((milliseconds / size) * 10) / 10}${unit}`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
