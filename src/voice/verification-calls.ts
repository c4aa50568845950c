import { ownerOf, type Scope } from '../accounts/account.ts';
import type { Ids } from '../runtime/ids.ts';
import { Call, type CallEnvironment } from './call.ts';
import type { CallRates } from './call-rates.ts';
import type { FlowServices } from './flow-services.ts';
import { hangupCause } from './hangup-cause.ts';
import { LegGone } from './leg.ts';
import type { LegMaker } from './leg-maker.ts';
import type { LiveCalls } from './live-calls.ts';
import { legRequest, outgoingCall } from './outgoing-call.ts';
import { playPrompts } from './prompts.ts';
import type { VerificationCaller } from './verified-callers.ts';

export interface VerificationCallsOptions extends CallEnvironment {
  readonly ids: Ids;
  readonly legs: LegMaker;
  readonly live: LiveCalls;
  readonly rates: CallRates;
  readonly services: FlowServices;
}

const RING_MS = 60_000;
const TIME_LIMIT_MS = 120_000;
/** Who missed it hears it again. */
const REPETITIONS = 3;
/** Of such a call: it is nobody's number that asks. */
const CALLER = 'anonymous';

/** Calls a number and speaks a code to it (voice-api.md §11). */
export class VerificationCalls implements VerificationCaller {
  readonly #options: VerificationCallsOptions;

  constructor(options: VerificationCallsOptions) {
    this.#options = options;
  }

  async speakCode(scope: Scope, digits: string, code: string): Promise<void> {
    const { ids, legs, live, rates, services, clock } = this.#options;
    const callId = ids.uuid();
    const start = outgoingCall(
      {
        callId,
        ownerId: ownerOf(scope),
        accountId: scope.account.authId,
        from: CALLER,
        to: digits,
        callerName: '',
        requestId: callId,
        aLegId: callId,
        aLegRequestId: callId,
        parentCallId: undefined,
        customHeaders: {},
      },
      { rate: rates('outbound', digits) },
    );
    const leg = legs.make(legRequest(start.identity));
    const call = new Call({ ...start, isNew: true, timeLimitMs: TIME_LIMIT_MS, leg }, this.#options);
    live.add(call);
    const cancelRing = clock.after(RING_MS, () => call.hangUp(hangupCause(6010, 'Plivo')));
    const speak = async () => {
      const media = await call.answer();
      const text = `Your verification code is: ${[...code].join(', ')}.`;
      const words = { element: 'Speak', voice: 'WOMAN', language: 'en-US', loop: REPETITIONS, content: [text] } as const;
      await playPrompts(call, services, media, [words], call.gone);
      call.hangUp(hangupCause(4000, 'Plivo'));
    };
    call.watch({
      progressed(progress) {
        if (progress !== 'answered') return;
        cancelRing();
        speak().catch((error: unknown) => {
          if (!(error instanceof LegGone)) call.note('flow_failed', { reason: String(error) });
          call.hangUp(hangupCause(5010, 'Error'));
        });
      },
      ended: cancelRing,
    });
  }
}
