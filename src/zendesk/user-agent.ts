import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as { version: string };

/** Zendesk asks for none, but Cloudflare stands before it, and support can find requests by it. */
export const USER_AGENT = `temporal-zendesk-jobs/${version}`;
