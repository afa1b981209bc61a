/** `npm run soak -- --records 100000`: a long run of what test/server/killed-bulk.test.ts does. Fails where a promise is broken. */
import { program } from 'commander';
import { soakBulk } from './bulk-soak';

interface Options {
  records: string;
  seed: string;
  killEvery: string;
}

program
  .option('--records <number>', 'records of the bulk run', '100000')
  .option('--seed <number>', 'of the faults', String(Date.now() % 2 ** 31))
  .option('--kill-every <seconds>', 'between two kills of the worker', '7')
  .action(async ({ records, seed, killEvery }: Options) => {
    const { problems, result, ...figures } = await soakBulk({
      records: Number(records),
      seed: Number(seed),
      faulty: 0.01,
      killEvery: Number(killEvery) * 1_000,
      kills: Infinity,
      restartServer: true,
      log: console.log,
    });
    const { total, succeeded, failed, retried, jobs } = result;
    const uncertain = result.uncertain.reduce((sum, { count }) => sum + count, 0);
    console.log({ seed, total, succeeded, failed, uncertain, retried, jobs, ...figures });
    for (const problem of problems) console.error(problem);
    if (problems.length > 0) process.exitCode = 1;
  });

void program.parseAsync();
