import { isIP } from 'node:net';
import { formatParameters, type Parameters, parseParameters } from './parameters.ts';
import { trimBlanks } from './scan.ts';
import { parseHostPort } from './uri.ts';

/** One `Via` value (RFC 3261 §20.42): a hop the request came through, and where its response goes (§18.2.2, RFC 3581). */
export interface Via {
  /** Upper case: `UDP`, `TCP`, `TLS`, `WS`, `WSS`, or one unknown here. */
  readonly transport: string;
  /** The sent-by host in lower case, an IPv6 address in brackets. */
  readonly host: string;
  readonly port?: number;
  readonly parameters: Parameters;
}

/** What every branch of an RFC 3261 element begins with (§8.1.1.7). */
export const BRANCH_COOKIE = 'z9hG4bK';

/** Reads one value; undefined if malformed. */
export function parseVia(value: string): Via | undefined {
  const match =
    /^SIP[ \t]*\/[ \t]*2\.0[ \t]*\/[ \t]*([\w.!%*+`'~-]+)[ \t]+([^ \t;]+)[ \t]*(?:(:)[ \t]*([0-9]+)[ \t]*)?(;.*)?$/is.exec(value);
  if (!match) return undefined;
  const [, transport = '', sentBy = '', colon, spacedPort, parameterText = ''] = match;
  // Blanks are allowed around the colon (RFC 3261 §25.1 COLON), though hardly anybody writes them.
  const address = parseHostPort(trimBlanks(colon === undefined ? sentBy : `${sentBy}:${spacedPort}`));
  const parameters = parseParameters(parameterText);
  if (!address || !parameters) return undefined;
  const { host, port } = address;
  return { transport: transport.toUpperCase(), host, ...(port === undefined ? {} : { port }), parameters };
}

export function formatVia({ transport, host, port, parameters }: Via): string {
  return `SIP/2.0/${transport} ${host}${port === undefined ? '' : `:${port}`}${formatParameters(parameters)}`;
}

/**
 * The branch if it identifies a transaction: begins with the cookie and has more than the cookie (RFC 4475 §3.2.1). Undefined means
 * the rules of RFC 2543 match the transaction (RFC 3261 §17.2.3).
 */
export function transactionBranch({ parameters }: Via): string | undefined {
  const branch = parameters.get('branch');
  return branch !== undefined && branch.length > BRANCH_COOKIE.length && startsWithCookie(branch) ? branch : undefined;
}

/** Branches are tokens and so compared without regard to case, the cookie too. */
const startsWithCookie = (branch: string): boolean =>
  branch.slice(0, BRANCH_COOKIE.length).toLowerCase() === BRANCH_COOKIE.toLowerCase();

/** The Via with the source of the packet in it, as the receiver must note it (RFC 3261 §18.2.1, RFC 3581 §4). */
export function receivedFrom(via: Via, address: string, port: number): Via {
  const parameters = new Map(via.parameters);
  const wantsPort = parameters.has('rport');
  if (wantsPort) parameters.set('rport', String(port));
  if (wantsPort || via.host !== bracketed(address)) parameters.set('received', address);
  return { ...via, parameters };
}

const bracketed = (address: string): string => (isIP(address) === 6 ? `[${address.toLowerCase()}]` : address);
