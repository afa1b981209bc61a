/** Points those who give newline-delimited JSON to `run`, which reads one JSON document, to `import`. */

/** Lines that are looked at. */
const MAX_LINES = 3;

/** What to do instead; undefined for text that is not newline-delimited JSON. */
export function importHint(text: string): string | undefined {
  const lines = text.split('\n', 1 + MAX_LINES * 10).filter((line) => line.trim() !== '');
  const first = lines.slice(0, MAX_LINES);
  if (first.length < 2 || !first.every(isJson)) return undefined;
  return 'It is newline-delimited JSON, one record a line: send it with temporal-zendesk-jobs import <operation> <file>';
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
