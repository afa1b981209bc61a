/** `npm run soak -- bulk|chaos`: the long forms of tests that kill workers. Fails where a promise is broken. */
import { program } from 'commander';
import { soakBulk } from './bulk-soak';
import { chaos } from './chaos';

const SEED = String(Date.now() % 2 ** 31);

program
  .command('bulk')
  .description('one bulk run, as test/server/killed-bulk.test.ts does it')
  .option('--records <number>', 'records of the bulk run', '100000')
  .option('--seed <number>', 'of the faults', SEED)
  .option('--kill-every <seconds>', 'between two kills of the worker', '7')
  .action(async ({ records, seed, killEvery }: Record<'records' | 'seed' | 'killEvery', string>) => {
    const { problems, result, ...figures } = await soakBulk({
      records: Number(records),
      seed: Number(seed),
      faulty: 0.01,
      killEvery: Number(killEvery) * 1_000,
      kills: Infinity,
      vanishing: Number(records) / 2_000,
      restartServer: true,
      log: console.log,
    });
    const { total, succeeded, failed, uncertainRecords, retried, jobs } = result;
    report({ seed, total, succeeded, failed, uncertainRecords, retried, jobs, ...figures }, problems);
  });

program
  .command('chaos')
  .description('many waits and starts, as test/server/chaos.test.ts has fewer')
  .option('--waits <number>', 'jobs that are waited for', '1000')
  .option('--starts <number>', 'jobs that are started', '200')
  .option('--seconds <number>', 'in which things go wrong; Zendesk is down for a tenth of them', '600')
  .option('--seed <number>', 'of the faults', SEED)
  .action(async ({ waits, starts, seconds, seed }: Record<'waits' | 'starts' | 'seconds' | 'seed', string>) => {
    const { problems, ...figures } = await chaos({
      waits: Number(waits),
      starts: Number(starts),
      seconds: Number(seconds),
      seed: Number(seed),
      log: console.log,
    });
    report({ seed, ...figures }, problems);
  });

function report(figures: object, problems: string[]): void {
  console.log(figures);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}

void program.parseAsync();
