/** Loads what the ready worker is extended with: a module of sources and sinks, named by `ZENDESK_EXTENSIONS`. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { pluggedProblems, type SourcesAndSinks } from './activities/bulk/sources';
import { ZendeskConfigurationError } from './zendesk/accounts';

/**
 * The `sources` and `sinks` that a module exports, by name or in its default export. `name` is a path relative to `folder` or
 * the name of a package that is installed for it, of either kind of module. Empty where `name` is. Throws
 * `ZendeskConfigurationError` for what cannot be loaded, exports neither, or exports something else by these names.
 */
export async function loadExtensions(name: string | undefined, folder: string): Promise<SourcesAndSinks> {
  if (!name) return {};
  const wrong = (...problems: string[]) => new ZendeskConfigurationError(problems, `ZENDESK_EXTENSIONS ${name}`);
  const exported = await load(name, folder).catch((error: unknown) => {
    throw wrong(`it cannot be loaded: ${firstLine(error)}`);
  });
  const { sources, sinks } = pluggedIn(exported);
  if (sources === undefined && sinks === undefined) throw wrong('it exports neither sources nor sinks');
  const problems = pluggedProblems({ sources, sinks });
  if (problems.length > 0) throw wrong(...problems);
  return { sources, sinks };
}

async function load(name: string, folder: string): Promise<unknown> {
  const { resolve } = createRequire(path.join(folder, 'package.json'));
  const file = isFile(name) ? resolve(path.resolve(folder, name)) : packageFile(name, resolve);
  return await import(file === undefined ? name : pathToFileURL(file).href);
}

function isFile(name: string): boolean {
  return /^\.{0,2}[\\/]/.test(name) || path.isAbsolute(name) || /\.[cm]?js$/.test(name);
}

/** Undefined for a package that only an `import` can resolve, which finds it from where this package is installed. */
function packageFile(name: string, resolve: NodeJS.RequireResolve): string | undefined {
  try {
    return resolve(name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_PACKAGE_PATH_NOT_EXPORTED') return undefined;
    throw error;
  }
}

/** A CommonJS module has its exports as the default, and what was compiled to one has a default in that. */
function pluggedIn(exported: unknown): SourcesAndSinks {
  let at: unknown = exported;
  for (let depth = 0; depth < 3 && typeof at === 'object' && at !== null; depth++) {
    const { sources, sinks, default: next } = at as SourcesAndSinks & { default?: unknown };
    if (sources !== undefined || sinks !== undefined) return { sources, sinks };
    at = next;
  }
  return {};
}

/** Node lists below which modules wanted it. */
function firstLine(error: unknown): string {
  return String((error as Error | undefined)?.message ?? error).split('\n', 1)[0]!;
}
