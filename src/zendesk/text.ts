/** Cuts a text at so many characters and marks it as cut with "…". Never leaves half of a surrogate pair. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** One line: every run of whitespace and control characters becomes one space. */
export function fold(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}
