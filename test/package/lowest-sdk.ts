/** The lowest versions of the SDK and of TypeScript that the package supports, as `test/lowest-sdk` pins them. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './packed';

const PINNED = path.join(ROOT, 'test/lowest-sdk');
const FOLDER = path.join(ROOT, 'node_modules/.cache/lowest-sdk');

/** Its node_modules folder. Installed by npm when it is not there yet: some 15 s with a warm cache of npm's. */
export function installLowestSdk(): string {
  const lock = readFileSync(path.join(PINNED, 'package-lock.json'), 'utf8');
  const installed = path.join(FOLDER, 'installed-lock.json');
  if (!existsSync(installed) || readFileSync(installed, 'utf8') !== lock) {
    mkdirSync(FOLDER, { recursive: true });
    for (const file of ['package.json', 'package-lock.json'])
      copyFileSync(path.join(PINNED, file), path.join(FOLDER, file));
    const args = ['ci', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'];
    execFileSync('npm', args, { cwd: FOLDER, stdio: 'pipe' });
    writeFileSync(installed, lock);
  }
  return path.join(FOLDER, 'node_modules');
}
