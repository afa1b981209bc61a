/** Loads what the ready worker and the CLI are extended with: the module that `ZENDESK_EXTENSIONS` names. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import { pluggedProblems } from './activities/bulk/sources';
import type { SourcesAndSinks } from './activities/bulk/pluggable';
import { ZendeskConfigurationError } from './zendesk/accounts';

export interface Extensions extends SourcesAndSinks {
  /** How payloads are written and read: the same for all workers and clients of the workflows. */
  dataConverter?: DataConverter;
}

/**
 * The `sources`, `sinks` and `dataConverter` that a module exports, by name or in its default export. `name` is a path relative
 * to `folder` or the name of a package that is installed for it, of either kind of module. Empty where `name` is. Throws
 * `ZendeskConfigurationError` for what cannot be loaded, exports none of them, or exports something else by these names.
 */
export async function loadExtensions(name: string | undefined, folder: string): Promise<Extensions> {
  if (!name) return {};
  const wrong = (...problems: string[]) => new ZendeskConfigurationError(problems, `ZENDESK_EXTENSIONS ${name}`);
  const exported = await load(name, folder).catch((error: unknown) => {
    throw wrong(`it cannot be loaded: ${firstLine(error)}`);
  });
  const extensions = extensionsIn(exported);
  if (!extensions) throw wrong('it exports no sources, no sinks and no dataConverter');
  const problems = [...pluggedProblems(extensions), ...converterProblems(extensions.dataConverter)];
  if (problems.length > 0) throw wrong(...problems);
  return extensions;
}

/** The paths in it are for the SDK to read. */
function converterProblems(converter: unknown): string[] {
  if (converter === undefined) return [];
  if (typeof converter !== 'object' || converter === null) return ['dataConverter: expected an object'];
  const { payloadCodecs = [] } = converter as { payloadCodecs?: unknown };
  const isCodec = (codec: unknown) =>
    ['encode', 'decode'].every((method) => typeof (codec as Record<string, unknown> | null)?.[method] === 'function');
  if (Array.isArray(payloadCodecs) && payloadCodecs.every(isCodec)) return [];
  return ['dataConverter.payloadCodecs: expected a list of objects with encode() and decode()'];
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
function extensionsIn(exported: unknown): Extensions | undefined {
  let at: unknown = exported;
  for (let depth = 0; depth < 3 && typeof at === 'object' && at !== null; depth++) {
    const { sources, sinks, dataConverter, default: next } = at as Extensions & { default?: unknown };
    if ([sources, sinks, dataConverter].some((part) => part !== undefined)) return { sources, sinks, dataConverter };
    at = next;
  }
  return undefined;
}

/** Node lists below which modules wanted it. */
function firstLine(error: unknown): string {
  return String((error as Error | undefined)?.message ?? error).split('\n', 1)[0]!;
}
