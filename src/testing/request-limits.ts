/** How large a request may be before a proxy in front of Zendesk refuses it. */
import { assert, integer, min, nullable, object, optional } from 'superstruct';
import { proxyPage } from './errors';
import type { Answer, Received } from './http';

/** Bytes; null or left out: no limit. */
export interface FakeRequestLimits {
  /** Of the path with its query: 414 beyond it. */
  urlBytes?: number | null;
  /** Of the body: 413 beyond it. */
  bodyBytes?: number | null;
}

const bytes = optional(nullable(min(integer(), 1)));
const struct = object({ urlBytes: bytes, bodyBytes: bytes });

export class RequestLimits {
  #limits: FakeRequestLimits = {};

  /** Throws superstruct's error on an option that is unknown or wrong. */
  set(limits: FakeRequestLimits): void {
    assert(limits, struct);
    this.#limits = limits;
  }

  /** A page of HTML, as nginx and Cloudflare send it, for a request that is too large. */
  refusal({ urlBytes, bodyBytes }: Pick<Received, 'urlBytes' | 'bodyBytes'>): Answer | undefined {
    if (urlBytes > (this.#limits.urlBytes ?? Infinity)) return proxyPage(414, 'Request-URI Too Large');
    if (bodyBytes > (this.#limits.bodyBytes ?? Infinity)) return proxyPage(413, 'Request Entity Too Large');
    return undefined;
  }
}
