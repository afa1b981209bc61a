/** The alert rules and the dashboard as files; test/server/observability.test.ts runs them against real workers. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { resolvePrometheus } from '../../dev/prometheus-executables';
import { METRICS } from '../../src/common/metrics';
import { dashboardQueries } from '../support/dashboard';

const ROOT = path.resolve(__dirname, '../..');
const FOLDER = path.join(ROOT, 'deploy/prometheus');
const rules = readFileSync(path.join(FOLDER, 'zendesk-jobs.rules.yml'), 'utf8');
const { groups } = parse(rules) as { groups: { rules: { alert?: string; record?: string; expr: string }[] }[] };
const alerts = groups.flatMap((group) => group.rules).filter(({ alert }) => alert);

/** What promtool says. Throws with that where it finds fault. */
async function promtool(...args: string[]): Promise<string> {
  const { promtool: executable } = await resolvePrometheus((line) => process.stderr.write(`${line}\n`));
  return execFileSync(executable, args, { cwd: FOLDER, encoding: 'utf8', stdio: 'pipe' });
}

test('promtool finds no fault with the configuration and the rules', async () => {
  expect(await promtool('check', 'config', 'prometheus.yml')).toContain('SUCCESS');
  expect(await promtool('check', 'rules', 'zendesk-jobs.rules.yml')).toContain('SUCCESS');
});

test('the alerts fire when they should, and not before', async () => {
  expect(await promtool('test', 'rules', 'zendesk-jobs.rules.test.yml')).toContain('SUCCESS');
});

test('every alert has an example of when it fires', () => {
  const { tests } = parse(readFileSync(path.join(FOLDER, 'zendesk-jobs.rules.test.yml'), 'utf8'), { merge: true }) as {
    tests: { alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }[];
  };
  const examples = tests.flatMap(({ alert_rule_test }) => alert_rule_test);
  const fired = new Set(examples.filter(({ exp_alerts }) => exp_alerts.length > 0).map(({ alertname }) => alertname));
  expect([...fired].sort()).toEqual(alerts.map(({ alert }) => alert).sort());
});

describe('metrics', () => {
  const known = Object.values(METRICS).flatMap(({ name, kind }) =>
    kind === 'histogram' ? ['_bucket', '_sum', '_count'].map((part) => name + part) : [name],
  );
  /** Metrics of ours in an expression. Those that rules record have a colon before. */
  const metricsIn = (expressions: string[]) =>
    [...expressions.join('\n').matchAll(/(?<![\w:])zendesk_\w+/g)].map(([name]) => name);

  test('of the rules are there', () => {
    const used = metricsIn(groups.flatMap((group) => group.rules.map(({ expr }) => expr)));
    expect(used.length).toBeGreaterThan(15);
    expect(used.filter((name) => !known.includes(name))).toEqual([]);
  });

  test('are all on the dashboard, and it has no others', () => {
    const used = metricsIn(dashboardQueries().map(({ expr }) => expr));
    expect(used.filter((name) => !known.includes(name))).toEqual([]);
    const shown = Object.values(METRICS).filter(({ name }) => used.some((found) => found.startsWith(name)));
    expect(shown).toEqual(Object.values(METRICS));
  });
});
