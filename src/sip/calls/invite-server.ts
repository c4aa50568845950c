import { newTag } from '../identifiers.ts';
import { MachineRun } from '../machine.ts';
import type { SipRequest, SipResponse } from '../message.ts';
import type { Endpoint } from '../network.ts';
import type { HeaderList, ResponseParts } from '../responses.ts';
import { formatSessionExpires } from '../session-timer.ts';
import { tokenList } from '../token-list.ts';
import type { ServerTransaction } from '../transactions/server-transaction.ts';
import type { Flow, TransportName } from '../transports/flow.ts';
import { SipCallError } from './call-failure.ts';
import { ALLOWED, type CallServices, SDP, SUPPORTED_IN_CALLS } from './call-services.ts';
import { dialogOfRequest, sequenceOf, takeRequest } from './dialog.ts';
import { DialogPeer } from './dialog-peer.ts';
import type { DialogUser } from './dialog-table.ts';
import { EarlyExchange } from './early-exchange.ts';
import type { IncomingInvite } from './incoming-invite.ts';
import { type CalleeAction, type CalleeEvent, type CalleeState, inviteServerTable } from './invite-server-table.ts';
import { ReliableProvisionals } from './reliable-provisionals.ts';
import { sdpOf } from './sdp-body.ts';
import { allowedBy, capabilities, Session } from './session.ts';
import { timerRequest } from './session-offers.ts';
import { answerSessionTimer } from './session-refresh.ts';
import type { OfferAnswer, SipSession } from './session-types.ts';
import { SuccessRepeater } from './success-repeater.ts';
import { symmetricPlace } from './symmetric-place.ts';

/** Proxies give up on calls of which they hear nothing for three minutes (RFC 3261 §13.3.1.1). */
const REPEAT_PROVISIONAL_MS = 60_000;
/** An owner that has not decided by then never will. */
const MOST_REPEATS = 15;
const RSEQ_RANGE = 0x7fffffff;

/** The server side of a call's INVITE. */
export class IncomingCall implements IncomingInvite, DialogUser {
  readonly request: SipRequest;
  readonly callId: string;
  readonly source: Endpoint & { readonly transport: TransportName };
  readonly flow: Flow;
  readonly offer: string | undefined;
  readonly replaces: SipSession | undefined;
  readonly #services: CallServices;
  readonly #transaction: ServerTransaction;
  readonly #peer: DialogPeer;
  readonly #onGone: () => void;
  readonly #run = new MachineRun<CalleeState, CalleeEvent, CalleeAction>(inviteServerTable, 'ringing');
  readonly #reliable: ReliableProvisionals | undefined;
  readonly #exchange: EarlyExchange;
  #onOffer: ((offer: string) => OfferAnswer | Promise<OfferAnswer>) | undefined;
  #onAnswer: ((answer: string) => void) | undefined;
  #repeats = 0;
  #cancelRepeat: () => void;
  #last: SipResponse | undefined;
  #repeater: SuccessRepeater | undefined;
  #pending:
    | { readonly sdp: string; readonly headers: HeaderList; readonly settle: (session: SipSession | Error) => void }
    | undefined;
  #session: Session | undefined;
  #cancelled: { readonly headers: SipRequest['headers'] | undefined } | undefined;
  #onCancelled: ((headers: SipRequest['headers'] | undefined) => void) | undefined;
  #byeOrCancel: SipRequest['headers'] | undefined;
  #rejection: { readonly status: number; readonly parts: ResponseParts } | undefined;

  /** `onGone` is called once, when nothing of the call is left. */
  constructor(services: CallServices, transaction: ServerTransaction, replaces: SipSession | undefined, onGone: () => void) {
    const { request, flow } = transaction;
    this.#services = services;
    this.#transaction = transaction;
    this.request = request;
    this.callId = request.headers.get('Call-ID') ?? '';
    this.flow = flow;
    this.source = { transport: flow.transport, ...flow.remote };
    this.offer = sdpOf(request);
    this.replaces = replaces;
    this.#peer = new DialogPeer(services, dialogOfRequest(request, newTag(services.random)), symmetricPlace(request, flow));
    this.#peer.madeOver(flow);
    this.#onGone = onGone;
    this.#exchange = new EarlyExchange(
      services,
      this.#peer,
      {
        answer: (offer) => this.#onOffer?.(offer) ?? { reject: 488 },
        answered: (answer) => this.#onAnswer?.(answer),
        impossible: () => this.reject(488),
        settled: () => this.#reliable?.settled(),
      },
      { theirs: this.offer },
    );
    if (tokenList(request.headers, 'Require').includes('100rel')) {
      const first = 1 + Math.floor(services.random.fraction() * RSEQ_RANGE);
      this.#reliable = new ReliableProvisionals(
        services.clock,
        transaction,
        first,
        () => this.#isHeld || this.#take('pracked'),
        () => this.#take('prackLost'),
      );
    }
    this.#cancelRepeat = this.#scheduleRepeat();
    transaction.onCancel = (cancel) => {
      this.#byeOrCancel = cancel.headers;
      this.#take('cancel');
    };
    services.dialogs.add(this.#peer.id, this);
  }

  get isCancelled(): boolean {
    return this.#cancelled !== undefined;
  }

  ring(headers: HeaderList = []): void {
    this.#provide(180, { headers });
  }

  progress(sdp: string, headers: HeaderList = []): void {
    this.#provide(183, { headers, body: { type: SDP, content: Buffer.from(sdp) } });
  }

  accept(sdp: string, headers: HeaderList = []): Promise<SipSession> {
    return new Promise((resolve, reject) => {
      if (this.#run.state !== 'ringing' || this.#pending !== undefined) {
        return reject(new SipCallError(487, 'The call is over or answered already'));
      }
      const settle = (outcome: SipSession | Error) => (outcome instanceof Error ? reject(outcome) : resolve(outcome));
      this.#pending = { sdp, headers, settle };
      this.#take(this.#isHeld ? 'acceptHeld' : 'accept');
    });
  }

  /** A description of ours is not acknowledged yet, or one of theirs not answered: the 2xx must wait (RFC 3262 §3, RFC 3311 §5.2). */
  get #isHeld(): boolean {
    return this.#reliable?.holdsAnswer === true || this.#exchange.isDeciding;
  }

  reject(status: number, { reason, headers }: { readonly reason?: string; readonly headers?: HeaderList } = {}): void {
    this.#rejection = { status, parts: { reason, headers } };
    this.#take('reject');
  }

  challenge(challenges: readonly string[], kind: 'www' | 'proxy' = 'www'): void {
    const name = kind === 'www' ? 'WWW-Authenticate' : 'Proxy-Authenticate';
    this.reject(kind === 'www' ? 401 : 407, { headers: challenges.map((value) => [name, value] as const) });
  }

  onCancelled(callback: (headers: SipRequest['headers'] | undefined) => void): void {
    if (this.#cancelled === undefined) this.#onCancelled = callback;
    else callback(this.#cancelled.headers);
  }

  onOffer(callback: (offer: string) => OfferAnswer | Promise<OfferAnswer>): void {
    this.#onOffer = callback;
  }

  onAnswer(callback: (answer: string) => void): void {
    this.#onAnswer = callback;
  }

  onAck(ack: SipRequest, flow: Flow): void {
    if (sequenceOf(ack) !== sequenceOf(this.request)) {
      this.#session?.onAck(ack, flow);
      return;
    }
    const wasAccepted = this.#run.state === 'accepted';
    this.#take('ack');
    if (wasAccepted && this.#session !== undefined) {
      this.#session.confirm(ack);
      this.#settle(this.#session);
    }
  }

  /** The INVITE was the peer's: no 2xx can come. */
  onStraySuccess(): void {}

  onRequest(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (this.#session !== undefined) {
      // Of a response without a description, for which the 2xx did not wait (RFC 3262 §3).
      if (request.method === 'PRACK' && this.#reliable?.acknowledge(request)) {
        this.#peer.respond(transaction, 200);
        return;
      }
      this.#session.onRequest(transaction);
      if (request.method === 'BYE' && this.#session.isEnded) this.#take('bye');
      return;
    }
    const taken = takeRequest(this.#peer.dialog, request);
    if (taken === undefined) {
      this.#peer.respond(transaction, 500, { reason: 'CSeq too low' });
      return;
    }
    this.#peer.dialog = taken;
    this.#serveEarly(transaction);
  }

  /** The stack stops. */
  drop(): void {
    if (this.#session !== undefined) this.#session.drop();
    else this.reject(503);
  }

  /** The stack has stopped: nothing can be sent any more. */
  abort(): void {
    this.#exchange.stop();
    this.#repeater?.stop();
    this.#cancelRepeat();
    this.#reliable?.stop();
    this.#settle(new SipCallError(503, 'The stack has stopped'));
  }

  /** Requests of the early dialog. */
  #serveEarly(transaction: ServerTransaction): void {
    const { method, headers } = transaction.request;
    switch (method) {
      case 'PRACK': {
        const isKnown = this.#reliable?.acknowledge(transaction.request) === true;
        if (isKnown) this.#exchange.receive(transaction);
        else this.#peer.respond(transaction, 481);
        if (isKnown) this.#reliable?.settled();
        break;
      }
      case 'BYE':
        this.#peer.respond(transaction, 200);
        this.#byeOrCancel = headers;
        this.#take('bye');
        break;
      case 'UPDATE':
        this.#exchange.receive(transaction);
        break;
      case 'INFO':
        this.#peer.respond(transaction, 200);
        break;
      case 'OPTIONS':
        this.#peer.respond(transaction, 200, { headers: capabilities() });
        break;
      case 'INVITE':
        this.#peer.respond(transaction, 500, { headers: [['Retry-After', '5']] });
        break;
      default:
        this.#peer.respond(transaction, 405, { headers: [['Allow', ALLOWED]] });
    }
  }

  #provide(status: number, parts: ResponseParts): void {
    const { headers = [] } = parts;
    const withAllow: ResponseParts = { ...parts, headers: [['Allow', ALLOWED], ...headers] };
    if (this.#run.state !== 'ringing' || this.#pending !== undefined) return;
    // What is agreed is changed by an offer, not by saying something else (RFC 3261 §13.2.1).
    const isAgreed = this.#exchange.isAgreed || this.#exchange.isDeciding;
    this.#last = this.#peer.createResponse(this.#transaction, status, isAgreed ? { ...withAllow, body: undefined } : withAllow);
    if (this.#reliable !== undefined && parts.body !== undefined && !isAgreed) this.#exchange.say(parts.body.content.toString());
    this.#take('progress');
  }

  #take(event: CalleeEvent): void {
    const before = this.#run.state;
    try {
      for (const action of this.#run.fire(event)) this.#perform(action);
    } finally {
      // Also when a callback of the owner failed.
      this.#cleanUp(before);
    }
  }

  #cleanUp(before: CalleeState): void {
    const { state } = this.#run;
    if (state === before || state === 'held') return;
    this.#cancelRepeat();
    this.#exchange.stop();
    if (state !== 'ended') return;
    this.#reliable?.stop();
    if (this.#session === undefined) {
      this.#services.dialogs.remove(this.#peer.id, this);
      this.#onGone();
    }
    this.#settle(new SipCallError(487, 'The call has ended before its answer'));
  }

  #perform(action: CalleeAction): void {
    switch (action) {
      case 'sendProvisional':
        if (this.#last === undefined) break;
        if (this.#reliable === undefined) this.#transaction.respond(this.#last);
        else this.#reliable.send(this.#last);
        break;
      case 'sendSuccess':
        this.#reliable?.fallSilent();
        this.#sendSuccess();
        break;
      case 'sendFailure':
        if (this.#rejection) this.#peer.respond(this.#transaction, this.#rejection.status, this.#rejection.parts);
        break;
      case 'sendTerminated':
        this.#peer.respond(this.#transaction, 487);
        break;
      case 'sendPrackLost':
        this.#peer.respond(this.#transaction, 504);
        break;
      case 'sendAbandoned':
        this.#peer.respond(this.#transaction, 480);
        break;
      case 'startAckWait':
        this.#repeater = new SuccessRepeater(
          this.#services.clock,
          () => this.#last && this.#transaction.respond(this.#last),
          () => this.#take('ackLost'),
        );
        break;
      case 'stopAckWait':
        this.#repeater?.stop();
        break;
      case 'confirm':
        if (this.#session !== undefined) this.#services.dialogs.add(this.#peer.id, this.#session);
        break;
      case 'sendBye':
        if (this.#session === undefined) break;
        this.#services.dialogs.add(this.#peer.id, this.#session);
        this.#session.ackLost();
        break;
      case 'reportBye':
        // The session has told its owner.
        this.#services.dialogs.remove(this.#peer.id, this);
        break;
      case 'reportCancelled':
        this.#cancelled = { headers: this.#byeOrCancel };
        this.#onCancelled?.(this.#byeOrCancel);
    }
  }

  #sendSuccess(): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    const { request } = this;
    const { sessionTimer } = this.#services;
    const verdict = answerSessionTimer(sessionTimer, timerRequest(request));
    const headers: (readonly [string, string])[] = [
      ['Allow', ALLOWED],
      ['Supported', SUPPORTED_IN_CALLS],
      ['User-Agent', this.#services.userAgent],
      ...pending.headers,
    ];
    if (verdict.kind === 'timer') {
      headers.push(['Session-Expires', formatSessionExpires(verdict.header)]);
      if (verdict.requireTimer) headers.push(['Require', 'timer']);
    }
    const { isAgreed, localSdp = pending.sdp, remoteSdp = '' } = this.#exchange;
    const sdp = isAgreed ? localSdp : pending.sdp;
    // Agreed on with our offer in a provisional response: a description in the 2xx would be one too many (RFC 6337 §2.1, pattern 4).
    const isComplete = isAgreed && this.offer === undefined;
    const body = { type: SDP, content: Buffer.from(sdp) };
    this.#last = this.#peer.respond(this.#transaction, 200, isComplete ? { headers } : { headers, body });
    this.#session = new Session(this.#services, this.#peer, {
      localSdp: sdp,
      remoteSdp,
      peerAllows: allowedBy(request.headers),
      timer: verdict.kind === 'timer' ? verdict.timer : undefined,
      isCaller: false,
      onGone: this.#onGone,
    });
    if (this.offer !== undefined || isComplete) this.#settle(this.#session);
  }

  /** Tells the owner what became of its accept, once. */
  #settle(outcome: SipSession | Error): void {
    this.#pending?.settle(outcome);
    this.#pending = undefined;
  }

  #scheduleRepeat(): () => void {
    return this.#services.clock.after(REPEAT_PROVISIONAL_MS, () => {
      if (++this.#repeats >= MOST_REPEATS) return this.#take('abandoned');
      this.#cancelRepeat = this.#scheduleRepeat();
      // A reliable one has been acknowledged: the caller knows.
      if (this.#last !== undefined && this.#reliable === undefined) this.#transaction.respond(this.#last);
    });
  }
}
