import type { SipHeaders } from '../headers.ts';
import type { SipRequest, SipResponse } from '../message.ts';
import type { HeaderList } from '../responses.ts';
import { tokenList } from '../token-list.ts';
import type { ServerTransaction } from '../transactions/server-transaction.ts';
import type { Flow } from '../transports/flow.ts';
import { SipCallError } from './call-failure.ts';
import { ALLOWED, type CallServices, SUPPORTED_IN_CALLS } from './call-services.ts';
import { refreshTarget, takeRequest } from './dialog.ts';
import type { DialogPeer } from './dialog-peer.ts';
import type { DialogUser } from './dialog-table.ts';
import { ReferSubscription } from './refer-subscription.ts';
import { sdpOf } from './sdp-body.ts';
import { SessionOffers } from './session-offers.ts';
import { actAfter, type SessionTimer } from './session-refresh.ts';
import type { OfferAnswer, Referral, SessionEnd, SipSession } from './session-types.ts';

export interface SessionParts {
  readonly localSdp: string;
  readonly remoteSdp: string;
  /** Methods of the peer's Allow. */
  readonly peerAllows: readonly string[];
  readonly timer: SessionTimer | undefined;
  /** This side sent the INVITE: its Call-ID is ours, and the dialog is confirmed. */
  readonly isCaller: boolean;
  /** Called once, when nothing of the session is left. */
  readonly onGone: () => void;
}

/** Transfers that one session may be asked for at a time. */
const MOST_REFERRALS = 4;

/** An answered call in its dialog. */
export class Session implements SipSession, DialogUser {
  readonly callId: string;
  localSdp: string;
  remoteSdp: string;
  readonly #services: CallServices;
  readonly #peer: DialogPeer;
  readonly #parts: SessionParts;
  readonly #offers: SessionOffers;
  readonly #referrals = new Set<ReferSubscription>();
  #end: SessionEnd | undefined;
  #isConfirmed: boolean;
  #isSessionGone = false;
  #byeHeaders: HeaderList | undefined;
  #cancelTimer: (() => void) | undefined;
  #onEnded: ((end: SessionEnd) => void) | undefined;
  #onOffer: ((offer: string) => OfferAnswer | Promise<OfferAnswer>) | undefined;
  #onAnswer: ((answer: string) => void) | undefined;
  #onInfo: ((contentType: string, body: Buffer) => void) | undefined;
  #onRefer: ((referral: Referral) => void) | undefined;

  constructor(services: CallServices, peer: DialogPeer, parts: SessionParts) {
    this.#services = services;
    this.#peer = peer;
    this.#parts = parts;
    this.callId = peer.dialog.callId;
    this.localSdp = parts.localSdp;
    this.remoteSdp = parts.remoteSdp;
    this.#isConfirmed = parts.isCaller;
    const session = this;
    this.#offers = new SessionOffers(
      services,
      peer,
      {
        get localSdp() {
          return session.localSdp;
        },
        set localSdp(sdp) {
          session.localSdp = sdp;
        },
        get remoteSdp() {
          return session.remoteSdp;
        },
        set remoteSdp(sdp) {
          session.remoteSdp = sdp;
        },
        answer: (offer) => this.#onOffer?.(offer) ?? { reject: 488 },
        answered: (answer) => this.#onAnswer?.(answer),
        setTimer: (timer) => this.#setTimer(timer),
        lost: (by) => this.#finish({ by, headers: undefined }, []),
      },
      parts.isCaller,
    );
    this.#setTimer(parts.timer);
  }

  get dialogId(): string {
    return this.#peer.id;
  }

  get remoteContact(): string {
    return this.#peer.dialog.remoteTarget;
  }

  get isEnded(): boolean {
    return this.#end !== undefined;
  }

  bye(headers: HeaderList = []): void {
    this.#finish({ by: 'local', headers: undefined }, headers);
  }

  onEnded(callback: (end: SessionEnd) => void): void {
    if (this.#end === undefined) this.#onEnded = callback;
    else callback(this.#end);
  }

  reinvite(sdp: string): Promise<string> {
    return this.#offers.reinvite(sdp);
  }

  onOffer(callback: (offer: string) => OfferAnswer | Promise<OfferAnswer>): void {
    this.#onOffer = callback;
  }

  onAnswer(callback: (answer: string) => void): void {
    this.#onAnswer = callback;
  }

  onInfo(callback: (contentType: string, body: Buffer) => void): void {
    this.#onInfo = callback;
  }

  onRefer(callback: (referral: Referral) => void): void {
    this.#onRefer = callback;
  }

  info(contentType: string, body: string | Buffer): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.#end !== undefined) return reject(new SipCallError(481, 'The session has ended'));
      this.#peer.request(
        'INFO',
        { body: { type: contentType, content: Buffer.from(body) } },
        {
          onResponse: (response) => {
            if (response.status < 200) return;
            resolve(response.status);
            if (response.status === 481) this.#finish({ by: 'error', headers: undefined }, []);
          },
          onFailure: (cause) => {
            reject(new SipCallError(cause === 'timeout' ? 408 : 503, 'No answer to INFO'));
            this.#finish({ by: 'timeout', headers: undefined }, []);
          },
        },
      );
    });
  }

  tell(contentType: string, body: string): void {
    if (this.#end !== undefined) return;
    this.#peer.request(
      'INFO',
      { body: { type: contentType, content: Buffer.from(body) } },
      { onResponse: () => undefined, onFailure: () => undefined },
    );
  }

  /** The ACK of our 2xx has come: from now on the dialog may be ended (RFC 3261 §15). */
  confirm(ack: SipRequest): void {
    this.#isConfirmed = true;
    const answer = this.remoteSdp === '' ? sdpOf(ack) : undefined;
    if (answer !== undefined) {
      this.remoteSdp = answer;
      this.#onAnswer?.(answer);
    }
    if (this.#byeHeaders !== undefined) this.#sendBye(this.#byeHeaders);
  }

  /** No ACK came for our 2xx. */
  ackLost(): void {
    this.#isConfirmed = true;
    if (this.#byeHeaders !== undefined) this.#sendBye(this.#byeHeaders);
    else this.#finish({ by: 'timeout', headers: undefined }, []);
  }

  onAck(ack: SipRequest, _flow: Flow): void {
    this.#offers.acknowledged(ack);
  }

  onStraySuccess(_response: SipResponse): void {
    this.#peer.repeatAck();
  }

  drop(): void {
    this.#finish({ by: 'shutdown', headers: undefined }, []);
    for (const referral of [...this.#referrals]) referral.stop();
  }

  onRequest(transaction: ServerTransaction): void {
    const { request } = transaction;
    const taken = takeRequest(this.#peer.dialog, request);
    if (taken === undefined) {
      this.#peer.respond(transaction, 500, { reason: 'CSeq too low' });
      return;
    }
    this.#peer.dialog = taken;
    this.#peer.heardOver(transaction.flow);
    // What is left of an ended session are the subscriptions to its transfers (RFC 5057 §4.1).
    if (this.#end !== undefined && request.method !== 'BYE' && request.method !== 'SUBSCRIBE') {
      this.#peer.respond(transaction, 481);
      return;
    }
    this.#serve(transaction);
  }

  #serve(transaction: ServerTransaction): void {
    const { method, headers, body } = transaction.request;
    switch (method) {
      case 'BYE':
        this.#peer.respond(transaction, 200);
        this.#finish({ by: 'remote', headers }, undefined);
        break;
      case 'INVITE':
      case 'UPDATE':
        this.#offers.receive(transaction);
        break;
      case 'INFO':
        this.#peer.respond(transaction, 200);
        this.#onInfo?.(headers.get('Content-Type') ?? '', body);
        break;
      case 'REFER':
        this.#peer.dialog = refreshTarget(this.#peer.dialog, transaction.request);
        this.#refer(transaction);
        break;
      case 'SUBSCRIBE':
        this.#subscribe(transaction);
        break;
      case 'OPTIONS':
        this.#peer.respond(transaction, 200, { headers: capabilities() });
        break;
      case 'PRACK':
        this.#peer.respond(transaction, 481);
        break;
      default:
        this.#peer.respond(transaction, 405, { headers: [['Allow', ALLOWED]] });
    }
  }

  #refer(transaction: ServerTransaction): void {
    if (this.#onRefer === undefined || this.#referrals.size >= MOST_REFERRALS) {
      this.#peer.respond(transaction, 603);
      return;
    }
    const referral = ReferSubscription.of(this.#services, this.#peer, transaction, () => {
      if (referral !== undefined) this.#referrals.delete(referral);
      if (this.#isSessionGone) this.#gone();
    });
    if (referral === undefined) return;
    this.#referrals.add(referral);
    this.#onRefer(referral);
  }

  /** Only to what a REFER has begun: with the id of one, or without any when there is but one (RFC 3515 §2.4.6). */
  #subscribe(transaction: ServerTransaction): void {
    const { headers } = transaction.request;
    const [event = '', ...parameters] = (headers.get('Event') ?? '').split(';').map((part) => part.trim().toLowerCase());
    if (event !== 'refer') {
      this.#peer.respond(transaction, 489, { headers: [['Allow-Events', 'refer']] });
      return;
    }
    const id = parameters.find((parameter) => parameter.startsWith('id='))?.slice('id='.length);
    const known = [...this.#referrals].filter((referral) => id === undefined || String(referral.id) === id);
    const [referral, ...others] = known;
    if (referral === undefined || others.length > 0) this.#peer.respond(transaction, 481);
    else referral.resubscribe(transaction);
  }

  /** `byeHeaders` undefined: the peer needs no BYE. */
  #finish(end: SessionEnd, byeHeaders: HeaderList | undefined): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#offers.stop();
    const isPolite = end.by === 'remote' || end.by === 'local';
    for (const referral of [...this.#referrals]) if (!isPolite || referral.isOffered) referral.stop();
    this.#cancelTimer?.();
    if (byeHeaders === undefined) this.#gone();
    else if (this.#isConfirmed) this.#sendBye(byeHeaders);
    else this.#byeHeaders = byeHeaders;
    this.#onEnded?.(end);
  }

  /** The dialog stays known until the BYE has its answer: what crosses it is answered properly. */
  #sendBye(headers: HeaderList): void {
    this.#byeHeaders = undefined;
    this.#peer.request(
      'BYE',
      { headers },
      {
        onResponse: (response) => {
          if (response.status >= 200) this.#gone();
        },
        onFailure: () => this.#gone(),
      },
    );
  }

  /** The dialog stays known while somebody is told of a transfer in it. */
  #gone(): void {
    this.#isSessionGone = true;
    if (this.#referrals.size > 0) return;
    this.#services.dialogs.remove(this.#peer.id, this);
    this.#parts.onGone();
  }

  #setTimer(timer: SessionTimer | undefined): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (timer === undefined || this.#end !== undefined) return;
    const { clock } = this.#services;
    const expire = () => this.#finish({ by: 'timeout', headers: undefined }, []);
    this.#cancelTimer = clock.after(actAfter(timer) * 1000, () => {
      if (!timer.isRefresher) return expire();
      const left = actAfter({ ...timer, isRefresher: false }) - actAfter(timer);
      this.#cancelTimer = clock.after(left * 1000, expire);
      this.#offers.refresh(this.#parts.peerAllows.includes('UPDATE'), timer.expires);
    });
  }
}

/** What OPTIONS is told (RFC 3261 §11.2). */
export function capabilities(): HeaderList {
  return [
    ['Allow', ALLOWED],
    ['Accept', 'application/sdp'],
    ['Accept-Encoding', 'identity'],
    ['Accept-Language', 'en'],
    ['Supported', SUPPORTED_IN_CALLS],
  ];
}

/** The methods a peer says it takes. */
export const allowedBy = (headers: SipHeaders): readonly string[] => tokenList(headers, 'Allow');
