import http, { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import https from 'node:https';
import { isLoopback } from '../../config/environment.ts';
import { endToEndHeaders } from './end-to-end-headers.ts';
import { isServedHost, parseAuthority, SERVED_HOSTS } from './plivo-hosts.ts';

/** Longer than any request of the API takes, and than any SDK waits (sdks.md §4: 100 s at most). */
const ANSWER_TIMEOUT_MS = 120_000;
/** What was told of a host is not told again; names beyond this many are not told at all. */
const MAX_TOLD = 100;

export interface PlivoRequestOptions {
  /** Where this server is, without slash at the end. */
  readonly target: string;
  /** Told in a line what went wrong. */
  readonly tell: (line: string) => void;
}

/**
 * Answers what was meant for a host of the hosted service: requests to the hosts of the API go to the server, any other is refused with
 * 400, which every SDK shows with its text. Nothing is ever sent to the hosted service.
 */
export function createPlivoRequests({ target, tell }: PlivoRequestOptions): RequestListener {
  const base = new URL(target);
  const requestServer = base.protocol === 'https:' ? https.request : http.request;
  const keepsHost = isLoopback(base.hostname.replace(/^\[|\]$/g, ''));
  // A connection for each request: one that the server closes while it is used again would look like a failure of the server.
  const agent = base.protocol === 'https:' ? new https.Agent() : new http.Agent();
  const told = new Set<string>();
  const tellOnce = (about: string, line: string) => {
    if (told.has(about) || told.size >= MAX_TOLD) return;
    told.add(about);
    tell(line);
  };

  return (incoming, outgoing) => {
    const place = placeOf(incoming);
    if (place === undefined || !isServedHost(place.host)) {
      const host = place?.host ?? 'a request without a host';
      const reason = `${host} is not served by Ringdown, and nothing was sent to the hosted service`;
      tellOnce(host, `refused ${incoming.method} ${host}: ${reason}`);
      return refuse(incoming, outgoing, 400, 'invalid_parameter', `${reason}. Served: ${SERVED_HOSTS.join(', ')}`);
    }
    const forwarded = requestServer(
      {
        protocol: base.protocol,
        hostname: base.hostname.replace(/^\[|\]$/g, ''),
        port: base.port,
        method: incoming.method,
        path: base.pathname.replace(/\/$/, '') + place.path,
        // A server elsewhere may stand behind a proxy that goes by Host; one on this machine sees the name as the SDK wrote it.
        headers: [...endToEndHeaders(incoming), 'Host', keepsHost ? place.host : base.host, 'X-Forwarded-Host', place.host],
        agent,
        timeout: ANSWER_TIMEOUT_MS,
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToEndHeaders(answer));
        answer.pipe(outgoing);
        answer.once('error', () => outgoing.destroy());
      },
    );
    forwarded.once('timeout', () => forwarded.destroy(new Error(`no answer within ${ANSWER_TIMEOUT_MS / 1000} s`)));
    forwarded.once('error', (error: NodeJS.ErrnoException) => {
      if (outgoing.headersSent || outgoing.destroyed) return void outgoing.destroy();
      const reason = `the server at ${base.origin} does not answer (${error.code ?? error.message})`;
      tellOnce(`${error.code}`, reason);
      refuse(incoming, outgoing, 502, 'server_error', reason);
    });
    outgoing.once('close', () => forwarded.destroy());
    incoming.once('error', () => forwarded.destroy());
    incoming.pipe(forwarded);
  };
}

/** A client that talks to a proxy names the host in the request line, any other in Host. */
function placeOf(incoming: IncomingMessage): { host: string; path: string } | undefined {
  const url = incoming.url ?? '';
  if (!url.startsWith('/')) {
    if (!URL.canParse(url)) return undefined;
    const { hostname, pathname, search } = new URL(url);
    const authority = parseAuthority(hostname, 443);
    return authority && { host: authority.host, path: pathname + search };
  }
  const authority = parseAuthority(incoming.headers.host ?? '', 443);
  return authority && { host: authority.host, path: url };
}

/** An error as the API words it (00-conventions.md). */
function refuse(incoming: IncomingMessage, outgoing: ServerResponse, status: number, code: string, text: string): void {
  incoming.resume();
  outgoing.writeHead(status, { 'content-type': 'application/json' });
  outgoing.end(JSON.stringify({ api_id: '', error: `ringdown run: ${text}`, error_code: code }));
}
