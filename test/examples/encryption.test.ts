/** The example of examples/encryption by itself: the codec, its keys, and the server that decodes for the Web UI. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import fc from 'fast-check';
import { AesCodec } from '../../examples/encryption/aes-codec';
import { createCodecServer } from '../../examples/encryption/codec-server';
import { keyringFromEnv, parseKeyring } from '../../examples/encryption/keyring';

const KEY = randomBytes(32).toString('base64');
const OTHER_KEY = randomBytes(32).toString('base64');
const codecWith = (current: string, keys: Record<string, string>) =>
  new AesCodec(parseKeyring(JSON.stringify({ current, keys })));
const codec = codecWith('a', { a: KEY });
const payloadOf = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const valueOf = (payload: Payload): unknown => defaultPayloadConverter.fromPayload(payload);

describe('the codec', () => {
  test('gives back what it was given, and shows nothing of it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue().map((value) => ({ value, marker: 'marker' }))), async (values) => {
        const sealed = await codec.encode(values.map(payloadOf));
        for (const { data } of sealed) expect(Buffer.from(data!).includes('marker')).toBe(false);
        expect((await codec.decode(sealed)).map(valueOf)).toEqual(JSON.parse(JSON.stringify(values)));
      }),
      { numRuns: 50 },
    );
  });

  test('seals the same twice in two ways', async () => {
    const [one, two] = await codec.encode([payloadOf('x'), payloadOf('x')]);
    expect(one!.data).not.toEqual(two!.data);
  });

  test('refuses what was changed, wherever, or cut', async () => {
    const [sealed] = await codec.encode([payloadOf({ secret: true })]);
    const data = Buffer.from(sealed!.data!);
    const changed = [...data.keys()].map((at) => Buffer.from(data).fill(data[at]! ^ 1, at, at + 1));
    const cut = [...data.keys()].map((length) => data.subarray(0, length));
    for (const bytes of [...changed, ...cut])
      await expect(codec.decode([{ ...sealed, data: bytes }])).rejects.toThrow();
  });

  test('leaves alone what is not encrypted', async () => {
    const payload = payloadOf('from before');
    expect(await codec.decode([payload])).toEqual([payload]);
  });

  test('after a rotation encrypts with the new key, and reads with both', async () => {
    const before = await codec.encode([payloadOf('before')]);
    const rotated = codecWith('b', { a: KEY, b: OTHER_KEY });
    const after = await rotated.encode([payloadOf('after')]);
    expect((await rotated.decode([...before, ...after])).map(valueOf)).toEqual(['before', 'after']);
    await expect(codec.decode(after)).rejects.toThrow('encrypted with key "b", which is not among the keys');
  });
});

describe('keys that cannot be used are refused, and not quoted:', () => {
  test.each([
    ['no JSON', `{ "current": "a", "keys": { "a": "${KEY}" }, }`, 'it is no JSON'],
    ['no object', `"${KEY}"`, 'expected { "current": <id>'],
    ['no keys', `{ "current": "a" }`, 'expected { "current": <id>'],
    ['a short key', `{ "current": "a", "keys": { "a": "${KEY.slice(0, 20)}" } }`, 'key "a" has 15 bytes, expected 32'],
    ['no current key', `{ "current": "b", "keys": { "a": "${KEY}" } }`, 'the current key, "b", is not among the keys'],
  ])('%s', (_, text, message) => {
    expect(() => parseKeyring(text)).toThrow(message);
    expect(() => parseKeyring(text)).not.toThrow(KEY.slice(0, 20));
  });

  test('a file that is not there, or not named', () => {
    expect(() => keyringFromEnv({})).toThrow('set ENCRYPTION_KEYS_FILE');
    expect(() => keyringFromEnv({ ENCRYPTION_KEYS_FILE: '/nowhere' })).toThrow('ENCRYPTION_KEYS_FILE /nowhere: ENOENT');
  });
});

describe('the codec server', () => {
  const uiOrigin = 'https://temporal.example.com';
  const server = createCodecServer({ codec, token: 'let-me-see', uiOrigin });
  let address: string;
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  const post = (path: string, body: string, authorization = 'Bearer let-me-see') =>
    fetch(address + path, { method: 'POST', body, headers: { authorization, 'x-namespace': 'default' } });
  const wire = (...payloads: Payload[]) =>
    JSON.stringify({
      payloads: payloads.map(({ metadata, data }) => ({
        metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)])),
        data: base64(data!),
      })),
    });
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

  test('decodes and encodes for who has the token', async () => {
    const text = wire(payloadOf({ name: 'Ann' }));
    const sealed = await (await post('/encode', text)).text();
    expect(sealed).not.toContain(base64(Buffer.from(JSON.stringify({ name: 'Ann' }))));
    expect(await (await post('/decode', sealed)).json()).toEqual(JSON.parse(text));
  });

  test.each([
    ['another token', '/decode', '{"payloads":[]}', 'Bearer let-me-sea', 401],
    ['no token', '/decode', '{"payloads":[]}', '', 401],
    ['another path', '/keys', '{"payloads":[]}', undefined, 404],
    ['no JSON', '/decode', '{', undefined, 400],
    ['a payload of another key', '/decode', '', undefined, 400],
    ['more than it can bear', '/decode', `"${'x'.repeat(9 * 1024 * 1024)}"`, undefined, 413],
  ])('refuses %s', async (_, path, body, authorization, status) => {
    const foreign = await codecWith('b', { b: OTHER_KEY }).encode([payloadOf('x')]);
    const answer = await post(path, body || wire(...foreign), authorization);
    expect(answer.status).toBe(status);
    expect(Object.keys((await answer.json()) as object)).toEqual(['message']);
  });

  test('lets pages of the Web UI ask, and no others', async () => {
    const { status, headers } = await fetch(`${address}/decode`, { method: 'OPTIONS' });
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe(uiOrigin);
    expect(headers.get('access-control-allow-headers')).toContain('authorization');
    expect((await post('/decode', '{"payloads":[]}')).headers.get('access-control-allow-origin')).toBe(uiOrigin);
  });
});
