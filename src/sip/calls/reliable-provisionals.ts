import type { Clock } from '../../runtime/clock.ts';
import type { SipRequest, SipResponse } from '../message.ts';
import { parseRAck } from '../reliable-provisional.ts';
import type { ServerTransaction } from '../transactions/server-transaction.ts';
import { T1 } from '../transactions/timers.ts';
import { sequenceOf } from './dialog.ts';

/** Provisional responses that may wait for the one before them to be acknowledged. */
const MOST_WAITING = 8;

interface Outstanding {
  readonly sequence: number;
  readonly hasDescription: boolean;
  cancel: () => void;
}

/** The reliable provisional responses to one INVITE, repeated until their PRACK comes, one at a time (RFC 3262 §3). */
export class ReliableProvisionals {
  readonly #clock: Clock;
  readonly #transaction: ServerTransaction;
  readonly #onPracked: () => void;
  readonly #onLost: () => void;
  #nextSequence: number;
  #outstanding: Outstanding | undefined;
  #waiting: SipResponse[] = [];

  constructor(clock: Clock, transaction: ServerTransaction, firstSequence: number, onPracked: () => void, onLost: () => void) {
    this.#clock = clock;
    this.#transaction = transaction;
    this.#nextSequence = firstSequence;
    this.#onPracked = onPracked;
    this.#onLost = onLost;
  }

  /** A session description is not acknowledged yet: the 2xx must wait for it. */
  get holdsAnswer(): boolean {
    return this.#outstanding?.hasDescription === true || this.#waiting.some(({ body }) => body.length > 0);
  }

  send(response: SipResponse): void {
    if (this.#outstanding === undefined) this.#transmit(response);
    else if (this.#waiting.length < MOST_WAITING) this.#waiting.push(response);
  }

  /** True when the PRACK acknowledges the response that is being repeated; any other one gets 481. */
  acknowledge(prack: SipRequest): boolean {
    const rack = parseRAck(prack.headers.get('RAck') ?? '');
    const outstanding = this.#outstanding;
    const isOurs = rack?.cseq.method === 'INVITE' && rack.cseq.sequence === sequenceOf(this.#transaction.request);
    if (outstanding === undefined || !isOurs || rack.responseSequence !== outstanding.sequence) return false;
    outstanding.cancel();
    this.#outstanding = undefined;
    const next = this.#waiting.shift();
    if (next !== undefined) this.#transmit(next);
    return true;
  }

  /** To be called after the PRACK has been answered. */
  settled(): void {
    if (!this.holdsAnswer) this.#onPracked();
  }

  /** The final response goes out: what is not acknowledged yet is repeated no longer, its PRACK is still known (RFC 3262 §3). */
  fallSilent(): void {
    this.#outstanding?.cancel();
    this.#waiting = [];
  }

  stop(): void {
    this.#outstanding?.cancel();
    this.#outstanding = undefined;
    this.#waiting = [];
  }

  #transmit(response: SipResponse): void {
    const sequence = this.#nextSequence++;
    response.headers.append('Require', '100rel').append('RSeq', String(sequence));
    const outstanding: Outstanding = { sequence, hasDescription: response.body.length > 0, cancel: () => {} };
    this.#outstanding = outstanding;
    this.#transaction.respond(response);
    const lost = this.#clock.after(64 * T1, () => {
      this.stop();
      this.#onLost();
    });
    const repeat = (ms: number) => {
      const cancelRepeat = this.#clock.after(ms, () => {
        this.#transaction.respond(response);
        repeat(2 * ms);
      });
      outstanding.cancel = () => {
        cancelRepeat();
        lost();
      };
    };
    repeat(T1);
  }
}
