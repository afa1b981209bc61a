import type { EphemeralServerExecutable } from '@temporalio/testing';

/** The places where a server's executable can come from, best first. Each answers undefined where it has none. */
export interface ExecutableSources {
  /** The environment variable that names one, and its value. */
  variable: string;
  named: string | undefined;
  isExecutable(file: string): Promise<boolean>;
  onPath(): Promise<string | undefined>;
  builtBefore(): Promise<string | undefined>;
  /** The SDK's own download. */
  downloaded(): Promise<EphemeralServerExecutable | undefined>;
  /** Rejects when the build fails; undefined where it cannot be tried. */
  built(): Promise<string | undefined>;
  /** What to tell somebody who has none of these. */
  advice: string;
}

/** Takes the first source that has one, and asks none after it. What a person named is taken or refused, never replaced. */
export async function resolveExecutable(sources: ExecutableSources): Promise<EphemeralServerExecutable> {
  const { variable, named } = sources;
  if (named) {
    if (await sources.isExecutable(named)) return existing(named);
    throw new Error(`${variable} names ${named}, which is no executable file`);
  }
  const found = (await sources.onPath()) ?? (await sources.builtBefore());
  if (found) return existing(found);
  const downloaded = await sources.downloaded();
  if (downloaded) return downloaded;
  const built = await sources.built();
  if (built) return existing(built);
  throw new Error(sources.advice);
}

const existing = (path: string): EphemeralServerExecutable => ({ type: 'existing-path', path });
