import type { SipHeaders } from '../headers.ts';
import { parseReferTo, type ReferTo } from '../refer.ts';
import { reasonOf } from '../status-reasons.ts';
import type { ServerTransaction } from '../transactions/server-transaction.ts';
import type { CallServices } from './call-services.ts';
import type { DialogPeer } from './dialog-peer.ts';
import type { Referral } from './session-types.ts';

/** A transfer that has no outcome by then is not waited for any longer. */
const SUBSCRIPTION_SECONDS = 180;
const GIVEN_UP = 408;

/** One REFER and the NOTIFYs that report on it (RFC 3515). */
export class ReferSubscription implements Referral {
  readonly referTo: ReferTo;
  readonly headers: SipHeaders;
  readonly #services: CallServices;
  readonly #peer: DialogPeer;
  readonly #transaction: ServerTransaction;
  readonly #onOver: () => void;
  #state: 'offered' | 'active' | 'over' = 'offered';
  readonly #cancelExpiry: () => void;

  /** Undefined, and answered 400, when the request does not say whom to call. */
  static of(
    services: CallServices,
    peer: DialogPeer,
    transaction: ServerTransaction,
    onOver: () => void,
  ): ReferSubscription | undefined {
    const values = transaction.request.headers.all('Refer-To');
    const referTo = values.length === 1 ? parseReferTo(values[0] ?? '') : undefined;
    if (referTo !== undefined) return new ReferSubscription(services, peer, transaction, referTo, onOver);
    peer.respond(transaction, 400, { reason: 'Missing or malformed Refer-To' });
    return undefined;
  }

  constructor(services: CallServices, peer: DialogPeer, transaction: ServerTransaction, referTo: ReferTo, onOver: () => void) {
    this.#services = services;
    this.#peer = peer;
    this.#transaction = transaction;
    this.#onOver = onOver;
    this.referTo = referTo;
    this.headers = transaction.request.headers;
    this.#cancelExpiry = this.#services.clock.after(SUBSCRIPTION_SECONDS * 1000, () => {
      if (this.#state === 'offered') this.reject(480);
      else this.notify(GIVEN_UP);
    });
  }

  accept(): void {
    if (this.#state !== 'offered') return;
    this.#state = 'active';
    this.#peer.respond(this.#transaction, 202);
    this.notify(100);
  }

  reject(status: number): void {
    if (this.#state !== 'offered') return;
    this.#peer.respond(this.#transaction, status);
    this.stop();
  }

  notify(status: number, reason = reasonOf(status)): void {
    if (this.#state !== 'active') return;
    const isFinal = status >= 200;
    const cseq = Number.parseInt(this.headers.get('CSeq') ?? '0', 10);
    if (this.headers.get('Refer-Sub')?.trim().toLowerCase() !== 'false') {
      this.#peer.request(
        'NOTIFY',
        {
          headers: [
            ['Event', `refer;id=${cseq}`],
            ['Subscription-State', isFinal ? 'terminated;reason=noresource' : `active;expires=${SUBSCRIPTION_SECONDS}`],
          ],
          body: { type: 'message/sipfrag;version=2.0', content: Buffer.from(`SIP/2.0 ${status} ${reason}\r\n`) },
        },
        {
          // A peer that does not want to hear more (481) is told no more (RFC 3515 §2.4.7).
          onResponse: (response) => {
            if (response.status === 481) this.stop();
          },
          onFailure: () => this.stop(),
        },
      );
    }
    if (isFinal) this.stop();
  }

  /** Ends it without a word; one that nobody answered is declined. */
  stop(): void {
    if (this.#state === 'over') return;
    if (this.#transaction.isPending) this.#peer.respond(this.#transaction, 603);
    this.#state = 'over';
    this.#cancelExpiry();
    this.#onOver();
  }
}
