import type { Call } from '../call.ts';
import type { CallFlow, FlowStart } from '../call-flow.ts';
import type { DialRequest } from '../dialler.ts';
import type { Suspension } from '../element-context.ts';
import type { FlowServices } from '../flow-services.ts';
import { type HangupCause, hangupCause } from '../hangup-cause.ts';
import { playUntil } from '../prompts.ts';
import type { Partner } from './partner.ts';
import { connectedWith, leave } from './partner.ts';
import type { TransferRequest } from './transfer-request.ts';
import { statusOfCause } from './transfer-status.ts';

/** How long the target may ring: as long as a Dial lets it by default. The far end's subscription lasts longer. */
const RING_MS = 120_000;

export interface BlindTransferOptions {
  readonly request: TransferRequest;
  /** Who has asked for it. */
  readonly transferor: Call;
  readonly partner: Partner;
  readonly services: FlowServices;
  /** The target, with the transferee as the call that dials it. */
  readonly dial: Omit<DialRequest, 'parent'>;
  readonly flowOf: (call: Call) => CallFlow;
}

/**
 * One transfer to somebody who has to be called first. Until he answers the two hear each other no longer: the transferee hears the
 * ringing. If he does not, they are together again, or the transferee's call goes on as if its Dial had ended, where the transferor has
 * hung up meanwhile.
 */
export class BlindTransfer {
  readonly #options: BlindTransferOptions;
  readonly #settled = new AbortController();
  /** Decided once: the target's leg, or why there is none. */
  readonly #outcome = Promise.withResolvers<Call | HangupCause>();
  #suspension: Suspension | undefined;
  #leg: Call | undefined;
  #rings = false;
  /** The transferor was the one whose document holds the two together, and has hung up: the transferee waits on its own. */
  #isAdopted = false;

  constructor(options: BlindTransferOptions) {
    this.#options = options;
  }

  /** False when another transfer holds the two apart already. */
  begin(): boolean {
    const { request, transferor, partner } = this.#options;
    this.#suspension = partner.dial.suspend(() => this.#onLeave());
    if (!this.#suspension) return false;
    request.accept();
    transferor.note('transfer', { transferee: partner.call.id, to: this.#options.dial.to });
    // The transferee's end is seen by the transferor's Dial too, if that is what holds them: it comes to the same.
    const unwatch = partner.call.watch({ ended: () => this.#fail(hangupCause(1000, 'Caller')) });
    this.#settled.signal.addEventListener('abort', unwatch, { once: true });
    void this.#dial();
    return true;
  }

  async #dial(): Promise<void> {
    const { partner, services, dial, request, transferor } = this.#options;
    try {
      const dialled = await services.dialler.dial({ ...dial, parent: partner.call });
      if (dialled.kind === 'refused') {
        this.#fail(dialled.cause);
        return;
      }
      const leg = dialled.call;
      this.#leg = leg;
      const { ended } = leg.facts;
      if (ended) return this.#fail(ended.cause);
      if (this.#settled.signal.aborted) {
        leg.hangUp(hangupCause(1000, 'Caller'));
        return;
      }
      const cancelRing = services.clock.after(RING_MS, () => leg.hangUp(hangupCause(6010, 'Plivo')));
      this.#settled.signal.addEventListener('abort', cancelRing, { once: true });
      const unwatch = leg.watch({
        progressed: (state) => {
          if (state === 'answered') {
            this.#connect(leg);
            return;
          }
          void request.report(180);
          this.#ringback();
        },
        ended: ({ cause }) => this.#fail(cause),
      });
      this.#settled.signal.addEventListener('abort', unwatch, { once: true });
      if (leg.answered) this.#connect(leg);
    } catch (error) {
      transferor.note('transfer_failed', { reason: String(error) });
      this.#fail(hangupCause(5010, 'Plivo'));
    }
  }

  #ringback(): void {
    const { media } = this.#options.partner.call;
    if (this.#rings) return;
    this.#rings = true;
    if (media) void playUntil(media, [{ kind: 'tone', tone: 'ringback' }], 0, this.#settled.signal);
  }

  #connect(leg: Call): void {
    if (this.#settled.signal.aborted) return;
    this.#settled.abort();
    const { request, transferor, partner, flowOf } = this.#options;
    for (const call of [transferor, partner.call]) call.note('transferred', { transferor: transferor.id, with: leg.id });
    if (this.#isAdopted) {
      this.#outcome.resolve(leg);
    } else if (partner.holds) {
      this.#suspension?.replace(leg);
    } else {
      this.#suspension?.handOver();
      partner.goOn(flowOf, connectedWith(leg));
    }
    leave(transferor, request, this.#options.services.clock);
  }

  #fail(cause: HangupCause): void {
    if (this.#settled.signal.aborted) return;
    this.#settled.abort();
    const { request, transferor } = this.#options;
    transferor.note('transfer_failed', { code: cause.code, source: cause.source });
    this.#leg?.hangUp(hangupCause(1000, 'Caller'));
    void request.report(statusOfCause(cause));
    this.#outcome.resolve(cause);
    this.#suspension?.resume(cause);
  }

  /** The one whose document holds the two leaves, or one of them is taken away by the API. */
  #onLeave(): void {
    const { transferor, partner, flowOf } = this.#options;
    if (partner.holds || !transferor.gone.aborted) {
      this.#suspension = undefined;
      this.#fail(hangupCause(1000, 'API Request'));
      return;
    }
    this.#isAdopted = true;
    this.#suspension?.handOver();
    partner.goOn(flowOf, this.#whenDecided());
  }

  /** The transferee waits for the target without anybody's document. */
  #whenDecided(): FlowStart {
    return {
      kind: 'element',
      run: async (context) => {
        const { signal } = context;
        const interrupted = () => this.#fail(hangupCause(1000, 'API Request'));
        signal.addEventListener('abort', interrupted, { once: true });
        const outcome = await this.#outcome.promise;
        signal.removeEventListener('abort', interrupted);
        if ('code' in outcome) return { kind: 'end', cause: outcome };
        const start = connectedWith(outcome);
        return start.run(context);
      },
    };
  }
}
