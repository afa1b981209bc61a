import { readdirSync } from 'node:fs';
import path from 'node:path';
import { codeBlocks, read, ROOT } from './support/markdown';
import { typeErrors } from './support/type-check';

const documents = [
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'],
  ...readdirSync(path.join(ROOT, 'examples')).map((example) => `examples/${example}/README.md`),
  ...readdirSync(path.join(ROOT, 'docs')).map((file) => `docs/${file}`),
];

const blocksOf = (file: string) =>
  codeBlocks(read(file), 'ts').map((code, i) => [`${file}, block ${i + 1}`, code] as const);

test('the TypeScript in the documentation compiles', () => {
  expect(blocksOf('README.md').length).toBeGreaterThanOrEqual(5);
  expect(typeErrors(new Map(documents.flatMap(blocksOf)))).toEqual([]);
});

describe('code that does not compile is noticed', () => {
  const HELPER = `import { awaitZendeskJob } from 'temporal-zendesk-jobs/workflow';`;
  const wrong: Record<string, [code: string, message: string]> = {
    'a name that is not exported': [
      `export { awaitJob } from 'temporal-zendesk-jobs/workflow';`,
      `has no exported member 'awaitJob'`,
    ],
    'an entry that there is not': [
      `export * from 'temporal-zendesk-jobs/nothing';`,
      `Cannot find module 'temporal-zendesk-jobs/nothing'`,
    ],
    'an unknown option': [`${HELPER} void awaitZendeskJob({ jobId: '1', patience: 1 });`, `'patience' does not exist`],
    'a field that outcomes do not have': [
      `${HELPER} export const rows = async () => (await awaitZendeskJob({ jobId: '1' })).rows;`,
      `'rows' does not exist`,
    ],
    'what may be undefined': [`export const first: string = ['a'][0];`, `not assignable to type 'string'`],
    'what is no TypeScript': ['const = ;', 'expected'],
  };
  let errors: string[];
  beforeAll(() => {
    errors = typeErrors(new Map(Object.entries(wrong).map(([name, [code]]) => [name, code])));
  });

  test.each(Object.entries(wrong))('%s', (name, [, message]) => {
    expect(errors.filter((error) => error.startsWith(`${name}: `)).join('\n')).toContain(message);
  });
});

test('blocks are found in lists too', () => {
  const list = ['- item', '', '  ```ts', '  let a = 1;', '  ```', ''];
  const markdown = ['text', ...list, '```ts', 'let b = 2;', '```', ''].join('\n');
  expect(codeBlocks(markdown, 'ts').map((code) => code.trim())).toEqual(['let a = 1;', 'let b = 2;']);
});
