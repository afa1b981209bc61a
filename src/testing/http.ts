/** Requests as the fake reads them, and answers before they are sent. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** One request to the fake. Credentials are not in it. */
export interface FakeRequest {
  /** When it came, by the fake's clock. */
  at: number;
  method: string;
  /** With its query. */
  path: string;
  /** Without `authorization` and `cookie`. */
  headers: IncomingHttpHeaders;
  /** The JSON body parsed, any other body as text, undefined without one. A `client_secret` is struck out. */
  body: unknown;
  /** The status answered; null where no answer was sent (`reset`, `hang`). */
  status: number | null;
}

export interface Received {
  method: string;
  url: URL;
  headers: IncomingHttpHeaders;
  body: unknown;
  /** Of the path with its query, as it was sent. */
  urlBytes: number;
  bodyBytes: number;
}

/** A string body is sent as it is, anything else as JSON. */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body: unknown;
  /** Made by a proxy in front of Zendesk: it has none of Zendesk's headers. */
  fromProxy?: boolean;
}

/** Rejects when the client goes away in the middle of its request. */
export async function receive(request: IncomingMessage, origin: string): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  return {
    method: request.method ?? 'GET',
    url: requestUrl(request, origin),
    headers: request.headers,
    body: parsed(bytes.toString('utf8')),
    urlBytes: Buffer.byteLength(request.url ?? '/'),
    bodyBytes: bytes.length,
  };
}

export function logEntry(received: Received, at: number): FakeRequest {
  const headers = { ...received.headers };
  delete headers.authorization;
  delete headers.cookie;
  const { method, url, body } = received;
  return { at, method, path: url.pathname + url.search, headers, body: withoutSecret(body), status: null };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Addresses in answers name the host that was asked, which in a container is not the one listened on. */
function requestUrl(request: IncomingMessage, origin: string): URL {
  const base = request.headers.host === undefined ? origin : `http://${request.headers.host}`;
  // Joined, not resolved: a path that begins with two slashes is no host.
  return new URL(base + (request.url ?? '/'));
}

function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function withoutSecret(body: unknown): unknown {
  return isObject(body) && 'client_secret' in body ? { ...body, client_secret: '[hidden]' } : body;
}
