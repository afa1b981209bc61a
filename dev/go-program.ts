/** Go programs, compiled with what Go has downloaded and compiled before: both kept in the cache folder. */
import path from 'node:path';
import { cacheFolder, which } from './build-once';
import { outputOf, runCommand } from './run-command';

/** Go before it cannot fetch the version that a go.mod asks for. */
const OLDEST_MINOR = 21;

const ADVICE = `Go 1.24 or later is needed, as go on PATH (from 1.${OLDEST_MINOR} on it fetches that by itself, unless GOTOOLCHAIN is local):
  - https://go.dev/doc/install
  - GitHub Actions: actions/setup-go
  - Debian, Ubuntu: apt-get install golang-go, where that is new enough`;

/** Compiles the package of the module in `folder`; `file` is the program. Minutes the first time, seconds from then on. */
export async function compileGo(
  { folder, pkg, file }: { folder: string; pkg: string; file: string },
  log: (line: string) => void,
): Promise<void> {
  const go = await findGo(process.env);
  const cache = cacheFolder();
  const env = {
    GOCACHE: path.join(cache, 'go-build'),
    GOMODCACHE: path.join(cache, 'go-modules'),
    // Else Go makes the modules read-only, and nobody can delete the cache.
    GOFLAGS: `${process.env['GOFLAGS'] ?? ''} -modcacherw -mod=readonly`.trim(),
  };
  log(`Compiling ${path.relative(process.cwd(), folder)} with Go`);
  await runCommand(go, ['build', '-o', file, pkg], { cwd: folder, env, log });
}

/** Throws what to install where Go is missing, or is too old to help itself. */
export async function findGo(env: NodeJS.ProcessEnv): Promise<string> {
  const go = await which('go', env);
  const minor = go && /go1\.(\d+)/.exec((await outputOf(go, ['version'])) ?? '')?.[1];
  if (!go || !minor || Number(minor) < OLDEST_MINOR) throw new Error(ADVICE);
  return go;
}
