import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const ROOT = path.resolve(__dirname, '../..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const MARKDOWN = read('docs/traps.md');

interface Trap {
  name: string;
  tests: Reference[];
}

/** `test/some.test.ts` › `title`, or with the row that is meant of a table of tests: › `title` › `row`. */
interface Reference {
  file: string;
  title: string;
  row?: string;
}

const traps = [...trapsOf(MARKDOWN), ...trapsOf(read('docs/security.md'))];

test('docs/security.md has threats', () => {
  expect(trapsOf(read('docs/security.md')).length).toBeGreaterThan(10);
});

test('docs/traps.md has a table for each source', () => {
  const headings = [...MARKDOWN.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
  const empty = headings.filter((_, i) => trapsOf(MARKDOWN.split(/^## /m)[i + 1]!).length === 0);
  expect(headings.length).toBeGreaterThan(0);
  expect(empty).toEqual([]);
});

test.each(traps.map((trap): [string, Trap] => [trap.name, trap]))('%s', (_, { tests }) => {
  expect(tests.length).toBeGreaterThan(0);
  expect(tests.map(problemOf).filter(Boolean)).toEqual([]);
});

describe('a reference is refused', () => {
  const file = 'test/docs/traps.test.ts';
  test.each<[string, Reference, string]>([
    ['to a file that is not there', { file: 'test/nowhere.test.ts', title: 'x' }, 'test/nowhere.test.ts: no such file'],
    ['to a title that no test has', { file, title: 'to a row' }, `${file}: no test "to a row"`],
    ['to a describe', { file, title: 'a reference is refused' }, `${file}: no test "a reference is refused"`],
    ['to a row of no table', { file, title: '%s', row: 'lost ' + 'row' }, `${file}: "%s" has no row "lost row"`],
  ])('%s', (_, reference, problem) => {
    expect(problemOf(reference)).toBe(problem);
  });

  test('but not a good one', () => {
    expect(problemOf({ file, title: '%s', row: 'to a describe' })).toBeUndefined();
  });
});

/** The rows of all tables whose last column is that of the tests. */
function trapsOf(markdown: string): Trap[] {
  const tables = markdown.match(/(^\|.*\n)+/gm) ?? [];
  const rows = tables.flatMap((table) => {
    const [head = '', , ...rest] = table.trimEnd().split('\n');
    return /\| Tests \|$/.test(head) ? rest : [];
  });
  return rows.map((line) => {
    const [name = '', , tests = ''] = line.split('|').slice(1);
    const found = [...tests.matchAll(/`([^`]+\.test\.ts)` › `([^`]+)`(?: › `([^`]+)`)?/g)];
    return { name: name.trim(), tests: found.map(([, file, title, row]) => ({ file: file!, title: title!, row })) };
  });
}

/** What is wrong with a reference, if anything. */
function problemOf({ file, title, row }: Reference): string | undefined {
  const target = path.join(ROOT, file);
  if (!existsSync(target)) return `${file}: no such file`;
  const tables = testsIn(target).get(title);
  if (!tables) return `${file}: no test ${JSON.stringify(title)}`;
  if (row !== undefined && !tables.some((table) => table.has(row))) {
    return `${file}: ${JSON.stringify(title)} has no row ${JSON.stringify(row)}`;
  }
  return undefined;
}

/** Title -> for each test of that title the texts in its table; none where it is no `test.each`. */
function testsIn(file: string): Map<string, Set<string>[]> {
  const found = new Map<string, Set<string>[]>();
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  visit(source, (node) => {
    if (!ts.isCallExpression(node)) return;
    const [title] = node.arguments;
    const callee = node.expression;
    const table = ts.isCallExpression(callee) ? callee : undefined;
    const called = (table?.expression ?? callee).getText(source);
    if (!title || !ts.isStringLiteralLike(title) || called !== (table ? 'test.each' : 'test')) return;
    found.set(title.text, [...(found.get(title.text) ?? []), textsIn(table)]);
  });
  return found;
}

function textsIn(table: ts.CallExpression | undefined): Set<string> {
  const texts = new Set<string>();
  for (const rows of table?.arguments ?? []) {
    visit(rows, (node) => {
      if (ts.isStringLiteralLike(node)) texts.add(node.text);
    });
  }
  return texts;
}

function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node);
  ts.forEachChild(node, (child) => visit(child, look));
}
