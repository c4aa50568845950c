import type { ClientAuthentication } from '../client-authentication.ts';
import type { SipRequest, SipResponse } from '../message.ts';
import { tagOf } from '../name-address.ts';
import { formatRAck, parseRSeq } from '../reliable-provisional.ts';
import type { NextHop } from '../request-sender.ts';
import { tokenList } from '../token-list.ts';
import type { ServerTransaction } from '../transactions/server-transaction.ts';
import type { Flow } from '../transports/flow.ts';
import { ALLOWED, type CallServices } from './call-services.ts';
import { type Dialog, dialogOfResponse, refreshTarget, sequenceOf, takeRequest } from './dialog.ts';
import { DialogPeer } from './dialog-peer.ts';
import type { DialogUser } from './dialog-table.ts';
import { EarlyExchange } from './early-exchange.ts';
import { sdpOf } from './sdp-body.ts';
import { capabilities } from './session.ts';
import type { OfferAnswer } from './session-types.ts';
import { symmetricPlace } from './symmetric-place.ts';

/** Phones that one call can reach at a time; a proxy that forks wider is not taken at its word. */
const MOST_FORKS = 16;

/** What is agreed on with one fork before it answers. */
export interface EarlyAgreement {
  readonly localSdp: string | undefined;
  readonly remoteSdp: string | undefined;
}

export type AnswerOffer = (offer: string) => OfferAnswer | Promise<OfferAnswer>;

interface Fork {
  readonly user: EarlyDialog;
  /** RSeq of the last reliable response taken. */
  reliableSequence: number | undefined;
}

/** The early dialogs of one outgoing call, one for each To tag (RFC 3261 §13.2.2.1), and the fate of answers after the first. */
export class EarlyDialogs {
  readonly #services: CallServices;
  readonly #authentication: ClientAuthentication | undefined;
  readonly #via: NextHop | undefined;
  readonly #answer: AnswerOffer;
  readonly #forks = new Map<string, Fork>();
  /** Answers that came too late, whose 2xx may come again. */
  readonly #hungUp = new Map<string, DialogPeer>();
  readonly #answers = new Map<string, string>();
  #confirmed: { readonly tag: string; readonly peer: DialogPeer } | undefined;

  /** `answer` decides about what a callee offers by UPDATE before it answers the call. */
  constructor(
    services: CallServices,
    authentication: ClientAuthentication | undefined,
    via: NextHop | undefined,
    answer: AnswerOffer,
  ) {
    this.#services = services;
    this.#authentication = authentication;
    this.#via = via;
    this.#answer = answer;
  }

  /** Takes a provisional response and acknowledges a reliable one (RFC 3262 §4); false when it is a copy, or out of order. */
  take(invite: SipRequest, response: SipResponse, flow: Flow): boolean {
    const dialog = dialogOfResponse(invite, response);
    if (dialog === undefined) return true;
    const fork = this.#forkOf(invite, dialog, response, flow);
    if (fork === undefined) return false;
    if (!this.#acknowledgesReliably(fork, invite, response)) return false;
    const sdp = sdpOf(response);
    if (sdp !== undefined) this.#answers.set(dialog.remoteTag, sdp);
    if (sdp !== undefined && isReliable(response)) fork.user.exchange.hear(sdp);
    return true;
  }

  /** What a fork has agreed on by reliable responses and UPDATE; a description in its 2xx changes nothing of that (RFC 3261 §13.2.1). */
  agreementOf(tag: string | undefined): EarlyAgreement | undefined {
    const exchange = this.#forks.get(tag ?? '')?.user.exchange;
    return exchange?.isAgreed || exchange?.isDeciding ? exchange : undefined;
  }

  /** The description that a fork gave in a provisional response. */
  answerOf(tag: string | undefined): string | undefined {
    return this.#answers.get(tag ?? '');
  }

  /** The first 2xx: acknowledges it and hands out its dialog. */
  confirm(invite: SipRequest, response: SipResponse, flow: Flow): DialogPeer {
    const tag = tagOf(response.headers.get('To') ?? '') ?? '';
    const peer = this.#peerOf(invite, response, flow);
    this.#confirmed = { tag, peer };
    peer.acknowledge(invite);
    return peer;
  }

  /** A 2xx of a fork that came too late, or to a call that was given up; a copy of the first one is only acknowledged again. */
  ackAndBye(invite: SipRequest, response: SipResponse, flow: Flow): void {
    const tag = tagOf(response.headers.get('To') ?? '') ?? '';
    const known = this.#confirmed?.tag === tag ? this.#confirmed.peer : this.#hungUp.get(tag);
    if (known !== undefined) {
      known.repeatAck();
      return;
    }
    if (this.#hungUp.size >= MOST_FORKS) return;
    const peer = this.#peerOf(invite, response, flow);
    this.#hungUp.set(tag, peer);
    peer.acknowledge(invite);
    peer.request('BYE', {}, { onResponse: () => {}, onFailure: () => {} });
  }

  /** Forgets the early dialogs: the call was answered by one of them, or is over. */
  clear(): void {
    for (const { user } of this.#forks.values()) {
      user.exchange.stop();
      this.#services.dialogs.remove(user.peer.id, user);
    }
    this.#forks.clear();
  }

  #forkOf(invite: SipRequest, dialog: Dialog, response: SipResponse, flow: Flow): Fork | undefined {
    const known = this.#forks.get(dialog.remoteTag);
    if (known !== undefined) {
      known.user.peer.dialog = refreshTarget(known.user.peer.dialog, response);
      return known;
    }
    if (this.#forks.size >= MOST_FORKS) return undefined;
    const peer = new DialogPeer(this.#services, dialog, this.#place(response, flow), this.#authentication);
    peer.madeOver(flow);
    const owner = { answer: this.#answer, answered: () => {}, impossible: () => {}, settled: () => {} };
    const exchange = new EarlyExchange(this.#services, peer, owner, { ours: sdpOf(invite) });
    const fork: Fork = { user: new EarlyDialog(peer, exchange), reliableSequence: undefined };
    this.#forks.set(dialog.remoteTag, fork);
    this.#services.dialogs.add(peer.id, fork.user);
    return fork;
  }

  #acknowledgesReliably(fork: Fork, invite: SipRequest, response: SipResponse): boolean {
    const sequence = reliableSequenceOf(response);
    if (sequence === undefined) return true;
    if (fork.reliableSequence !== undefined && sequence !== fork.reliableSequence + 1) return false;
    fork.reliableSequence = sequence;
    const rack = formatRAck({ responseSequence: sequence, cseq: { sequence: sequenceOf(invite) ?? 0, method: 'INVITE' } });
    fork.user.peer.request('PRACK', { headers: [['RAck', rack]] }, { onResponse: () => {}, onFailure: () => {} });
    return true;
  }

  /** The peer of a 2xx: the early dialog's, whose CSeq numbers go on, in the state that the 2xx sets (RFC 3261 §13.2.2.4). */
  #peerOf(invite: SipRequest, response: SipResponse, flow: Flow): DialogPeer {
    const fork = this.#forks.get(tagOf(response.headers.get('To') ?? '') ?? '');
    const dialog = dialogOfResponse(invite, response);
    if (dialog === undefined) throw new Error('a 2xx to an INVITE of ours makes a dialog');
    const early = fork?.user.peer;
    const peer = early ?? new DialogPeer(this.#services, dialog, undefined, this.#authentication);
    peer.dialog = {
      ...dialog,
      localSequence: Math.max(dialog.localSequence, early?.dialog.localSequence ?? 0),
      remoteSequence: early?.dialog.remoteSequence,
    };
    peer.place = this.#place(response, flow);
    peer.madeOver(flow);
    return peer;
  }

  /** An endpoint that was called at the place it registered from stays there, unless a proxy wants to be on the way. */
  #place(response: SipResponse, flow: Flow) {
    if (this.#via !== undefined && 'place' in this.#via && !response.headers.has('Record-Route')) return this.#via.place;
    return symmetricPlace(response, flow);
  }
}

/** RSeq of a provisional response that was sent reliably (RFC 3262 §4). */
const reliableSequenceOf = ({ headers }: SipResponse): number | undefined =>
  tokenList(headers, 'Require').includes('100rel') ? parseRSeq(headers.get('RSeq') ?? '') : undefined;

const isReliable = (response: SipResponse): boolean => reliableSequenceOf(response) !== undefined;

/** An early dialog as its peer's requests meet it. */
class EarlyDialog implements DialogUser {
  readonly peer: DialogPeer;
  readonly exchange: EarlyExchange;

  constructor(peer: DialogPeer, exchange: EarlyExchange) {
    this.peer = peer;
    this.exchange = exchange;
  }

  onAck(): void {}
  onStraySuccess(): void {}
  drop(): void {}

  onRequest(transaction: ServerTransaction): void {
    const taken = takeRequest(this.peer.dialog, transaction.request);
    if (taken === undefined) {
      this.peer.respond(transaction, 500, { reason: 'CSeq too low' });
      return;
    }
    this.peer.dialog = taken;
    const { method } = transaction.request;
    if (method === 'OPTIONS') this.peer.respond(transaction, 200, { headers: capabilities() });
    else if (method === 'INFO' || method === 'BYE') this.peer.respond(transaction, 200);
    else if (method === 'UPDATE') this.exchange.receive(transaction);
    else if (method === 'INVITE') this.peer.respond(transaction, 491);
    else this.peer.respond(transaction, 405, { headers: [['Allow', ALLOWED]] });
  }
}
