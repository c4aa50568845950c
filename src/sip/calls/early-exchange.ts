import { MachineRun } from '../machine.ts';
import { refuseAudioOffer } from '../offer-answer.ts';
import type { HeaderList } from '../responses.ts';
import type { ServerTransaction } from '../transactions/server-transaction.ts';
import { type CallServices, SDP } from './call-services.ts';
import { refreshTarget } from './dialog.ts';
import type { DialogPeer } from './dialog-peer.ts';
import { type ExchangeAction, type ExchangeEvent, type ExchangeState, offerExchangeTable } from './offer-exchange-table.ts';
import { sdpOf } from './sdp-body.ts';
import type { OfferAnswer } from './session-types.ts';

/** An owner that has not decided by then leaves things as they are: well before the peer's timer F. */
const DECISION_MS = 10_000;
const RETRY_AFTER: HeaderList = [['Retry-After', '2']];

/** Who the audio belongs to. */
export interface ExchangeOwner {
  /** Answers a later offer of the peer. */
  answer(offer: string): OfferAnswer | Promise<OfferAnswer>;
  /** The peer has answered our offer. */
  answered(answer: string): void;
  /** A PRACK has offered what cannot be spoken here. It cannot be refused but by ending the call (RFC 6337 §3.2, pattern 5). */
  impossible(): void;
  /** No offer of the peer is open any more. */
  settled(): void;
}

interface Deciding {
  readonly transaction: ServerTransaction;
  readonly offer: string;
  readonly cancel: () => void;
}

/** The descriptions of one early dialog: the first offer with its answer, and what PRACK and UPDATE change of them before the call is answered. */
export class EarlyExchange {
  /** Ours and theirs in force or under way. */
  localSdp: string | undefined;
  remoteSdp: string | undefined;
  readonly #services: CallServices;
  readonly #peer: DialogPeer;
  readonly #owner: ExchangeOwner;
  readonly #run = new MachineRun<ExchangeState, ExchangeEvent, ExchangeAction>(offerExchangeTable, 'idle');
  #deciding: Deciding | undefined;

  /** With the offer of the INVITE: the peer's or ours; none when the peer wants to be offered one. */
  constructor(
    services: CallServices,
    peer: DialogPeer,
    owner: ExchangeOwner,
    first: { readonly theirs?: string | undefined; readonly ours?: string | undefined },
  ) {
    this.#services = services;
    this.#peer = peer;
    this.#owner = owner;
    this.localSdp = first.ours;
    this.remoteSdp = first.theirs;
    if (first.theirs !== undefined) this.#run.fire('theirOffer');
    if (first.ours !== undefined) this.#run.fire('ourOffer');
  }

  get isAgreed(): boolean {
    return this.#run.state === 'agreed';
  }

  get isDeciding(): boolean {
    return this.#run.state === 'deciding';
  }

  /** We say this in a response that the peer certainly gets: it answers their offer, or is ours. */
  say(sdp: string): void {
    this.localSdp = sdp;
    this.#run.fire(this.#run.state === 'idle' ? 'ourOffer' : 'ourAnswer');
  }

  /** The peer has said this in a message that certainly has come, in answer to our offer. */
  hear(sdp: string): void {
    const actions = this.#run.fire('theirAnswer');
    if (!actions.includes('take')) return;
    this.remoteSdp = sdp;
  }

  /** Answers an UPDATE, or a PRACK that acknowledges what it should. */
  receive(transaction: ServerTransaction): void {
    const { request } = transaction;
    this.#peer.dialog = request.method === 'UPDATE' ? refreshTarget(this.#peer.dialog, request) : this.#peer.dialog;
    if (request.body.length === 0) {
      this.#peer.respond(transaction, 200);
      return;
    }
    const sdp = sdpOf(request);
    if (sdp === undefined) {
      this.#peer.respond(transaction, 415, { headers: [['Accept', SDP]] });
      return;
    }
    if (request.method === 'PRACK' && this.#run.state === 'offering') {
      this.#peer.respond(transaction, 200);
      this.hear(sdp);
      this.#owner.answered(sdp);
      return;
    }
    for (const action of this.#run.fire('theirOffer')) {
      if (action === 'decide') this.#decide(transaction, sdp);
      else if (action === 'refuseGlare') this.#peer.respond(transaction, 491);
      else this.#peer.respond(transaction, 500, { headers: RETRY_AFTER });
    }
  }

  /** The early dialog is over, or has become a session. */
  stop(): void {
    const deciding = this.#deciding;
    this.#deciding = undefined;
    deciding?.cancel();
    if (deciding?.transaction.isPending) this.#peer.respond(deciding.transaction, 487);
  }

  #decide(transaction: ServerTransaction, offer: string): void {
    const cancel = this.#services.clock.after(DECISION_MS, () => this.#settle(transaction, { reject: 488 }));
    this.#deciding = { transaction, offer, cancel };
    // Without a wait where none is needed: what follows the PRACK finds its offer answered.
    let answer: OfferAnswer | Promise<OfferAnswer>;
    try {
      answer = this.#owner.answer(offer);
    } catch {
      answer = { reject: 500 };
    }
    if (!(answer instanceof Promise)) {
      this.#settle(transaction, answer);
      return;
    }
    answer.then(
      (decided) => this.#settle(transaction, decided),
      () => this.#settle(transaction, { reject: 500 }),
    );
  }

  #settle(transaction: ServerTransaction, answer: OfferAnswer): void {
    const deciding = this.#deciding;
    if (deciding?.transaction !== transaction) return;
    this.#deciding = undefined;
    deciding.cancel();
    if ('sdp' in answer) {
      this.localSdp = answer.sdp;
      this.remoteSdp = deciding.offer;
      this.#run.fire('ourAnswer');
      this.#peer.respond(transaction, 200, { body: { type: SDP, content: Buffer.from(answer.sdp) } });
      this.#owner.settled();
      return;
    }
    this.#run.fire('ourRefusal');
    if (transaction.request.method !== 'PRACK') {
      this.#peer.respond(transaction, answer.reject, { reason: answer.reason });
      this.#owner.settled();
      return;
    }
    const refusal = refuseAudioOffer(deciding.offer);
    if (refusal === undefined) this.#peer.respond(transaction, 400, { reason: 'Malformed session description' });
    else this.#peer.respond(transaction, 200, { body: { type: SDP, content: Buffer.from(refusal) } });
    this.#owner.impossible();
  }
}
