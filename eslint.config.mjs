import tseslint from 'typescript-eslint';

/** Imports point one way: common <- zendesk <- activities <- workflows (types only) <- plugin, worker, cli. */
const layer = (files, patterns) => ({
  files,
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
});
const above = (group, message) => ({ group, message });
const temporal = above(['@temporalio/*'], 'This layer knows no Temporal.');

export default tseslint.config(
  { ignores: ['lib/', 'node_modules/', 'coverage/'] },
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    files: ['**/*.js'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  layer(
    ['src/common/**'],
    [temporal, above(['../zendesk/*', '../activities/*', '../workflows/*'], 'common is the bottom.')],
  ),
  layer(
    ['src/zendesk/**'],
    [temporal, above(['../activities/*', '../workflows/*', '../testing/*', '../cli/*'], 'Points up.')],
  ),
  layer(
    ['src/activities/**'],
    [
      above(
        [
          '../workflows/*',
          '../testing/*',
          '../cli/*',
          '@temporalio/workflow',
          '@temporalio/client',
          '@temporalio/worker',
        ],
        'Points up.',
      ),
    ],
  ),
  layer(
    ['src/workflows/**', 'src/workflow.ts', 'src/nexus.ts'],
    [
      {
        group: ['@temporalio/activity', '@temporalio/client', '@temporalio/worker', '@temporalio/testing', 'node:*'],
        message: 'Not in the workflow sandbox.',
      },
      {
        // What is safe to repeat is pure: the workflow decides by it.
        group: [
          '../zendesk/*',
          '!../zendesk/repeat-safety',
          '!../zendesk/record-keys',
          '../activities/*',
          './activities/*',
          './index',
        ],
        allowTypeImports: true,
        message: 'Types only: this code runs in the workflow sandbox.',
      },
    ],
  ),
);
