import { parseCSeq } from '../cseq.ts';
import { SipHeaders } from '../headers.ts';
import type { SipMessage, SipRequest, SipResponse } from '../message.ts';
import { parseNameAddress, tagOf, withTag } from '../name-address.ts';
import type { HeaderList } from '../responses.ts';
import { parseSipUri } from '../uri.ts';

/** One side's view of a dialog (RFC 3261 §12). Every change gives a new value. */
export interface Dialog {
  readonly callId: string;
  readonly localTag: string;
  /** Empty for a peer of RFC 2543 that sends none. */
  readonly remoteTag: string;
  /** The From of our requests and the To of theirs, with its tag. */
  readonly localAddress: string;
  readonly remoteAddress: string;
  /** CSeq of our last request. */
  readonly localSequence: number;
  /** CSeq of their last request; undefined before the first. */
  readonly remoteSequence: number | undefined;
  /** The peer's Contact URI: the Request-URI of our requests. */
  readonly remoteTarget: string;
  /** Route values in the order in which requests travel. */
  readonly routeSet: readonly string[];
}

export const MAX_FORWARDS = '70';
const EMPTY = Buffer.alloc(0);

/** Names a dialog among all of this stack (RFC 3261 §12: Call-ID, local tag, remote tag). */
export const dialogId = (callId: string, localTag: string, remoteTag: string): string => `${callId} ${localTag} ${remoteTag}`;

/** The dialog that a response to our INVITE makes (§12.1.2); undefined when the response makes none: 100, or no tag. */
export function dialogOfResponse(request: SipRequest, response: SipResponse): Dialog | undefined {
  const to = response.headers.get('To') ?? '';
  const from = request.headers.get('From') ?? '';
  const localTag = tagOf(from);
  const remoteTag = tagOf(to) ?? (response.status >= 200 ? '' : undefined);
  if (response.status === 100 || response.status >= 300 || localTag === undefined || remoteTag === undefined) return undefined;
  return {
    callId: request.headers.get('Call-ID') ?? '',
    localTag,
    remoteTag,
    localAddress: from,
    remoteAddress: to,
    localSequence: sequenceOf(request) ?? 0,
    remoteSequence: undefined,
    remoteTarget: contactUri(response) ?? request.uri,
    routeSet: [...response.headers.all('Record-Route')].reverse(),
  };
}

/** The dialog that an INVITE makes which we answer with this tag (§12.1.1). */
export function dialogOfRequest(request: SipRequest, localTag: string): Dialog {
  const { headers } = request;
  const from = headers.get('From') ?? '';
  const to = headers.get('To') ?? '';
  return {
    callId: headers.get('Call-ID') ?? '',
    localTag,
    remoteTag: tagOf(from) ?? '',
    localAddress: withTag(to, localTag) ?? to,
    remoteAddress: from,
    localSequence: 0,
    remoteSequence: sequenceOf(request),
    remoteTarget: contactUri(request) ?? parseNameAddress(from)?.uri ?? '',
    routeSet: headers.all('Record-Route'),
  };
}

/** Takes a request of the peer (§12.2.2). Undefined when it is older than one already taken: 500. */
export function takeRequest(dialog: Dialog, request: SipRequest): Dialog | undefined {
  const sequence = sequenceOf(request);
  if (sequence === undefined || (dialog.remoteSequence !== undefined && sequence < dialog.remoteSequence)) return undefined;
  return { ...dialog, remoteSequence: sequence };
}

/** The peer may move: every INVITE and UPDATE, and every 2xx to one, can name a new Contact (§12.2). */
export function refreshTarget(dialog: Dialog, message: SipMessage): Dialog {
  const remoteTarget = contactUri(message);
  return remoteTarget === undefined ? dialog : { ...dialog, remoteTarget };
}

export interface RequestParts {
  readonly headers?: HeaderList | undefined;
  readonly body?: { readonly type: string; readonly content: Buffer } | undefined;
}

/** Our next request in the dialog (§12.2.1.1), and the dialog with its CSeq counted. */
export function createRequest(dialog: Dialog, method: string, parts: RequestParts = {}): readonly [Dialog, SipRequest] {
  const localSequence = dialog.localSequence + 1;
  return [{ ...dialog, localSequence }, requestOf(dialog, method, localSequence, parts)];
}

/** The ACK of a 2xx has the CSeq number of its INVITE (§13.2.2.4). */
export function createAck(dialog: Dialog, inviteSequence: number, parts: RequestParts = {}): SipRequest {
  return requestOf(dialog, 'ACK', inviteSequence, parts);
}

function requestOf(dialog: Dialog, method: string, sequence: number, { headers, body }: RequestParts): SipRequest {
  const { uri, routes } = path(dialog);
  const fields = new SipHeaders([
    ['Max-Forwards', MAX_FORWARDS],
    ['From', dialog.localAddress],
    ['To', dialog.remoteAddress],
    ['Call-ID', dialog.callId],
    ['CSeq', `${sequence} ${method}`],
  ]);
  for (const route of routes) fields.append('Route', route);
  for (const [name, value] of headers ?? []) fields.append(name, value);
  if (body !== undefined) fields.append('Content-Type', body.type);
  return { kind: 'request', method, uri, headers: fields, body: body?.content ?? EMPTY };
}

/** The URI of the element that our requests go to first. */
export function nextHopUri(dialog: Dialog): string {
  const [first] = dialog.routeSet;
  return first === undefined ? dialog.remoteTarget : routeUri(first);
}

/** Request-URI and Route (§12.2.1.1). A first proxy without `lr` is a strict router: it is the Request-URI, the peer the last route. */
function path({ remoteTarget, routeSet }: Dialog): { readonly uri: string; readonly routes: readonly string[] } {
  const [first, ...rest] = routeSet;
  if (first === undefined) return { uri: remoteTarget, routes: [] };
  const uri = routeUri(first);
  if (parseSipUri(uri)?.parameters.has('lr')) return { uri: remoteTarget, routes: routeSet };
  return { uri, routes: [...rest, `<${remoteTarget}>`] };
}

const routeUri = (route: string): string => parseNameAddress(route)?.uri ?? route;

const contactUri = ({ headers }: SipMessage): string | undefined => parseNameAddress(headers.get('Contact') ?? '')?.uri;

export const sequenceOf = ({ headers }: SipMessage): number | undefined => parseCSeq(headers.get('CSeq') ?? '')?.sequence;
