const STRUCK = '[redacted]';

/** Strikes secrets out of a text that others wrote: servers echo what they were sent. */
export type Redact = (text: string) => string;

/** `secrets` is asked each time, as tokens are renewed. Struck as they are, URL-encoded, JSON-escaped and in base64. */
export function createRedactor(secrets: () => string[]): Redact {
  return (text) =>
    secrets()
      .flatMap(formsOf)
      .sort((a, b) => b.length - a.length) // A secret may begin another one: the longer must go first.
      .reduce((struck, form) => struck.replaceAll(form, STRUCK), text);
}

function formsOf(secret: string): string[] {
  if (secret === '') return [];
  const base64 = Buffer.from(secret).toString('base64');
  const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), base64];
  return [...new Set(forms)];
}
