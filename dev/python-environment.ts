/** Python with the packages of a requirements.txt, in a virtual environment that is made once and kept in the cache. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { buildOnce, which } from './build-once';
import { outputOf, runCommand } from './run-command';

/** Of Temporal's Python SDK. */
const OLDEST_MINOR = 10;
const NEWEST_MINOR = 14;

const ADVICE = `Python 3.${OLDEST_MINOR} or later is needed, as python3 or python3.x on PATH:
  - Debian, Ubuntu: apt-get install python3 python3-venv
  - elsewhere: https://www.python.org/downloads/`;
const NO_PIP = `has neither ensurepip nor pip: install its venv package (Debian, Ubuntu: apt-get install python3-venv)`;

export interface Python {
  command: string;
  /** As in `3.11`. */
  version: string;
  has(module: string): Promise<boolean>;
}

/** The path of a python that has what `requirements` names. Made once for each installed Python and each content: some 10 s. */
export async function pythonWith(requirements: string, log: (line: string) => void): Promise<string> {
  const python = await findPython(process.env);
  const digest = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  const name = `python-${python.version}-${digest.slice(0, 12)}`;
  const folder = await buildOnce(name, (draft) => makeEnvironment(python, draft, requirements, log), { log });
  return pythonIn(folder);
}

/** A virtual environment can be moved, as long as nobody uses the scripts of its bin folder: this is none. */
const pythonIn = (folder: string) => path.join(folder, 'bin/python');

async function makeEnvironment(
  { command, version, has }: Python,
  folder: string,
  requirements: string,
  log: (line: string) => void,
): Promise<void> {
  const run = (executable: string, ...args: string[]) => runCommand(executable, args, { cwd: folder, log });
  log(`Installing what ${path.relative(process.cwd(), requirements)} names for Python ${version}, this once`);
  if (await has('ensurepip')) {
    await run(command, '-m', 'venv', folder);
    await run(pythonIn(folder), '-m', 'pip', 'install', '--requirement', requirements);
  } else if (await has('pip')) {
    const packages = path.join(folder, `lib/python${version}/site-packages`);
    await run(command, '-m', 'venv', '--without-pip', folder);
    await run(command, '-m', 'pip', 'install', '--target', packages, '--requirement', requirements);
  } else {
    throw new Error(`${command} ${NO_PIP}`);
  }
}

/** A python on PATH that has pip, of any version 3; undefined where there is none. */
export async function findPip(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const name of ['python3', ...minorVersions().map((minor) => `python3.${minor}`)]) {
    const command = await which(name, env);
    if (command && (await outputOf(command, ['-c', 'import pip'])) !== undefined) return command;
  }
  return undefined;
}

const minorVersions = () => Array.from({ length: NEWEST_MINOR - OLDEST_MINOR + 1 }, (_, i) => NEWEST_MINOR - i);

/** The first python on PATH that is new enough. Throws what to install where there is none. */
export async function findPython(env: NodeJS.ProcessEnv): Promise<Python> {
  for (const name of ['python3', ...minorVersions().map((minor) => `python3.${minor}`)]) {
    const command = await which(name, env);
    const version = command && (await outputOf(command, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']));
    if (!version || Number(version.split('.')[1]) < OLDEST_MINOR) continue;
    return {
      command,
      version,
      has: async (module) => (await outputOf(command, ['-c', `import ${module}`])) !== undefined,
    };
  }
  throw new Error(ADVICE);
}
