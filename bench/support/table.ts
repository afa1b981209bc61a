/** Figures as a Markdown table, and the few sums that they need. */
import { quantile } from '../simulate-pacing';

export type Row = Record<string, string | number>;

/** Prints rows that all have the columns of the first one; their order is the table's. */
export function printTable(title: string, facts: string, rows: Row[]): void {
  const columns = Object.keys(rows[0]!);
  const table = [columns, ...rows.map((row) => columns.map((column) => String(row[column])))];
  const widths = columns.map((_, i) => Math.max(...table.map((cells) => cells[i]!.length)));
  const line = (cells: string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  const [head, ...body] = table.map(line);
  const rule = line(widths.map((width) => '-'.repeat(width)));
  console.log(`\n${title}\n${facts}\n\n${[head, rule, ...body].join('\n')}`);
}

/** `121 (13.4x)`: a figure, and how many times another one it is. */
export function besides(figure: number, other: number): string {
  return `${figure} (${other === 0 ? '-' : rounded(figure / other)}x)`;
}

export function rounded(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}

/** Milliseconds as seconds, to the hundredth. */
export function seconds(milliseconds: number): number {
  return rounded(milliseconds / 1000);
}

export function median(values: number[]): number {
  return quantile(values, 0.5);
}
