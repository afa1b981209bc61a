/** The proxy through which an account is reached, by the environment: `HTTPS_PROXY` and `NO_PROXY`, as other programs read them. */
import type { Agent, AgentOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { HttpsProxyAgent } from 'hpagent';
import { getProxyForUrl } from 'proxy-from-env';

/** A proxy that takes longer is taken for unreachable, and the request was not sent. */
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Undefined for an origin that is reached directly. An origin of plain http is on loopback, and always is. Throws a `TypeError`, which
 * does not quote the setting, since it may hold a password.
 */
export function proxyFor(origin: string): URL | undefined {
  if (!origin.startsWith('https:')) return undefined;
  const setting = getProxyForUrl(origin);
  if (setting === '') return undefined;
  const proxy = URL.canParse(setting) ? new URL(setting) : undefined;
  if (proxy && /^https?:$/.test(proxy.protocol) && proxy.hostname !== '') return proxy;
  throw new TypeError('HTTPS_PROXY: expected the address of an HTTP proxy, such as http://proxy.example.com:3128');
}

/**
 * Sends requests through a tunnel (CONNECT). A request gets its connection when TLS stands: whatever fails before that is an error
 * without a socket, and nothing was sent.
 */
export function tunnelAgent(proxy: URL, options: AgentOptions = {}): Agent {
  return new TunnelAgent({ ...options, proxy });
}

type Connected = (error: Error | null, socket?: Duplex) => void;

class TunnelAgent extends HttpsProxyAgent {
  override createConnection(...[options, callback]: Parameters<HttpsProxyAgent['createConnection']>) {
    const connected = callback as Connected;
    // hpagent would give up on the proxy after the time for which connections may be idle.
    return super.createConnection({ ...options, timeout: CONNECT_TIMEOUT_MS }, (error, socket) => {
      if (error) connected(error);
      else whenSecure(socket as TLSSocket, connected);
    });
  }
}

function whenSecure(socket: TLSSocket, connected: Connected): void {
  const settle = (error: Error | null) => {
    socket.off('secureConnect', onSecure).off('timeout', onTimeout).off('close', onClose).off('error', settle);
    socket.setTimeout(0); // The agent sets its own.
    if (error) socket.on('error', () => {}).destroy();
    connected(error, error ? undefined : socket);
  };
  const onSecure = () => settle(null);
  const onTimeout = () => settle(new Error('no TLS connection in time'));
  const onClose = () => settle(new Error('the connection was closed before TLS'));
  socket.once('secureConnect', onSecure).once('timeout', onTimeout).once('close', onClose).once('error', settle);
}
