import { isIP, isIPv4 } from 'node:net';
import type { SipMessage } from '../message.ts';
import { parseNameAddress } from '../name-address.ts';
import type { Flow, Target } from '../transports/flow.ts';
import { parseSipUri } from '../uri.ts';
import { parseVia } from '../via.ts';

/**
 * Where requests to a peer go that cannot be reached at its Contact because it is behind a NAT or in a browser: back to where its
 * message came from. Undefined when the Contact, or the proxy that recorded itself, serves.
 */
export function symmetricPlace(message: SipMessage, flow: Flow): Target | undefined {
  const { headers } = message;
  const contact = parseSipUri(parseNameAddress(headers.get('Contact') ?? '')?.uri ?? '');
  if (headers.has('Record-Route') || contact === undefined) return undefined;
  const { address, port } = flow.remote;
  const place: Target = { transport: flow.transport, address, port };
  const host = withoutBrackets(contact.host);
  if (flow.transport === 'ws' || flow.transport === 'wss' || host.endsWith('.invalid')) return place;
  // The one who answers shows no Via of its own: only an address that cannot be reached from here gives it away.
  const isHidden = message.kind === 'request' ? isSeenThroughNat(message, host, address) : isPrivate(host) && !isPrivate(address);
  return isHidden ? place : undefined;
}

/** The sender's own idea of its address, in its Via, is not what we see. */
function isSeenThroughNat({ headers }: SipMessage, contactHost: string, address: string): boolean {
  const via = parseVia(headers.get('Via') ?? '');
  if (via === undefined || headers.all('Via').length > 1) return false;
  const host = withoutBrackets(via.host);
  // A name in the Via may well be that of the address.
  return isIP(host) === 0 ? isPrivate(contactHost) && !isPrivate(address) : host !== address;
}

const withoutBrackets = (host: string): string => host.replace(/^\[|\]$/g, '');

/** RFC 1918, RFC 6598 and link-local addresses; those of IPv6 need no NAT. */
function isPrivate(address: string): boolean {
  return (
    isIPv4(address) &&
    /^(?:10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/.test(address)
  );
}
