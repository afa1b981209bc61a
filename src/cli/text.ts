/** Text for a terminal: one line of anything, a table, two colours. */
import { stripVTControlCharacters, styleText } from 'node:util';
import { cut, fold } from '../zendesk/text';

/** One line without control characters, cut at `most` characters: what Zendesk quotes can hold anything. */
export function foldLine(text: string, most = 2000): string {
  return cut(fold(stripVTControlCharacters(text)), most);
}

/** Columns two spaces apart, as wide as they need; those whose cells are all numbers are aligned right. */
export function table(header: string[], rows: (string | number)[][]): string {
  const columns = header.map((name, i) => {
    const cells = rows.map((row) => row[i] ?? '');
    const width = Math.max(name.length, ...cells.map((cell) => String(cell).length));
    const right = cells.length > 0 && cells.every((cell) => typeof cell === 'number');
    return (cell: string | number) => (right ? String(cell).padStart(width) : String(cell).padEnd(width));
  });
  return [header, ...rows]
    .map((row) =>
      columns
        .map((pad, i) => pad(row[i] ?? ''))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export const red = (text: string) => paint('red', text, process.stderr);
export const green = (text: string) => paint('green', text, process.stdout);

/** Colours a text where its stream is a terminal and NO_COLOR (https://no-color.org) is not set. */
function paint(colour: 'red' | 'green', text: string, stream: NodeJS.WriteStream): string {
  return stream.isTTY && !process.env['NO_COLOR'] ? styleText(colour, text, { validateStream: false }) : text;
}
