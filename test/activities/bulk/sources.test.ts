import { ZendeskJobsPlugin } from '../../../src';
import { createZendeskActivities } from '../../../src/activities';
import { pluggedProblems, sinkNamed, sourceNamed } from '../../../src/activities/bulk/sources';
import { InputProblems } from '../../../src/common/inputs';

const accounts = { default: { baseUrl: 'http://127.0.0.1:1' } };
const page = () => ({ items: [] });

describe('a source or sink is found by its name', () => {
  test('as a function, or as an object that keeps what it holds', async () => {
    class Table {
      readonly #rows = [1, 2];
      read() {
        return { items: this.#rows };
      }
    }
    const sources = { plain: page, table: new Table() };
    expect(await sourceNamed({ name: 'plain' }, { sources }).read({}, null)).toEqual({ items: [] });
    expect(await sourceNamed({ name: 'table' }, { sources }).read({}, null)).toEqual({ items: [1, 2] });
  });

  test('one of the user’s own comes before the built-in one', () => {
    expect(sourceNamed({ name: 'ndjson' }, {}).check).toBeDefined();
    expect(sourceNamed({ name: 'ndjson' }, { sources: { ndjson: page } })).toEqual({ read: page });
    const write = () => undefined;
    expect(sinkNamed({ name: 'ndjson' }, { sinks: { ndjson: write } })).toEqual({ write });
  });

  test.each(['csv', 'toString', '__proto__'])('%s is none: the message names those that there are', (name) => {
    expect(() => sourceNamed({ name }, { sources: { users: page } })).toThrow(InputProblems);
    expect(() => sourceNamed({ name }, { sources: { users: page } })).toThrow(/it has: ndjson, users$/);
    expect(() => sinkNamed({ name }, {})).toThrow(/it has: ndjson$/);
  });
});

describe('what a worker is given as sources and sinks', () => {
  test.each<[object, string[]]>([
    [{}, []],
    [
      {
        sources: { users: page, table: { read: page, check: page, superseded: page } },
        sinks: { rows: { write: page, check: page, open: page, close: page } },
      },
      [],
    ],
    [{ sources: [] }, ['sources: expected an object by name']],
    [{ sinks: null }, ['sinks: expected an object by name']],
    [{ sources: { users: 1 } }, ['sources.users: expected a function, or an object with read()']],
    [{ sources: { users: null } }, ['sources.users: expected a function, or an object with read()']],
    [{ sinks: { rows: { read: page } } }, ['sinks.rows: expected a function, or an object with write()']],
    [{ sinks: { rows: { write: page, close: true } } }, ['sinks.rows.close: expected a function']],
    [{ sinks: { rows: { write: page, open: 1 } } }, ['sinks.rows.open: expected a function']],
    [{ sources: { users: { read: page, superseded: [] } } }, ['sources.users.superseded: expected a function']],
    [
      { sources: { 'my users': page } },
      ['sources.my users: expected a name of 1 to 100 letters, digits, ".", "_" or "-"'],
    ],
  ])('%p', (plugged, problems) => {
    expect(pluggedProblems(plugged)).toEqual(problems);
  });

  test('is checked when the activities are made', () => {
    const wrong = { accounts, sources: { users: {} } } as never;
    const words = /sources and sinks cannot be used: sources\.users: expected a function/;
    expect(() => createZendeskActivities(wrong)).toThrow(words);
    expect(() => new ZendeskJobsPlugin(wrong)).toThrow(words);
  });
});
