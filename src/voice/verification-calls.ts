import { ownerOf, type Scope } from '../accounts/account.ts';
import { Problem } from '../errors/catalogue.ts';
import type { Ids } from '../runtime/ids.ts';
import type { CodeCaller, SpokenCode } from '../verification/code-caller.ts';
import { Call, type CallEnvironment } from './call.ts';
import type { CallPermissions } from './call-permissions.ts';
import type { CallRates } from './call-rates.ts';
import type { CanPay } from './credit.ts';
import { parseDestination } from './destination.ts';
import { confirm } from './dial-confirm.ts';
import type { SpeakElement } from './document.ts';
import type { FlowServices } from './flow-services.ts';
import { hangupCause } from './hangup-cause.ts';
import { LegGone } from './leg.ts';
import type { LegMaker } from './leg-maker.ts';
import type { LiveCalls } from './live-calls.ts';
import { admitOutbound, barredProblem, requirePlace } from './outbound-admission.ts';
import { legRequest, outgoingCall } from './outgoing-call.ts';
import { playPrompts } from './prompts.ts';
import { refusedLeg } from './refused-leg.ts';

export interface VerificationCallsOptions extends CallEnvironment {
  readonly ids: Ids;
  readonly legs: LegMaker;
  readonly live: LiveCalls;
  readonly permissions: Pick<CallPermissions, 'barred' | 'mayOriginate'>;
  readonly rates: CallRates;
  readonly canPay: CanPay;
  readonly home: ReadonlySet<string>;
  readonly services: FlowServices;
}

const RING_MS = 60_000;
const TIME_LIMIT_MS = 120_000;
/** Who missed it hears it again. */
const REPETITIONS = 3;
/** For the key that proves that no mailbox has answered. */
const KEY_TIMEOUT_MS = 20_000;
/** Of such a call: it is nobody's number that asks. */
const CALLER = 'anonymous';

/** Calls a number and speaks a code to it (voice-api.md §11, account-numbers.md §12). */
export class VerificationCalls implements CodeCaller {
  readonly #options: VerificationCallsOptions;

  constructor(options: VerificationCallsOptions) {
    this.#options = options;
  }

  async speakCode(scope: Scope, spoken: SpokenCode): Promise<void> {
    const { ids, legs, live, rates, canPay, permissions, home, clock } = this.#options;
    const { to: digits } = spoken;
    const rate = rates('outbound', digits);
    if (!(await canPay(scope, rate))) throw new Problem('insufficient_credit', 'Insufficient Credit');
    const destination = parseDestination(digits, home);
    const barred = permissions.barred(scope, destination);
    if (barred) throw barredProblem(barred);
    requirePlace(this.#options, scope);
    const { place, refusal } = admitOutbound(this.#options, scope, CALLER, destination);
    const callId = spoken.callId ?? ids.uuid();
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
      { rate },
    );
    const leg = refusal ? refusedLeg(refusal) : legs.make(legRequest(start.identity));
    const call = new Call({ ...start, isNew: true, timeLimitMs: TIME_LIMIT_MS, leg }, this.#options);
    live.add(call, place);
    const cancelRing = clock.after(RING_MS, () => call.hangUp(hangupCause(6010, 'Plivo')));
    let rang = false;
    call.watch({
      progressed: (progress) => {
        if (progress !== 'answered') {
          if (!rang) spoken.progress?.('ringing');
          rang = true;
          return;
        }
        cancelRing();
        spoken.progress?.('in-progress');
        this.#speak(call, spoken).catch((error: unknown) => {
          if (!(error instanceof LegGone)) call.note('flow_failed', { reason: String(error) });
          call.hangUp(hangupCause(5010, 'Error'));
        });
      },
      ended: () => {
        cancelRing();
        spoken.progress?.(call.answered ? 'completed' : 'failed');
      },
    });
  }

  async #speak(call: Call, spoken: SpokenCode): Promise<void> {
    const { services } = this.#options;
    const media = await call.answer();
    if (spoken.challenge && !(await this.#pressed(call, spoken, spoken.challenge))) {
      return call.hangUp(hangupCause(9110, 'Plivo'));
    }
    await playPrompts(call, services, media, [wordsOf(spoken.text, spoken.language)], call.gone);
    call.hangUp(hangupCause(4000, 'Plivo'));
  }

  /** Whether the key was pressed while it was asked for. */
  async #pressed(call: Call, { language }: SpokenCode, { key, text }: { readonly key: string; readonly text: string }) {
    const { services } = this.#options;
    const over = new AbortController();
    const media = await call.answer();
    const asked = playPrompts(call, services, media, [wordsOf(text, language)], AbortSignal.any([call.gone, over.signal]));
    try {
      return await confirm({ sound: undefined, key, timeoutMs: KEY_TIMEOUT_MS }, call, services, call.gone);
    } finally {
      over.abort();
      await asked;
    }
  }
}

const wordsOf = (text: string, language: string): SpeakElement => ({
  element: 'Speak',
  voice: 'WOMAN',
  language,
  loop: REPETITIONS,
  content: [text],
});
