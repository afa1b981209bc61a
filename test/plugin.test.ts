import { ZendeskJobsPlugin } from '../src';
import { createZendeskActivities } from '../src/activities';

const accounts = { default: { baseUrl: 'http://127.0.0.1:1' } };
const options = { taskQueue: 'mine', workflowsPath: '/app/workflows.js', activities: { mine: async () => 1 } };

test('the plugin adds its activities to those of the user', () => {
  const { activities } = new ZendeskJobsPlugin({ accounts }).configureWorker(options);
  const ours = Object.keys(createZendeskActivities({ accounts }));
  expect(ours).toContain('pollZendeskJobs');
  expect(Object.keys(activities ?? {})).toEqual(expect.arrayContaining(['mine', ...ours]));
});

test.each([999, 100_001, NaN])('a start timeout of %p ms is refused when the plugin is made', (startTimeout) => {
  expect(() => new ZendeskJobsPlugin({ accounts, startTimeout })).toThrow(
    /startTimeout: expected 1000 to 100000 ms, got /,
  );
});

test('the plugin leaves the workflows of the user in their place', () => {
  const plugin = new ZendeskJobsPlugin({ accounts });
  expect(plugin.configureWorker(options).workflowsPath).toBe('/app/workflows.js');
  expect(plugin.configureBundler({ workflowsPath: '/app/workflows.js' }).workflowsPath).toBe('/app/workflows.js');
});
