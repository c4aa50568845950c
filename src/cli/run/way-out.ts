import http from 'node:http';
import { connect, type Socket } from 'node:net';
import { normalHost } from './plivo-hosts.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** As long as a system tries by itself is minutes; clients give up before. */
const CONNECT_TIMEOUT_MS = 30_000;

/** A proxy that the command would have used without us. */
export interface Upstream {
  readonly host: string;
  readonly port: number;
  /** `Proxy-Authorization`, when its URL has a user. */
  readonly authorization: string | undefined;
}

/** How what is not the hosted service's is reached: as the command would have reached it. */
export interface WayOut {
  /** The proxy for such a request; undefined = none. */
  upstream(scheme: 'http' | 'https', host: string, port: number): Upstream | undefined;
}

/** From HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, lower case first, as curl reads them. Throws for a proxy that is not plain HTTP. */
export function readWayOut(variables: Variables): WayOut {
  const value = (name: string) => variables[name.toLowerCase()]?.trim() || variables[name]?.trim() || undefined;
  const all = parseUpstream('ALL_PROXY', value('ALL_PROXY'));
  const secure = parseUpstream('HTTPS_PROXY', value('HTTPS_PROXY')) ?? all;
  const plain = parseUpstream('HTTP_PROXY', value('HTTP_PROXY')) ?? all;
  const exceptions = noProxyEntries(value('NO_PROXY') ?? '');
  return {
    upstream: (scheme, host, port) =>
      exceptions.some((entry) => isException(entry, host, port)) ? undefined : scheme === 'https' ? secure : plain,
  };
}

export const noProxyEntries = (text: string): readonly string[] => text.split(/[\s,]+/).filter((entry) => entry !== '');

/** `*`, `example.com` and what is below it, with or without a dot or `*.` before it and a port behind. Networks (`10.0.0.0/8`) are not understood. */
export function isException(entry: string, host: string, port: number): boolean {
  if (entry === '*') return true;
  const [, name = '', digits] = /^(.*?)(?::(\d+))?$/.exec(entry.replace(/^\*?\./, '')) ?? [];
  if (digits !== undefined && Number(digits) !== port) return false;
  const wanted = normalHost(name);
  return wanted !== '' && (normalHost(host) === wanted || normalHost(host).endsWith(`.${wanted}`));
}

function parseUpstream(variable: string, text: string | undefined): Upstream | undefined {
  if (text === undefined) return undefined;
  const url = text.includes('://') ? text : `http://${text}`;
  // The value is not repeated: it may hold a password.
  if (!URL.canParse(url) || new URL(url).protocol !== 'http:') {
    throw new Error(`${variable}: a proxy that begins with http:// is expected; others cannot be gone through`);
  }
  const { hostname, port, username, password } = new URL(url);
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    host: normalHost(hostname),
    port: port === '' ? 80 : Number(port),
    authorization: username === '' ? undefined : `Basic ${Buffer.from(user).toString('base64')}`,
  };
}

/** A connection to the host, through the proxy when there is one. Rejects when it cannot be had in time. */
export async function openTunnel(upstream: Upstream | undefined, host: string, port: number): Promise<Socket> {
  return upstream ? await tunnelThrough(upstream, host, port) : await connectTo(host, port);
}

async function connectTo(host: string, port: number): Promise<Socket> {
  const socket = connect(port, host);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('connect', resolve).once('error', reject);
  socket.setTimeout(CONNECT_TIMEOUT_MS, () => reject(new Error('connecting took too long')));
  try {
    await promise;
  } catch (error) {
    socket.destroy();
    throw error;
  }
  socket.setTimeout(0).removeAllListeners('timeout').off('error', reject);
  return socket;
}

async function tunnelThrough(
  { host: proxy, port: proxyPort, authorization }: Upstream,
  host: string,
  port: number,
): Promise<Socket> {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const request = http.request({
    host: proxy,
    port: proxyPort,
    method: 'CONNECT',
    path: authority,
    headers: { host: authority, ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }) },
    timeout: CONNECT_TIMEOUT_MS,
    agent: false,
  });
  request.once('timeout', () => request.destroy(new Error('the proxy did not answer in time')));
  request.once('error', reject);
  request.once('response', (answer) => request.destroy(new Error(`the proxy answered ${answer.statusCode}`)));
  request.once('connect', (answer, socket, head) => {
    if (answer.statusCode !== 200) {
      socket.destroy();
      return reject(new Error(`the proxy answered ${answer.statusCode}`));
    }
    if (head.length > 0) socket.unshift(head);
    socket.setTimeout(0).removeAllListeners('timeout');
    resolve(socket);
  });
  request.end();
  return await promise;
}
