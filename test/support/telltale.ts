/** A Zendesk that repeats what it was told: all answers quote the credentials of who asks. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

type Answer = (response: ServerResponse, said: string) => unknown;

const json =
  (status: number, body: (said: string) => object, headers: Record<string, string> = {}): Answer =>
  (response, said) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body(said)));
const plain =
  (status: number, body: (said: string) => string): Answer =>
  (response, said) =>
    response.writeHead(status).end(body(said));

/** What it does instead of answering well, to each request. */
export const TROUBLES = {
  unauthorized: json(401, (said) => ({ error: 'invalid_token', error_description: said })),
  forbidden: json(403, (said) => ({ error: { title: 'Forbidden', message: said } })),
  unprocessable: json(422, (said) => ({ error: 'RecordInvalid', details: { base: [{ description: said }] } })),
  rateLimited: json(429, (said) => ({ error: said }), { 'retry-after': '1' }),
  tooManyJobs: json(429, (said) => ({ error: 'TooManyJobs', description: said, current_job_ids: said.split(' ') })),
  broken: json(500, (said) => ({ errors: [{ code: said, title: said, detail: said }] })),
  page: plain(502, (said) => `<html><title>${said}</title><body>${said}</body></html>`),
  noJson: plain(200, (said) => said),
  otherShape: json(200, (said) => ({ job_status: { id: said, status: [said], [said]: said }, job_statuses: said })),
  redirect: (response, said) =>
    response.writeHead(307, { location: `https://${encodeURIComponent(said)}@elsewhere.example/?said=${said}` }).end(),
  cutOff: (response, said) => {
    response.writeHead(200, { 'content-length': said.length * 2 });
    response.write(said, () => response.destroy());
  },
  reset: (response) => response.socket?.destroy(),
  hang: () => undefined,
} satisfies Record<string, Answer>;

export type Trouble = keyof typeof TROUBLES;

/** A client with this id has the trouble with its tokens, any other with all else. */
export const REFUSED_CLIENT = 'refused-client';

export interface Telltale {
  origin: string;
  /** Every secret that came, as it was sent. */
  secrets: ReadonlySet<string>;
  stop(): Promise<void>;
}

/** Without a trouble, it passes on what `target` answers, with the secrets in it. */
export async function startTelltale(target: string, trouble?: Trouble): Promise<Telltale> {
  const secrets = new Set<string>();
  const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const told = secretsOf(request.headers.authorization, body);
    for (const secret of told) secrets.add(secret);
    const said = told.flatMap((secret) => [secret, encodeURIComponent(secret), base64(secret)]).join(' ');
    response.setHeader('x-request-id', told.at(-1) ?? 'none');
    response.setHeader('x-said', said);
    response.setHeader('set-cookie', `said=${encodeURIComponent(said)}`);
    const isTokenRequest = request.url === '/oauth/tokens';
    const isTroubled = !isTokenRequest || body.includes(REFUSED_CLIENT);
    if (trouble && isTroubled) return void TROUBLES[trouble](response, said);

    const { method, url, headers } = request;
    const { authorization = '', 'content-type': type = 'application/json' } = headers;
    const sent = await fetch(target + url, {
      method,
      headers: { authorization, 'content-type': type },
      body: body || null,
    });
    const answered = (await sent.json()) as object;
    json(sent.status, () => (isTokenRequest ? answered : repeating(answered, said)))(response, said);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secrets,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function secretsOf(authorization = '', body: string): string[] {
  const credentials = authorization.replace(/^\w+ /, '');
  const pair = authorization.startsWith('Basic ') ? Buffer.from(credentials, 'base64').toString() : undefined;
  const clientSecret = /"client_secret":("(?:[^"\\]|\\.)*")/.exec(body)?.[1];
  const all = [pair, pair?.split(':').slice(1).join(':'), pair ? undefined : credentials || undefined];
  return [...all, clientSecret && (JSON.parse(clientSecret) as string)].filter((secret) => secret !== undefined);
}

/** In every text that an outcome may show. */
function repeating(answer: object, said: string): object {
  return JSON.parse(JSON.stringify(answer), (key, value: unknown) => {
    if (key === 'message' || key === 'details' || key === 'job_type') return said;
    return key === 'results' && Array.isArray(value)
      ? value.map((row: object) => ({ ...row, details: said, said }))
      : value;
  }) as object;
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
