// With `projects`, jest 30 does not heed `testTimeout` of the configuration.
jest.setTimeout(180_000);
