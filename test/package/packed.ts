/** The package as users get it: packed and unpacked, not linked, in a project of its own. */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

export const ROOT = path.resolve(__dirname, '../..');
const NAME = 'temporal-zendesk-jobs';

export interface Tarball {
  file: string;
  /** Bytes. */
  size: number;
  unpackedSize: number;
  /** With `/` and relative to the package, as in `lib/index.js`. */
  files: { path: string; mode: number }[];
}

/** `npm pack` of what is built, into a folder. */
export function pack(folder: string): Tarball {
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const [packed] = JSON.parse(execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8' })) as [
    { filename: string; size: number; unpackedSize: number; files: Tarball['files'] },
  ];
  const { filename, ...sizes } = packed;
  return { ...sizes, file: path.join(folder, filename) };
}

export interface Project {
  folder: string;
  /** Writes a file of the user's; returns its path. */
  write(file: string, text: string): string;
  /** Runs JavaScript as plain Node does; returns what it prints. Throws with what it said on stderr. */
  run(script: string, options?: string[]): string;
  /** The same, for a file that is there, while this process does other things. */
  runFile(file: string, args?: string[]): Promise<string>;
  remove(): void;
}

export interface ProjectOptions {
  /** Of `@types`, by default `node`: few users have `@types/ms`. */
  types?: string[];
  /** A node_modules folder that goes before this repository's. */
  before?: string;
}

/** A project that has installed the package. Everything else in its node_modules is linked from this repository's. */
export function installPacked({ types = ['node'], before }: ProjectOptions = {}): Project {
  const folder = mkdtempSync(path.join(tmpdir(), `${NAME}-user-`));
  const own = path.join(folder, 'node_modules', NAME);
  mkdirSync(own, { recursive: true });
  execFileSync('tar', ['-xzf', pack(folder).file, '-C', own, '--strip-components=1']);
  const modules = path.join(folder, 'node_modules');
  if (before) linkModules(before, modules, types);
  linkModules(path.join(ROOT, 'node_modules'), modules, types);

  const write = (file: string, text: string) => {
    const target = path.join(folder, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
    return target;
  };
  return {
    folder,
    write,
    run: (script, options = []) =>
      execFileSync(process.execPath, [...options, write('script.js', script)], {
        cwd: folder,
        encoding: 'utf8',
        stdio: 'pipe',
      }),
    async runFile(file, args = []) {
      const { stdout } = await promisify(execFile)(process.execPath, [file, ...args], { cwd: folder });
      return stdout;
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** Links what is not there yet. */
function linkModules(from: string, to: string, types: string[]): void {
  const packages = readdirSync(from).filter((entry) => !entry.startsWith('.') && entry !== '@types');
  mkdirSync(path.join(to, '@types'), { recursive: true });
  for (const name of [...packages, ...types.map((type) => `@types/${type}`)]) {
    if (!existsSync(path.join(to, name))) symlinkSync(path.join(from, name), path.join(to, name));
  }
}
