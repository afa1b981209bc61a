/** The least that a test needs to talk to the fake. */
import type { FakeZendesk } from '../../src/testing';

export interface Reply<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

/** Whatever the answer holds: these tests look into many shapes. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

export async function send(
  zendesk: FakeZendesk,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply<Json>> {
  const response = await fetch(zendesk.origin + path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    redirect: 'manual',
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') && text !== '';
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

export const get = (zendesk: FakeZendesk, path: string, headers?: Record<string, string>) =>
  send(zendesk, 'GET', path, undefined, headers);

export const post = (zendesk: FakeZendesk, path: string, body?: unknown) => send(zendesk, 'POST', path, body);

/** `{ id: 1 }`, `{ id: 2 }`, … */
export const records = (count: number) => Array.from({ length: count }, (_, index) => ({ id: index + 1 }));
