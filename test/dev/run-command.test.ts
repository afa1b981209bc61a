import { runCommand } from '../../dev/run-command';

const run = (...args: string[]) => runCommand(process.execPath, args, { cwd: __dirname, log: () => {} });

test('a command that fails is told with its last lines', async () => {
  const script = `for (let i = 1; i < 100; i++) console.log('line ' + i); console.error('the reason'); process.exit(3)`;
  const error = (await run('-e', script).catch((reason: unknown) => reason)) as Error;
  expect(error.message).toContain('ended with code 3');
  expect(error.message).toContain('the reason');
  expect(error.message).not.toContain('line 50\n');
});

test('a command that is not there is told', async () => {
  const missing = runCommand('no-such-command', [], { cwd: __dirname, log: () => {} });
  await expect(missing).rejects.toThrow('no-such-command');
});

test('a command that succeeds says how long it took', async () => {
  const said: string[] = [];
  await runCommand(process.execPath, ['-e', ''], { cwd: __dirname, log: (line) => said.push(line) });
  expect(said).toEqual([expect.stringMatching(/done after \d+ s/)]);
});
