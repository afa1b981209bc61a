/** The public surface is what `api/` says: a change of it is to be seen, and to be meant. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { API_FOLDER, apiReports } from '../../dev/api-report';

let reports: Map<string, string>;
beforeAll(() => (reports = apiReports()));

test('there is a report for each entry, and no other', () => {
  expect(readdirSync(API_FOLDER).sort()).toEqual([...reports.keys()].sort());
});

test.each(readdirSync(API_FOLDER))('%s is current: after a change that is meant, `npm run api-report`', (file) => {
  expect(reports.get(file)).toBe(readFileSync(path.join(API_FOLDER, file), 'utf8'));
});
