import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** The port if nobody listens on it, or with 0 some free one. Throws where somebody does. */
export async function freePort(port = 0): Promise<number> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const found = (server.address() as AddressInfo).port;
  server.close();
  await once(server, 'close');
  return found;
}
