/** Servers that would hold a worker for ever, or fill its memory: they speak as slowly, or as much, as HTTP lets them. */
import type { Socket } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { clientOf, errorFrom, listen } from './support/local-server';

const MIB = 1024 * 1024;
const BODY = '{"job_status":{"id":"V3-1","status":"working"}}';

/** Goes on for ever, as fast as the client takes it. */
function pour(socket: Socket, head: string, piece: string): void {
  socket.write(head);
  const more = () => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on('drain', more);
  more();
}

/** A byte at a time, for ever; `end` is what would end it. */
function drip(socket: Socket, text: string): void {
  let at = 0;
  const timer = setInterval(() => socket.write(text[at++ % text.length]!), 20);
  socket.once('close', () => clearInterval(timer));
}

const OK = 'HTTP/1.1 200 OK\r\n';
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

describe('an answer without an end', () => {
  test.each<[string, (socket: Socket) => void, RegExp]>([
    ['a status line', (socket) => pour(socket, 'HTTP/1.1 200 ', 'O'.repeat(10_000)), /NO_ANSWER/],
    ['a header', (socket) => pour(socket, `${OK}x: `, 'x'.repeat(10_000)), /NO_ANSWER/],
    ['headers', (socket) => pour(socket, OK, 'x: y\r\n'.repeat(1_000)), /NO_ANSWER/],
    ['103s, one after the other', (socket) => pour(socket, '', 'HTTP/1.1 103 Early Hints\r\n\r\n'), /NO_ANSWER/],
    ['a body', (socket) => pour(socket, `${OK}\r\n`, 'x'.repeat(100_000)), /RESPONSE_TOO_LARGE/],
    [
      'a body in chunks',
      (socket) => pour(socket, `${OK}transfer-encoding: chunked\r\n\r\n`, chunk('x'.repeat(50_000))),
      /RESPONSE_TOO_LARGE/,
    ],
    [
      'what is beside a chunk',
      (socket) => pour(socket, `${OK}transfer-encoding: chunked\r\n\r\n1;`, 'x'.repeat(10_000)),
      /ANSWER_INVALID|NO_ANSWER/,
    ],
    [
      'headers after the body',
      (socket) => pour(socket, `${OK}transfer-encoding: chunked\r\n\r\n0\r\n`, 'x: y\r\n'.repeat(1_000)),
      /ANSWER_INVALID|NO_ANSWER/,
    ],
    [
      'the body of an error',
      (socket) => pour(socket, 'HTTP/1.1 500 Internal Server Error\r\n\r\n', '<title'.repeat(10_000)),
      /ANSWER_INVALID/,
    ],
    [
      'the body of a redirect',
      (socket) => pour(socket, 'HTTP/1.1 307 Temporary Redirect\r\nlocation: /\r\n\r\n', 'x'.repeat(100_000)),
      /ANSWER_INVALID/,
    ],
  ])('%s, as fast as it can', async (_, answer, code) => {
    const origin = await listen((socket) => socket.once('data', () => answer(socket)));
    const before = process.memoryUsage().rss;
    const error = await errorFrom(clientOf({ origin }, { timeout: 1_000 }).show('V3-1'));
    expect(error.code).toMatch(code);
    expect(error.message.length).toBeLessThan(1_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(250 * MIB);
  });

  test.each([
    ['a status line', OK],
    ['headers', `${OK}x: y\r\n`],
    ['a body', `${OK}content-length: 1000\r\n\r\n${BODY}`],
    ['an empty line before it', '\r\n'],
  ])('%s, as slowly as it can: the time of a request is that of all of it', async (_, text) => {
    const origin = await listen((socket) => socket.once('data', () => drip(socket, text)));
    expect(await errorFrom(clientOf({ origin }, { timeout: 500 }).show('V3-1'))).toMatchObject({
      code: 'ERR_ZENDESK_NO_ANSWER',
    });
  });
});

describe('a body that is small on the wire', () => {
  const zeros = Buffer.alloc(200 * MIB);

  const TOO_LARGE = 'ERR_ZENDESK_RESPONSE_TOO_LARGE';
  const INVALID = 'ERR_ZENDESK_ANSWER_INVALID';

  test.each<[string, string, string, Buffer]>([
    ['gzip', '200 OK', TOO_LARGE, gzipSync(zeros)],
    ['br', '200 OK', TOO_LARGE, brotliCompressSync(zeros)],
    ['gzip', '500 Internal Server Error', INVALID, gzipSync(zeros)],
    ['gzip', '401 Unauthorized', INVALID, gzipSync(zeros)],
  ])('and 200 MiB as %s unpacks it, with %s, is not unpacked to its end: %s', async (encoding, status, code, body) => {
    expect(body.length).toBeLessThan(MIB);
    const head = `HTTP/1.1 ${status}\r\ncontent-encoding: ${encoding}\r\ncontent-length: ${body.length}\r\n\r\n`;
    const origin = await listen((socket) =>
      socket.once('data', () => socket.write(Buffer.concat([Buffer.from(head), body]))),
    );
    const before = process.memoryUsage().rss;
    const error = await errorFrom(clientOf({ origin }).show('V3-1'));
    expect(error).toMatchObject({ code });
    expect(error.message).toContain('longer than 16777216 bytes');
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * MIB);
  });
});
