/** What the workers of server suites run: the package's workflows, and what only tests need. */
export * from '../../src/workflows';
