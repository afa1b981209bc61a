/** The package as users get it: packed and unpacked, not linked, in a project of its own. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');

export interface Project {
  /** Writes a file of the user's; returns its path. */
  write(file: string, text: string): string;
  /** Runs JavaScript as plain Node does; returns what it prints. */
  run(script: string): string;
  remove(): void;
}

/** A project that has installed the package. `@types/ms` is not in it: users do not have it either. */
export function installPacked(): Project {
  const folder = mkdtempSync(path.join(tmpdir(), 'temporal-zendesk-jobs-user-'));
  const modules = path.join(folder, 'node_modules');
  const own = path.join(modules, 'temporal-zendesk-jobs');
  mkdirSync(own, { recursive: true });

  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const [packed] = JSON.parse(execFileSync('npm', pack, { cwd: ROOT, encoding: 'utf8' })) as [{ filename: string }];
  execFileSync('tar', ['-xzf', path.join(folder, packed.filename), '-C', own, '--strip-components=1']);
  linkDependencies(path.join(ROOT, 'node_modules'), modules);

  const write = (file: string, text: string) => {
    const target = path.join(folder, file);
    writeFileSync(target, text);
    return target;
  };
  return {
    write,
    run: (script) => execFileSync(process.execPath, [write('script.js', script)], { cwd: folder, encoding: 'utf8' }),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

function linkDependencies(from: string, to: string): void {
  for (const name of readdirSync(from).filter((entry) => !entry.startsWith('.') && entry !== '@types')) {
    symlinkSync(path.join(from, name), path.join(to, name));
  }
  mkdirSync(path.join(to, '@types'));
  symlinkSync(path.join(from, '@types', 'node'), path.join(to, '@types', 'node'));
}
