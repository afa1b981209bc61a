import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CERTIFICATE, KEY } from '../zendesk/support/tls';
import { runCli } from './support';

/** Only what is found of Zendesk is looked at: no Temporal server answers. */
const NO_SERVER = { TEMPORAL_ADDRESS: '127.0.0.1:1' };
const server = createServer({ cert: CERTIFICATE, key: KEY }, (_, response) =>
  response.setHeader('content-type', 'application/json').end('{"job_statuses": [], "meta": {"has_more": false}}'),
);
let env: Record<string, string>;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'check-'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  env = { ...NO_SERVER, ZENDESK_BASE_URL: origin, ZENDESK_OAUTH_TOKEN: 'token', HTTPS_PROXY: '', https_proxy: '' };
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

test('check names NODE_EXTRA_CA_CERTS for a certificate that is not trusted, and trusts it by that', async () => {
  expect((await runCli(['check'], env)).stdout).toMatch(/✗ Account default: .*NODE_EXTRA_CA_CERTS/);
  const file = path.join(folder, 'ca.pem');
  await writeFile(file, CERTIFICATE);
  expect((await runCli(['check'], { ...env, NODE_EXTRA_CA_CERTS: file })).stdout).toContain('✓ Account default');
});

test('check names the proxy that does not answer', async () => {
  const { stdout } = await runCli(['check'], { ...env, HTTPS_PROXY: 'http://ann:secret@127.0.0.1:1' });
  expect(stdout).toMatch(/✗ Account default: .*by the proxy 127\.0\.0\.1:1 of HTTPS_PROXY/);
  expect(stdout).not.toContain('secret');
});

test('check names a proxy that cannot be used', async () => {
  const { code, stdout } = await runCli(['check'], { ...env, HTTPS_PROXY: 'socks5://ann:secret@127.0.0.1:1' });
  expect(stdout).toContain('HTTPS_PROXY: expected the address of an HTTP proxy');
  expect(stdout).not.toContain('secret');
  expect(code).not.toBe(0);
});
