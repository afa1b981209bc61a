/**
 * Lets the Web UI and the `temporal` command show what is encrypted, to those who may see it: they send it payloads as the
 * server keeps them, and get them in the clear. It holds the keys, and no data.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { AesCodec } from './aes-codec';
import { keyringFromEnv } from './keyring';

const { Payloads } = temporal.api.common.v1;

const LONGEST_BODY = 8 * 1024 * 1024;

export interface CodecServerOptions {
  codec: PayloadCodec;
  /** Who sends it as a bearer token may read everything. */
  token: string;
  /** Of the Web UI, as in `https://temporal.example.com`: browsers let no other page read the answers. */
  uiOrigin: string;
}

/** Not yet listening. */
export function createCodecServer({ codec, token, uiOrigin }: CodecServerOptions): Server {
  return createServer((request, response) => {
    response.setHeader('access-control-allow-origin', uiOrigin);
    response.setHeader('access-control-allow-methods', 'POST');
    response.setHeader('access-control-allow-headers', 'authorization, content-type, x-namespace');
    answer(request, codec, token).then(
      ([status, body]) => response.writeHead(status, { 'content-type': 'application/json' }).end(body),
      () => response.destroy(),
    );
  });
}

async function answer(request: IncomingMessage, codec: PayloadCodec, token: string): Promise<[number, string?]> {
  if (request.method === 'OPTIONS') return [204];
  if (!same(request.headers.authorization ?? '', `Bearer ${token}`)) return [401, '{"message":"wrong token"}'];
  const [, direction] = /\/(encode|decode)$/.exec(request.url ?? '') ?? [];
  if (request.method !== 'POST' || !direction) return [404, '{"message":"POST /encode or /decode"}'];
  const body = await read(request);
  if (body === undefined) return [413, '{"message":"too long"}'];
  try {
    const { payloads } = Payloads.fromObject(JSON.parse(body) as object);
    const changed = await (direction === 'encode' ? codec.encode(payloads) : codec.decode(payloads));
    return [200, JSON.stringify(Payloads.toObject(Payloads.create({ payloads: changed }), { bytes: String }))];
  } catch (error) {
    return [400, JSON.stringify({ message: (error as Error).message })];
  }
}

/** Undefined for what is too long: read to its end all the same, or the client would not see the answer. */
async function read(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= LONGEST_BODY) chunks.push(chunk);
  }
  return length <= LONGEST_BODY ? Buffer.concat(chunks).toString() : undefined;
}

/** Takes as long whatever differs. */
function same(one: string, other: string): boolean {
  const hashed = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hashed(one), hashed(other));
}

function main(): void {
  const { CODEC_SERVER_TOKEN: token, CODEC_SERVER_PORT: port = '8081', UI_ORIGIN: uiOrigin } = process.env;
  if (!token || !uiOrigin) throw new Error('set CODEC_SERVER_TOKEN and UI_ORIGIN');
  const codec = new AesCodec(keyringFromEnv(process.env));
  createCodecServer({ codec, token, uiOrigin }).listen(Number(port), '127.0.0.1', () => {
    console.log(`Codec server at http://127.0.0.1:${port}`);
  });
}

if (require.main === module) main();
