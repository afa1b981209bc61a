import { readFileSync } from 'node:fs';
import path from 'node:path';

const DASHBOARD = path.resolve(__dirname, '../../deploy/grafana/zendesk-jobs.json');

interface Panel {
  title: string;
  targets?: { expr: string; legendFormat: string }[];
}

export interface DashboardQuery {
  panel: string;
  legend: string;
  /** With Grafana's variables in it. */
  expr: string;
}

export function dashboardQueries(): DashboardQuery[] {
  const { panels } = JSON.parse(readFileSync(DASHBOARD, 'utf8')) as { panels: Panel[] };
  return panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr, legendFormat }) => ({ panel: title, legend: legendFormat, expr })),
  );
}
