import type { Command } from 'commander';
import { runChecks, type Finding } from './checks';
import { jsonOption, taskQueueOption } from './options';
import { foldLine, green, red } from './text';

export function addCheckCommand(program: Command): void {
  program
    .command('check')
    .description('check that Temporal, a worker and each configured Zendesk account answer')
    .addOption(taskQueueOption())
    .addOption(jsonOption())
    .action(check);
}

async function check({ taskQueue, json = false }: { taskQueue: string; json?: boolean }): Promise<void> {
  const findings = await runChecks(taskQueue);
  const problem = findings.find(({ ok }) => !ok);
  console.log(
    json ? JSON.stringify({ ok: !problem, checks: findings }, null, 2) : findings.map(describeFinding).join('\n'),
  );
  process.exitCode = problem?.exitCode ?? 0;
}

/** A line for what was found, and one for what to do about it. */
export function describeFinding({ subject, ok, summary, advice }: Finding): string {
  const line = `${ok ? green('✓') : red('✗')} ${subject}: ${foldLine(summary)}`;
  return advice ? `${line}\n  → ${advice}` : line;
}
