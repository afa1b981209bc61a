const { projects } = require('../../jest.config');
const rules = require('./rules');

const [unit] = projects;

/** The unit tests of the rules alone. */
module.exports = {
  ...unit,
  rootDir: '../..',
  testMatch: [...new Set(Object.values(rules).flat())].map((test) => `<rootDir>/${test}`),
  setupFilesAfterEnv: [...unit.setupFilesAfterEnv, '<rootDir>/dev/mutation/no-shrinking.ts'],
};
