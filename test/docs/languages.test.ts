/** docs/languages.md shows code that runs: parts of the examples, whose tests are in test/languages. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { codeBlocks, read, ROOT } from './support/markdown';

const document = read('docs/languages.md');

test.each([
  ['py', 'examples/python', '.py', 3],
  ['go', 'examples/go', '.go', 2],
] as const)('each %s block is a part of %s, word for word', (language, folder, extension, count) => {
  const files = readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => file.endsWith(extension)).map((file) => read(path.join(folder, file)));
  const blocks = codeBlocks(document, language);
  expect(blocks).toHaveLength(count);
  expect(blocks.filter((block) => !sources.some((source) => source.includes(block)))).toEqual([]);
});
