/**
 * Reads the many shapes in which Zendesk says what went wrong: `{error, description}`, `{error: {title, message}}`,
 * `{errors: [{code, title, detail}]}`, `{error, error_description}` (OAuth), `{error}` alone, `{error, details}` (422), plain
 * text, HTML of a proxy or a maintenance page.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { readJson } from './json';

export interface ErrorEnvelope {
  form: 'json' | 'html' | 'text' | 'empty';
  /** Zendesk's error code, as in `RecordNotFound`. `Error` for an error object, which has none. */
  code?: string;
  /** What there is to say to people, neither cut nor redacted. */
  words: string;
  /** Of `TooManyJobs`. */
  currentJobIds: string[];
}

export function envelopeOf(body: string): ErrorEnvelope {
  const text = body.trim();
  if (text === '') return { form: 'empty', words: '', currentJobIds: [] };
  if (text.startsWith('<')) return { form: 'html', words: pageTitle(text), currentJobIds: [] };
  const value = parse(text);
  if (!isObject(value)) return { form: 'text', words: text, currentJobIds: [] };
  const { error, current_job_ids: ids } = value;
  return {
    form: 'json',
    code: typeof error === 'string' ? error : isObject(error) ? 'Error' : undefined,
    words: wordsOf(value),
    currentJobIds: Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [],
  };
}

/** Headers of responses by which Cloudflare, AWS WAF, DataDome and forward proxies keep a request from reaching Zendesk. */
const PROXY_HEADERS = ['cf-mitigated', 'x-amzn-waf-action', 'x-datadome', 'proxy-authenticate', 'x-squid-error'];
/** Cloudflare's response to clients that do not accept HTML. */
const CLOUDFLARE_ERROR = /^error code: 1\d{3}$/;

/**
 * Whether a proxy in front of Zendesk made the response by itself: a page of HTML, a challenge or a block. It says nothing about what
 * Zendesk would respond, nor about the credentials.
 */
export function isFromProxy({ form, words }: ErrorEnvelope, headers: IncomingHttpHeaders): boolean {
  if (PROXY_HEADERS.some((name) => headers[name] !== undefined)) return true;
  if (form === 'json') return false;
  return form === 'html' || /^text\/html\b/i.test(headers['content-type'] ?? '') || CLOUDFLARE_ERROR.test(words);
}

function wordsOf({ error, errors, description, error_description, message, details }: Record<string, unknown>): string {
  const parts = [
    ...(isObject(error) ? [error.title, error.message] : [error]),
    description,
    error_description,
    message,
    ...listOf(errors).map(itemWords),
    ...(isObject(details) ? Object.entries(details).map(([field, value]) => `${field}: ${detailWords(value)}`) : []),
  ];
  return parts.filter((part) => typeof part === 'string' && part !== '').join(': ');
}

function itemWords(item: unknown): string {
  if (!isObject(item)) return textOf(item);
  return [item.code, item.title, item.detail ?? item.message]
    .filter((part) => typeof part === 'string' && part !== '')
    .join(' ');
}

function detailWords(value: unknown): string {
  return listOf(value)
    .map((item) => (isObject(item) ? textOf(item.description ?? item.error ?? '') : textOf(item)))
    .join(', ');
}

function pageTitle(html: string): string {
  const title = /<title[^<>]*>([^<]*)/i.exec(html)?.[1]?.trim();
  return title ? `a page of HTML, titled "${title}"` : 'a page of HTML';
}

function parse(text: string): unknown {
  try {
    return readJson(text);
  } catch {
    return undefined;
  }
}

/** `String` throws for an object that has a `toString` of its own. */
function textOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
