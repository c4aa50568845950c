import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Call } from '../voice/call.ts';
import type { CallApplication, CallNotification, DocumentAnswer, DocumentRequest } from '../voice/call-application.ts';
import { CallFlow } from '../voice/call-flow.ts';
import type { CallProgram } from '../voice/call-program.ts';
import type { ElementUrl, HangupElement, VoiceElement } from '../voice/document.ts';
import type { FlowServices } from '../voice/flow-services.ts';
import { type HangupCause, hangupCause } from '../voice/hangup-cause.ts';
import type { LiveCall } from '../voice/live-calls.ts';
import { MaskedCallReport } from './masked-call-report.ts';
import type { MaskingStore } from './masking-store.ts';
import type { MaskingSession } from './session.ts';

/** How a call of a virtual number begins. */
export type MaskedRoute =
  /** `side`: which of the parties the caller is, or stands for. */
  | { readonly kind: 'connect'; readonly session: MaskingSession; readonly to: string; readonly side: 'first' | 'second' }
  /** The caller must say by a PIN which party of which session it is; the newest session's prompts are heard. */
  | { readonly kind: 'pin'; readonly sessions: readonly [MaskingSession, ...MaskingSession[]] }
  | { readonly kind: 'reject'; readonly play: string | undefined };

export interface MaskedCallNeeds {
  readonly store: Pick<MaskingStore, 'tell' | 'tellWithin' | 'keepInteraction' | 'called'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Where the documents of such a call come from: nowhere outside. */
const INSIDE: ElementUrl = { url: 'masking:', method: 'POST' };
/** After a key, in a PIN; its end submits what was typed. */
const KEY_GAP_MS = 3_000;
/** What a callee hears before it is connected may take as long. */
const MAX_SOUND_MS = 60_000;

/** No application has written the documents of such a call, so none has ended it. */
const hangup = (cause: HangupCause): HangupElement => ({ element: 'Hangup', reason: undefined, scheduleMs: 0, cause });
const HANGUP = hangup(hangupCause(4000, 'Plivo'));
const REJECT = hangup(hangupCause(3020, 'Plivo'));

/** A call to the number of masking sessions, or from it to a first party: finds out who calls, and bridges it with the other party. */
export class MaskedCall implements CallProgram {
  readonly #route: MaskedRoute;
  readonly #needs: MaskedCallNeeds;

  constructor(route: MaskedRoute, needs: MaskedCallNeeds) {
    this.#route = route;
    this.#needs = needs;
  }

  async run(live: LiveCall, services: FlowServices, newId: () => string): Promise<void> {
    const application = new MaskingApplication(live.call, this.#route, services, this.#needs);
    live.flow = new CallFlow(live.call, application.services, newId);
    await live.flow.run({ kind: 'answer', answer: INSIDE, fallback: undefined });
    await application.settled();
  }
}

/** Answers the call flow as the application of a number would, from what is known of the session. */
class MaskingApplication implements CallApplication {
  readonly services: FlowServices;
  readonly #call: Call;
  readonly #route: MaskedRoute;
  readonly #inner: FlowServices;
  readonly #needs: MaskedCallNeeds;
  #report: MaskedCallReport | undefined;
  #tries = 0;

  constructor(call: Call, route: MaskedRoute, inner: FlowServices, needs: MaskedCallNeeds) {
    this.#call = call;
    this.#route = route;
    this.#inner = inner;
    this.#needs = needs;
    this.services = {
      ...inner,
      application: this,
      dialler: {
        dial: async (request) => {
          const dialled = await inner.dialler.dial(request);
          if (dialled.kind === 'call') this.#report?.dialled(dialled.call);
          return dialled;
        },
      },
    };
  }

  fetch(request: DocumentRequest): Promise<DocumentAnswer> {
    return Promise.resolve({ kind: 'document', document: { elements: this.#elementsFor(request), notes: [] } });
  }

  notify(notification: CallNotification): Promise<void> {
    if (notification.kind === 'dial' && notification.action === 'connected') this.#report?.connected(this.#inner.recordings);
    return Promise.resolve();
  }

  settled(): Promise<void> {
    return this.#report?.settled() ?? Promise.resolve();
  }

  #elementsFor({ purpose, result }: DocumentRequest): readonly VoiceElement[] {
    if (purpose === 'answer') return this.#begin();
    if (purpose === 'confirm-sound') return this.#calleeSound();
    // Neither a PIN nor anything else was typed in time.
    if (purpose === 'redirect') return this.#pinEntered('');
    if (result?.element === 'GetDigits') return this.#pinEntered(result.digits);
    return [result?.element === 'Dial' ? hangup(result.cause) : HANGUP];
  }

  #begin(): readonly VoiceElement[] {
    const route = this.#route;
    if (route.kind === 'pin') return this.#askPin(route.sessions[0], []);
    if (route.kind === 'reject') return route.play === undefined ? [REJECT] : [play(route.play), HANGUP];
    return this.#connect(
      route.session,
      route.to,
      route.side,
      route.session.pinRequired && this.#call.facts.direction === 'inbound',
    );
  }

  /** `isKnown`: its number has spared the caller a PIN. */
  #connect(session: MaskingSession, to: string, side: 'first' | 'second', isKnown: boolean): readonly VoiceElement[] {
    const { plan, virtualNumber } = session;
    const report = new MaskedCallReport(this.#call, session, to, side, this.#needs);
    this.#report = report;
    if (isKnown) report.tell({ kind: 'pin', status: 'authorized', tries: 0 });
    report.begin();
    const own = side === 'first' ? plan.firstPartyPlay : plan.secondPartyPlay;
    const others = side === 'first' ? plan.secondPartyPlay : plan.firstPartyPlay;
    return [
      ...(own === undefined ? [] : [play(own)]),
      {
        element: 'Dial',
        action: INSIDE,
        redirect: true,
        timeoutMs: plan.ringTimeoutS * 1000,
        timeLimitMs: plan.callTimeLimitS * 1000,
        callerId: virtualNumber,
        // Not the caller's own, which would tell who it is.
        callerName: virtualNumber,
        hangupOnStar: false,
        confirmSound: others === undefined ? undefined : INSIDE.url,
        confirmKey: undefined,
        confirmTimeoutMs: MAX_SOUND_MS,
        dialMusic: { kind: 'ringback' },
        callback: INSIDE,
        digitsMatch: [],
        digitsMatchBLeg: [],
        targets: [
          {
            kind: 'number',
            address: to,
            sendDigits: undefined,
            sendOnPreanswer: false,
            sendDigitsMethod: 'rfc4733',
            callerId: undefined,
            callerName: undefined,
            headers: {},
            credentials: undefined,
          },
        ],
      },
    ];
  }

  #calleeSound(): readonly VoiceElement[] {
    const sound = this.#report?.calleeSound;
    return sound === undefined ? [] : [play(sound)];
  }

  #askPin(session: MaskingSession, before: readonly VoiceElement[]): readonly VoiceElement[] {
    const { pinPrompt, pinWaitS } = session.plan;
    const route = this.#route;
    const lengths = route.kind === 'pin' ? route.sessions.flatMap(({ firstPin, secondPin }) => [firstPin, secondPin]) : [];
    return [
      ...before,
      {
        element: 'GetDigits',
        action: INSIDE,
        redirect: true,
        finishOnKey: '#',
        numDigits: Math.max(1, ...lengths.map((pin) => pin?.length ?? 0)),
        timeoutMs: pinWaitS * 1000,
        digitTimeoutMs: KEY_GAP_MS,
        retries: 1,
        playBeep: false,
        validDigits: '0123456789',
        invalidDigitsSound: undefined,
        log: false,
        prompts: pinPrompt === undefined ? [] : [play(pinPrompt)],
      },
      { element: 'Redirect', target: INSIDE },
    ];
  }

  #pinEntered(pin: string): readonly VoiceElement[] {
    const route = this.#route;
    if (route.kind !== 'pin') return [HANGUP];
    this.#tries++;
    for (const session of route.sessions) {
      const { firstPin, secondPin, firstParty, secondParty, lastCaller } = session;
      const side = pin === '' ? undefined : pin === firstPin ? 'first' : pin === secondPin ? 'second' : undefined;
      const to = side === 'first' ? (secondParty ?? lastCaller) : side === 'second' ? (firstParty ?? lastCaller) : null;
      if (side === undefined || to === null) continue;
      this.#tellPin(session, 'success');
      return this.#connect(session, to, side, false);
    }
    const [session] = route.sessions;
    this.#tellPin(session, 'failed');
    const { incorrectPinPlay, pinRetries } = session.plan;
    const wrong = incorrectPinPlay === undefined ? [] : [play(incorrectPinPlay)];
    return this.#tries > pinRetries ? [...wrong, HANGUP] : this.#askPin(session, wrong);
  }

  #tellPin({ sessionId, virtualNumber }: MaskingSession, status: 'success' | 'failed'): void {
    const { store, clock, log } = this.#needs;
    const event = { kind: 'pin', status, tries: this.#tries } as const;
    store
      .tell(sessionId, { event, from: this.#call.facts.from, to: virtualNumber, at: clock.now() })
      .catch((error: unknown) =>
        log.warn({ err: error, session_uuid: sessionId }, 'a callback of a masking session was not stored'),
      );
  }
}

const play = (url: string) => ({ element: 'Play', url, loop: 1 }) as const;
