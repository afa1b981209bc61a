/** Mutation tests: Stryker changes the code in small ways, and each change has to make a test fail. */
import { existsSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import rules from './rules.js';

const missing = Object.entries(rules)
  .flat(2)
  .filter((file) => !existsSync(file));
if (missing.length > 0) throw new Error(`dev/mutation/rules.js names files that do not exist: ${missing.join(', ')}`);

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate: Object.keys(rules),
  testRunner: 'jest',
  jest: { configFile: 'dev/mutation/jest.config.js' },
  coverageAnalysis: 'perTest',
  // A mutant in a constant of a module would need a new process for every test.
  ignoreStatic: true,
  concurrency: 1,
  reporters: ['clear-text', 'progress-append-only', 'html'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: 'node_modules/.cache/mutation/report.html' },
  // Jest finds no tests under node_modules.
  tempDirName: mkdtempSync(path.join(os.tmpdir(), 'mutation-')),
  ignorePatterns: [
    '**',
    '!src/**',
    '!test/**',
    '!dev/mutation/**',
    '!dev/seeded-random.ts',
    '!jest.config.js',
    '!package.json',
    '!tsconfig.json',
  ],
  thresholds: { high: 100, low: 95, break: 95 },
};
