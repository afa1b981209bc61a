import { foldLine, table } from '../../src/cli/text';

test('columns are as wide as they need, numbers are aligned right', () => {
  expect(
    table(
      ['id', 'rows', 'note'],
      [
        ['a', 1, 'x'],
        ['long-id', 12345, ''],
      ],
    ).split('\n'),
  ).toEqual(['id        rows  note', 'a            1  x', 'long-id  12345']);
});

test('a table without rows is its header', () => {
  expect(table(['id', 'status'], [])).toBe('id  status');
});

test.each([
  ['a\nb\r\n\tc', 'a b c'],
  ['\u001b[31mred\u001b[0m', 'red'],
  ['\u001b]8;;http://x\u0007link\u001b]8;;\u0007', 'link'],
  ['bell\u0007 and \u009b2J', 'bell and'],
  ['x'.repeat(20), `${'x'.repeat(12)}…`],
])('%j on one line is %j', (text, line) => {
  expect(foldLine(text, 12)).toBe(line);
});
