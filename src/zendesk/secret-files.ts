/** Secrets that stand in files of their own, as Docker and Kubernetes mount them. */
import type { AccountSettings, Label } from './account-settings';

/** The setting of a file, and the secret that is in it. */
export const SECRET_FILES = {
  oauthClientSecretFile: 'oauthClientSecret',
  oauthTokenFile: 'oauthToken',
  apiTokenFile: 'apiToken',
} as const satisfies Record<string, keyof AccountSettings>;

type SecretFile = keyof typeof SECRET_FILES;

/** Settings as people write them: a secret, or the path of the file that holds it. */
export type WrittenSettings = AccountSettings & { [File in SecretFile]?: string | null };

/** Throws with Node's `code` where there is no such file, or none that may be read. */
export type ReadFile = (path: string) => string;

/** Settings of the account itself: the secrets read, what white space surrounds them left out. No problem quotes a secret. */
export function withSecretsRead(
  written: WrittenSettings,
  label: Label,
  readFile: ReadFile,
): { settings: AccountSettings; label: Label } | { problems: string[] } {
  const settings: WrittenSettings = { ...written };
  const fileOf = new Map<keyof AccountSettings, SecretFile>();
  const problems: string[] = [];
  for (const file of filesIn(written)) {
    const secret = SECRET_FILES[file];
    delete settings[file];
    if (written[secret]) {
      problems.push(`set ${label(secret)} or ${label(file)}, not both`);
      continue;
    }
    const path = written[file]!;
    try {
      settings[secret] = readFile(path).trim();
      if (settings[secret] === '') problems.push(`${label(file)}: ${path} is empty`);
    } catch (error) {
      problems.push(`${label(file)}: cannot read ${path} (${(error as NodeJS.ErrnoException).code ?? 'unreadable'})`);
    }
    fileOf.set(secret, file);
  }
  if (problems.length > 0) return { problems };
  return { settings, label: (setting) => label(fileOf.get(setting as keyof AccountSettings) ?? setting) };
}

export function filesIn(written: WrittenSettings): SecretFile[] {
  return (Object.keys(SECRET_FILES) as SecretFile[]).filter((file) => written[file]);
}
