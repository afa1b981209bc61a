import { problemsOf } from '../support/json-schemas';
import { codeBlocks, read, section } from './support/markdown';

const wire = read('docs/wire.md');
const json = (heading: string) => codeBlocks(section(wire, heading), 'json').map((code): unknown => JSON.parse(code));

test.each(json('## Input'))('docs/wire.md: %j is an input', (input) => {
  const schema = 'operation' in (input as object) ? 'RunZendeskJobInput' : 'AwaitZendeskJobInput';
  expect(problemsOf(schema, input)).toEqual([]);
});

test.each(json('## Result'))('docs/wire.md: %j is a result', (result) => {
  const schema = 'uncertain' in (result as object) ? 'RunZendeskBulkResult' : 'ZendeskJobOutcome';
  expect(problemsOf(schema, result)).toEqual([]);
});
