import type { SipHeaders } from '../headers.ts';
import { parseReferTo, type ReferTo } from '../refer.ts';
import type { HeaderList } from '../responses.ts';
import { parseDeltaSeconds } from '../session-timer.ts';
import { reasonOf } from '../status-reasons.ts';
import type { ServerTransaction } from '../transactions/server-transaction.ts';
import type { CallServices } from './call-services.ts';
import { sequenceOf } from './dialog.ts';
import type { DialogPeer } from './dialog-peer.ts';
import type { Referral } from './session-types.ts';

/** A transfer that has no outcome by then is not waited for any longer. */
const SUBSCRIPTION_SECONDS = 180;
const GIVEN_UP = 408;
/** An owner that has not decided by then never will: well before the peer's timer F. */
const DECISION_SECONDS = 10;

interface Report {
  readonly status: number;
  readonly reason: string;
}

/**
 * One REFER and the NOTIFYs that report on it (RFC 3515). They go out one after the other, so that none overtakes another; of several
 * that wait only the last is sent (RFC 6665 §4.2.2 leaves the pace to the notifier). A REFER with `Refer-Sub: false` gets none (RFC 4488).
 */
export class ReferSubscription implements Referral {
  readonly referTo: ReferTo;
  readonly headers: SipHeaders;
  /** Of its NOTIFYs and of SUBSCRIBEs to it: the CSeq number of the REFER (RFC 3515 §2.4.6). */
  readonly id: number;
  readonly #services: CallServices;
  readonly #peer: DialogPeer;
  readonly #transaction: ServerTransaction;
  readonly #onOver: () => void;
  readonly #isSilent: boolean;
  #state: 'offered' | 'active' | 'ending' | 'over' = 'offered';
  #expiresAt = 0;
  #cancelExpiry: () => void;
  #last: Report = { status: 100, reason: reasonOf(100) };
  #waiting: Report | undefined;
  #isNotifying = false;
  readonly #settled = Promise.withResolvers<void>();

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
    this.id = sequenceOf(transaction.request) ?? 0;
    this.#isSilent = this.headers.get('Refer-Sub')?.split(';')[0]?.trim().toLowerCase() === 'false';
    this.#cancelExpiry = this.#scheduleExpiry(DECISION_SECONDS);
  }

  get isOffered(): boolean {
    return this.#state === 'offered';
  }

  accept(): void {
    if (this.#state !== 'offered') return;
    this.#state = 'active';
    this.#prolong(SUBSCRIPTION_SECONDS);
    const headers: HeaderList = this.#isSilent ? [['Refer-Sub', 'false']] : [];
    this.#peer.respond(this.#transaction, 202, { headers });
    void this.notify(100);
  }

  reject(status: number): void {
    if (this.#state !== 'offered') return;
    this.#peer.respond(this.#transaction, status);
    this.stop();
  }

  notify(status: number, reason = reasonOf(status)): Promise<void> {
    if (this.#state === 'active') {
      this.#waiting = { status, reason };
      if (status >= 200) this.#state = 'ending';
      this.#advance();
    }
    return status >= 200 ? this.#settled.promise : Promise.resolve();
  }

  /** A SUBSCRIBE of the peer: prolongs the subscription, or with `Expires: 0` ends it, and is told the state in either case (RFC 3515 §2.4.6). */
  resubscribe(transaction: ServerTransaction): void {
    const asked = parseDeltaSeconds(transaction.request.headers.get('Expires') ?? '') ?? SUBSCRIPTION_SECONDS;
    const seconds = Math.min(asked, SUBSCRIPTION_SECONDS);
    this.#peer.respond(transaction, 200, { headers: [['Expires', String(seconds)]] });
    if (this.#state !== 'active') return;
    this.#prolong(seconds);
    if (seconds === 0) this.#state = 'ending';
    this.#waiting ??= this.#last;
    this.#advance();
  }

  /** Ends it without a word; one that nobody answered is declined. */
  stop(): void {
    if (this.#state === 'over') return;
    if (this.#transaction.isPending) this.#peer.respond(this.#transaction, 603);
    this.#state = 'over';
    this.#waiting = undefined;
    this.#cancelExpiry();
    this.#settled.resolve();
    this.#onOver();
  }

  #prolong(seconds: number): void {
    this.#cancelExpiry();
    this.#expiresAt = this.#services.clock.monotonic() + seconds * 1000;
    this.#cancelExpiry = this.#scheduleExpiry(seconds);
  }

  #scheduleExpiry(seconds: number): () => void {
    return this.#services.clock.after(seconds * 1000, () => {
      if (this.#state === 'offered') this.reject(480);
      else if (this.#state === 'active') void this.notify(GIVEN_UP);
    });
  }

  #advance(): void {
    const report = this.#waiting;
    if (this.#isNotifying || report === undefined) return;
    this.#waiting = undefined;
    this.#last = report;
    const isLast = this.#state === 'ending';
    if (this.#isSilent) {
      if (isLast) this.stop();
      return;
    }
    const left = Math.max(0, Math.ceil((this.#expiresAt - this.#services.clock.monotonic()) / 1000));
    this.#isNotifying = true;
    const next = () => {
      this.#isNotifying = false;
      if (isLast) this.stop();
      else this.#advance();
    };
    this.#peer.request(
      'NOTIFY',
      {
        headers: [
          ['Event', `refer;id=${this.id}`],
          ['Subscription-State', isLast ? 'terminated;reason=noresource' : `active;expires=${left}`],
        ],
        body: { type: 'message/sipfrag;version=2.0', content: Buffer.from(`SIP/2.0 ${report.status} ${report.reason}\r\n`) },
      },
      {
        onResponse: ({ status }) => {
          // A peer that does not want to hear more (481) is told no more (RFC 3515 §2.4.7).
          if (status === 481) this.stop();
          else if (status >= 200) next();
        },
        onFailure: () => this.stop(),
      },
    );
  }
}
