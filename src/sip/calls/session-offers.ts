import type { SipRequest, SipResponse } from '../message.ts';
import type { Exchange } from '../request-sender.ts';
import type { HeaderList, ResponseParts } from '../responses.ts';
import { formatSessionExpires, parseDeltaSeconds } from '../session-timer.ts';
import { tokenList } from '../token-list.ts';
import type { ServerTransaction } from '../transactions/server-transaction.ts';
import { SipCallError } from './call-failure.ts';
import { ALLOWED, type CallServices, SDP } from './call-services.ts';
import { type RequestParts, refreshTarget, sequenceOf } from './dialog.ts';
import type { DialogPeer } from './dialog-peer.ts';
import { sdpOf } from './sdp-body.ts';
import { answerSessionTimer, readSessionTimer, type SessionTimer } from './session-refresh.ts';
import type { OfferAnswer } from './session-types.ts';
import { SuccessRepeater } from './success-repeater.ts';

/** The session as its offers see it. */
export interface OfferHost {
  localSdp: string;
  remoteSdp: string;
  /** What the owner says to an offer. */
  answer(offer: string): OfferAnswer | Promise<OfferAnswer>;
  /** The peer has answered an offer that it had asked for. */
  answered(answer: string): void;
  setTimer(timer: SessionTimer | undefined): void;
  /** The peer does not answer, or does not know the dialog. */
  lost(by: 'timeout' | 'error'): void;
}

/** Glare is settled by waiting; two sides that stay unlucky so often are not trying to agree. */
const MOST_GLARES = 6;
/** Offers of ours that may wait for the one under way. */
const MOST_WAITING = 8;
/** An owner that has not decided by then leaves the session as it is: well before the peer's timer B. */
const DECISION_MS = 10_000;
const RETRY_AFTER_SECONDS = 2;

interface OwnOffer {
  readonly sdp: string;
  readonly resolve: (answer: string) => void;
  readonly reject: (error: Error) => void;
  glares: number;
}

/** The offers and answers within an answered call: re-INVITE and UPDATE in both directions (RFC 3261 §14, RFC 3311). */
export class SessionOffers {
  readonly #services: CallServices;
  readonly #peer: DialogPeer;
  readonly #host: OfferHost;
  /** Who made the Call-ID waits longer after glare (RFC 3261 §14.1). */
  readonly #ownsCallId: boolean;
  readonly #queue: OwnOffer[] = [];
  #sending: Exchange | undefined;
  #cancelGlare: (() => void) | undefined;
  /** An INVITE or UPDATE of the peer that has no final response yet. */
  #deciding: ServerTransaction | undefined;
  #cancelDecision: (() => void) | undefined;
  /** The 2xx to a re-INVITE whose ACK is awaited. */
  #unacknowledged: { readonly sequence: number; readonly repeater: SuccessRepeater; readonly awaitsAnswer: boolean } | undefined;
  #sessionExpires: number;
  #isOver = false;

  constructor(services: CallServices, peer: DialogPeer, host: OfferHost, ownsCallId: boolean) {
    this.#services = services;
    this.#peer = peer;
    this.#host = host;
    this.#ownsCallId = ownsCallId;
    this.#sessionExpires = services.sessionTimer.expires;
  }

  reinvite(sdp: string): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.#isOver) return reject(new SipCallError(481, 'The session has ended'));
      if (this.#queue.length >= MOST_WAITING) return reject(new SipCallError(491, 'Too many offers at once'));
      this.#queue.push({ sdp, resolve, reject, glares: 0 });
      this.#advance();
    });
  }

  /** Repeats the session's refresh (RFC 4028 §7.4): by UPDATE where the peer takes it, else by re-INVITE with the same description. */
  refresh(byUpdate: boolean, expires: number): void {
    this.#sessionExpires = expires;
    if (!byUpdate) {
      // A refresh that fails leaves the session to its expiry, which the host watches.
      this.reinvite(this.#host.localSdp).then(
        (answer) => this.#host.answered(answer),
        () => {},
      );
      return;
    }
    this.#peer.request(
      'UPDATE',
      { headers: [['Supported', 'timer'], ...this.#timerHeaders()] },
      {
        onResponse: (response) => {
          if (response.status < 200 || this.#isOver) return;
          if (response.status < 300) this.#refreshed(response);
          else if (response.status === 481 || response.status === 408) this.#host.lost('error');
          else if (response.status === 405 || response.status === 501) this.refresh(false, expires);
        },
        onFailure: () => this.#host.lost('timeout'),
      },
    );
  }

  /** A re-INVITE or UPDATE of the peer. */
  receive(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (this.#deciding !== undefined) {
      this.#refuse(transaction, 500, [['Retry-After', String(RETRY_AFTER_SECONDS)]]);
      return;
    }
    const isOffer = request.method === 'INVITE' || request.body.length > 0;
    if (this.#sending !== undefined && isOffer) {
      this.#refuse(transaction, 491);
      return;
    }
    const verdict = answerSessionTimer(this.#services.sessionTimer, timerRequest(request));
    if (verdict.kind === 'too small') {
      this.#refuse(transaction, 422, [['Min-SE', String(verdict.minSe)]]);
      return;
    }
    this.#peer.dialog = refreshTarget(this.#peer.dialog, request);
    const headers: (readonly [string, string])[] = [];
    if (verdict.kind === 'timer') {
      headers.push(['Session-Expires', formatSessionExpires(verdict.header)]);
      if (verdict.requireTimer) headers.push(['Require', 'timer']);
    }
    const accept = (sdp: string | undefined) => {
      this.#host.setTimer(verdict.kind === 'timer' ? verdict.timer : undefined);
      this.#accept(transaction, headers, sdp);
    };
    const offer = sdpOf(request);
    if (request.method === 'UPDATE' && request.body.length === 0) {
      accept(undefined);
      return;
    }
    if (offer === undefined && request.body.length > 0) {
      this.#refuse(transaction, 415, [['Accept', SDP]]);
      return;
    }
    // A refresh repeats the description in force; one without any asks for ours.
    if (offer === undefined || offer === this.#host.remoteSdp) {
      accept(this.#host.localSdp);
      return;
    }
    this.#decide(transaction, offer, accept);
  }

  /** True when the ACK was for a re-INVITE of the peer. */
  acknowledged(ack: SipRequest): boolean {
    const awaited = this.#unacknowledged;
    if (awaited === undefined || awaited.sequence !== sequenceOf(ack)) return false;
    awaited.repeater.stop();
    this.#unacknowledged = undefined;
    const answer = awaited.awaitsAnswer ? sdpOf(ack) : undefined;
    if (answer !== undefined) {
      this.#host.remoteSdp = answer;
      this.#host.answered(answer);
    }
    this.#advance();
    return true;
  }

  /** The session has ended. */
  stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancelGlare?.();
    this.#cancelDecision?.();
    this.#unacknowledged?.repeater.stop();
    if (this.#deciding?.isPending) this.#peer.respond(this.#deciding, 487);
    for (const { reject } of this.#queue.splice(0)) reject(new SipCallError(487, 'The session has ended'));
  }

  #refuse(transaction: ServerTransaction, status: number, headers: HeaderList = []): undefined {
    this.#peer.respond(transaction, status, { headers });
    return undefined;
  }

  #decide(transaction: ServerTransaction, offer: string, accept: (sdp: string) => void): void {
    const settle = (answer: OfferAnswer) => {
      if (this.#deciding !== transaction) return;
      this.#deciding = undefined;
      this.#cancelDecision?.();
      if ('sdp' in answer) {
        this.#host.remoteSdp = offer;
        this.#host.localSdp = answer.sdp;
        accept(answer.sdp);
      } else {
        this.#peer.respond(transaction, answer.reject, { reason: answer.reason });
        this.#advance();
      }
    };
    this.#deciding = transaction;
    transaction.onCancel = () => settle({ reject: 487 });
    this.#cancelDecision = this.#services.clock.after(DECISION_MS, () => settle({ reject: 488 }));
    Promise.resolve(this.#host.answer(offer)).then(settle, () => settle({ reject: 500 }));
  }

  #accept(transaction: ServerTransaction, headers: HeaderList, sdp: string | undefined): void {
    const { request } = transaction;
    const parts: ResponseParts = {
      headers: [['Allow', ALLOWED], ['Supported', 'timer'], ...headers],
      ...(sdp === undefined ? {} : { body: { type: SDP, content: Buffer.from(sdp) } }),
    };
    const response = this.#peer.respond(transaction, 200, parts);
    if (request.method !== 'INVITE') {
      this.#advance();
      return;
    }
    this.#unacknowledged?.repeater.stop();
    const repeater = new SuccessRepeater(
      this.#services.clock,
      () => transaction.respond(response),
      () => this.#host.lost('timeout'),
    );
    this.#unacknowledged = { sequence: sequenceOf(request) ?? 0, repeater, awaitsAnswer: request.body.length === 0 };
  }

  /** Sends the next offer of ours when nothing else is under way. */
  #advance(): void {
    const isBusy = this.#sending !== undefined || this.#deciding !== undefined || this.#unacknowledged !== undefined;
    const next = this.#queue[0];
    if (this.#isOver || isBusy || this.#cancelGlare !== undefined || next === undefined) return;
    const parts: RequestParts = {
      headers: [['Allow', ALLOWED], ['Supported', 'timer'], ...this.#timerHeaders()],
      body: { type: SDP, content: Buffer.from(next.sdp) },
    };
    this.#sending = this.#peer.request('INVITE', parts, {
      onResponse: (response, _flow, request) => this.#answered(next, response, request),
      onFailure: (cause) => {
        this.#sending = undefined;
        this.#finish(next, new SipCallError(cause === 'timeout' ? 408 : 503, 'No answer to re-INVITE'));
        this.#host.lost('timeout');
      },
    });
  }

  #answered(offer: OwnOffer, response: SipResponse, request: SipRequest): void {
    const { status } = response;
    if (status < 200) return;
    if (status < 300) this.#peer.acknowledge(request);
    if (this.#isOver || this.#queue[0] !== offer) return;
    this.#sending = undefined;
    if (status < 300) {
      this.#succeeded(offer, response);
      return;
    }
    if (status === 491 && offer.glares++ < MOST_GLARES) {
      this.#waitForPeer();
      return;
    }
    const minSe = status === 422 ? parseDeltaSeconds(response.headers.get('Min-SE') ?? '') : undefined;
    if (minSe !== undefined && minSe > this.#sessionExpires) {
      this.#sessionExpires = minSe;
      this.#advance();
      return;
    }
    this.#finish(offer, new SipCallError(status, response.reason, response.headers));
    if (status === 481 || status === 408) this.#host.lost('error');
  }

  #succeeded(offer: OwnOffer, response: SipResponse): void {
    this.#peer.dialog = refreshTarget(this.#peer.dialog, response);
    this.#refreshed(response);
    const answer = sdpOf(response);
    if (answer === undefined) {
      this.#finish(offer, new SipCallError(488, 'The answer has no session description'));
      return;
    }
    this.#host.localSdp = offer.sdp;
    this.#host.remoteSdp = answer;
    this.#queue.shift();
    offer.resolve(answer);
    this.#advance();
  }

  #finish(offer: OwnOffer, error: SipCallError): void {
    if (this.#queue[0] === offer) this.#queue.shift();
    offer.reject(error);
    this.#advance();
  }

  /** RFC 3261 §14.1: 2.1 to 4 s for the owner of the Call-ID, up to 2 s for the other, in steps of 10 ms. */
  #waitForPeer(): void {
    const { clock, random } = this.#services;
    const [least, span] = this.#ownsCallId ? [2100, 190] : [0, 200];
    const ms = least + Math.floor(random.fraction() * (span + 1)) * 10;
    this.#cancelGlare = clock.after(ms, () => {
      this.#cancelGlare = undefined;
      this.#advance();
    });
  }

  #refreshed(response: SipResponse): void {
    this.#host.setTimer(readSessionTimer(response.headers.get('Session-Expires')));
  }

  #timerHeaders(): HeaderList {
    const { min } = this.#services.sessionTimer;
    const expires = Math.max(this.#sessionExpires, min);
    return [
      ['Session-Expires', formatSessionExpires({ seconds: expires, refresher: 'uac' })],
      ['Min-SE', String(min)],
    ];
  }
}

/** What a request says about session timers. */
export function timerRequest({ headers }: SipRequest) {
  return {
    sessionExpires: headers.get('Session-Expires'),
    minSe: headers.get('Min-SE'),
    supportsTimer: tokenList(headers, 'Supported').includes('timer') || tokenList(headers, 'Require').includes('timer'),
  };
}
