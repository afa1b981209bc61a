const shared = {
  testEnvironment: 'node',
  transform: { '^.+\\.(t|j|mj|cj)s$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
  // got and superstruct are ES modules, which jest cannot require: everything goes through the transform.
  transformIgnorePatterns: [],
  setupFilesAfterEnv: ['<rootDir>/test/setup/timeout.ts'],
};

/** @type {import('jest').Config} */
module.exports = {
  // Tests on a server wait most of the time.
  maxWorkers: 6,
  reporters: ['default', '<rootDir>/test/setup/closing-line-reporter.js'],
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['<rootDir>/test/server/', '<rootDir>/test/languages/'],
      roots: ['<rootDir>/test'],
    },
    {
      ...shared,
      displayName: 'server',
      testMatch: ['<rootDir>/test/{server,languages}/**/*.test.ts'],
      roots: ['<rootDir>/test'],
      // Only runs when a test of this project does.
      globalSetup: '<rootDir>/test/setup/global-setup.ts',
      globalTeardown: '<rootDir>/test/setup/global-teardown.ts',
    },
  ],
};
