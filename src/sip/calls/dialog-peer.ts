import type { ClientAuthentication } from '../client-authentication.ts';
import type { SipRequest, SipResponse } from '../message.ts';
import { parseNameAddress } from '../name-address.ts';
import type { Exchange, NextHop } from '../request-sender.ts';
import { createResponse, type ResponseParts } from '../responses.ts';
import type { ServerTransaction } from '../transactions/server-transaction.ts';
import type { Flow, Target } from '../transports/flow.ts';
import { isTlsUri, parseSipUri } from '../uri.ts';
import type { CallServices } from './call-services.ts';
import { createAck, createRequest, type Dialog, dialogId, nextHopUri, type RequestParts, sequenceOf } from './dialog.ts';

/** Who sent a request in a dialog: hears of its responses, or once that there will be none. */
export interface RequestUser {
  onResponse(response: SipResponse, flow: Flow, request: SipRequest): void;
  onFailure(cause: 'timeout' | 'transport'): void;
}

/** Methods whose Contact tells the peer where we are (RFC 3261 §12.2, RFC 3311 §5.1, RFC 3515 §4.1, RFC 6665 §8.1). */
const TARGET_REFRESHES: ReadonlySet<string> = new Set(['INVITE', 'UPDATE', 'REFER', 'SUBSCRIBE', 'NOTIFY']);
/** What a description has that carries keys (RFC 4568). */
const KEYS = 'a=crypto:';
/** Challenges answered for one request: one of the proxy, one of the server, each once more when its nonce was stale. */
const MOST_CHALLENGES = 4;

interface SentAck {
  readonly sequence: number;
  readonly ack: SipRequest;
  flow: Flow | undefined;
}

/** Our end of one dialog: sends its requests, with authentication, and remembers how its state moves on. */
export class DialogPeer {
  dialog: Dialog;
  /** Where requests go that cannot reach the peer's Contact. */
  place: Target | undefined;
  readonly #services: CallServices;
  readonly #authentication: ClientAuthentication | undefined;
  #tlsPlace: Target | undefined;
  #lastAck: SentAck | undefined;

  constructor(services: CallServices, dialog: Dialog, place: Target | undefined, authentication?: ClientAuthentication) {
    this.#services = services;
    this.dialog = dialog;
    this.place = place;
    this.#authentication = authentication;
  }

  get id(): string {
    const { callId, localTag, remoteTag } = this.dialog;
    return dialogId(callId, localTag, remoteTag);
  }

  /** Sends a request in the dialog. The user is never called before this returns. */
  request(method: string, parts: RequestParts, user: RequestUser): Exchange {
    const attempt = new Attempt();
    this.#send(method, parts, user, attempt, undefined);
    return attempt;
  }

  /**
   * The peer has spoken over this flow. A browser that lost its connection goes on over a new one, under the same Contact: requests
   * to it follow (RFC 5626 §5.3).
   */
  heardOver({ transport, remote }: Flow): void {
    const isWebSocket = transport === 'ws' || transport === 'wss';
    if (isWebSocket && this.place !== undefined) this.place = { transport, ...remote };
  }

  /**
   * The dialog was made over this flow: keys of SDP that go over TLS once do so for its life, where the peer's Contact or a proxy names
   * another transport (RFC 4568 §8.3). Once the connection has gone they go nowhere.
   */
  madeOver({ transport, remote }: Flow): void {
    this.#tlsPlace = transport === 'tls' ? { transport, ...remote } : undefined;
  }

  /** Acknowledges a 2xx to this INVITE of ours, in the same way again when the 2xx comes again (RFC 3261 §13.2.2.4). */
  acknowledge(invite: SipRequest, body?: RequestParts['body']): void {
    const sequence = sequenceOf(invite) ?? 0;
    const { sender, userAgent } = this.#services;
    if (this.#lastAck?.sequence === sequence) {
      this.repeatAck();
      return;
    }
    // The credentials of the INVITE serve its ACK, which cannot be challenged (§22.1).
    const credentials = [...invite.headers].filter(([name]) => name === 'Authorization' || name === 'Proxy-Authorization');
    const ack = createAck(this.dialog, sequence, { body, headers: [...credentials, ['User-Agent', userAgent]] });
    const sent: SentAck = { sequence, ack, flow: undefined };
    this.#lastAck = sent;
    sender.sendAck(ack, this.#nextHop(body), (flow) => {
      sent.flow = flow;
    });
  }

  /** A 2xx has come again. */
  repeatAck(): void {
    const last = this.#lastAck;
    if (last?.flow !== undefined) this.#services.sender.repeatAck(last.ack, last.flow);
  }

  /** Answers a request of the peer in this dialog. */
  respond(transaction: ServerTransaction, status: number, parts: ResponseParts = {}): SipResponse {
    const response = this.createResponse(transaction, status, parts);
    transaction.respond(response);
    return response;
  }

  createResponse({ request, flow }: ServerTransaction, status: number, parts: ResponseParts = {}): SipResponse {
    const response = createResponse(request, status, { ...parts, toTag: this.dialog.localTag });
    const needsContact = TARGET_REFRESHES.has(request.method) && status > 100 && status < 300;
    if (needsContact) response.headers.set('Contact', `<${this.contactUri(flow)}>`);
    return response;
  }

  /** Our Contact for a peer on this flow; its user part is ours in the dialog. */
  contactUri(flow: Flow): string {
    const own = parseSipUri(parseNameAddress(this.dialog.localAddress)?.uri ?? '');
    return this.#services.identity.contactUri(flow.transport, own?.user);
  }

  #nextHop(body: RequestParts['body']): NextHop {
    const hop = this.place === undefined ? { uri: nextHopUri(this.dialog) } : { place: this.place };
    if (this.#tlsPlace === undefined || body?.content.includes(KEYS) !== true) return hop;
    const isTls = 'place' in hop ? hop.place.transport === 'tls' : isTlsUri(hop.uri);
    return isTls ? hop : { place: this.#tlsPlace };
  }

  #send(method: string, parts: RequestParts, user: RequestUser, attempt: Attempt, refusal: Refusal | undefined): boolean {
    const [dialog, request] = createRequest(this.dialog, method, parts);
    request.headers.append('User-Agent', this.#services.userAgent);
    if (refusal === undefined) this.#authentication?.authorize(request);
    else if (!this.#authentication?.answer(refusal.response, refusal.request, request)) return false;
    this.dialog = dialog;
    const isRefresh = TARGET_REFRESHES.has(method);
    attempt.exchange = this.#services.sender.send(
      request,
      this.#nextHop(parts.body),
      {
        onResponse: (response, flow) => {
          const isChallenge = response.status === 401 || response.status === 407;
          if (isChallenge && attempt.challenges++ < MOST_CHALLENGES) {
            if (this.#send(method, parts, user, attempt, { response, request })) return;
          }
          user.onResponse(response, flow, request);
        },
        onTimeout: () => user.onFailure('timeout'),
        onTransportError: () => user.onFailure('transport'),
      },
      (sent, flow) => {
        if (isRefresh) sent.headers.set('Contact', `<${this.contactUri(flow)}>`);
      },
    );
    return true;
  }
}

interface Refusal {
  readonly response: SipResponse;
  readonly request: SipRequest;
}

/** A request with its repetitions for challenges. */
class Attempt implements Exchange {
  exchange: Exchange | undefined;
  challenges = 0;

  get transaction() {
    return this.exchange?.transaction;
  }

  stayWithTarget(): void {
    this.exchange?.stayWithTarget();
  }

  abandon(): void {
    this.exchange?.abandon();
  }
}
