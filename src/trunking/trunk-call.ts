import type { CallApplication, DialStatus, DocumentAnswer, DocumentRequest } from '../voice/call-application.ts';
import { CallFlow } from '../voice/call-flow.ts';
import type { CallProgram } from '../voice/call-program.ts';
import type { ElementUrl, HangupElement, VoiceElement } from '../voice/document.ts';
import type { FlowServices } from '../voice/flow-services.ts';
import { type HangupCause, hangupCause } from '../voice/hangup-cause.ts';
import type { LiveCall } from '../voice/live-calls.ts';

/** One place where a call over a trunk may go. */
export interface TrunkDestination {
  /** Digits, or a SIP URI. */
  readonly address: string;
  /** Must be one that the account may show; undefined = the caller's own. */
  readonly callerId: string | undefined;
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
  /** Over TLS and with SRTP, or not at all. */
  readonly isSecure?: boolean | undefined;
}

/** Where the documents of such a call come from: nowhere outside. */
const INSIDE: ElementUrl = { url: 'trunk:', method: 'POST' };
/** The bounds of a Dial where an application says nothing (voice-xml.md §6.9): two minutes to ring, four hours to talk. */
const RING_MS = 120_000;
const TALK_MS = 14_400_000;

const NO_DESTINATION = hangupCause(5020, 'Error');

/** A call over a customer's trunk: rings one destination after the other until one answers, and passes on how it ended. */
export class TrunkCall implements CallProgram {
  readonly #destinations: readonly TrunkDestination[];

  constructor(destinations: readonly TrunkDestination[]) {
    this.#destinations = destinations;
  }

  async run(live: LiveCall, services: FlowServices, newId: () => string): Promise<void> {
    const application = new TrunkApplication(this.#destinations);
    live.flow = new CallFlow(live.call, { ...services, application }, newId);
    await live.flow.run({ kind: 'answer', answer: INSIDE, fallback: undefined });
  }
}

/** Answers the call flow as the application of a number would. */
class TrunkApplication implements CallApplication {
  readonly #left: TrunkDestination[];

  constructor(destinations: readonly TrunkDestination[]) {
    this.#left = [...destinations];
  }

  fetch({ result }: DocumentRequest): Promise<DocumentAnswer> {
    const elements = result?.element === 'Dial' ? this.#after(result.status, result.cause) : this.#next(NO_DESTINATION);
    return Promise.resolve({ kind: 'document', document: { elements, notes: [] } });
  }

  notify(): Promise<void> {
    return Promise.resolve();
  }

  #after(status: DialStatus, cause: HangupCause): readonly VoiceElement[] {
    // Who is busy is so at the other place, too: only a place that cannot be reached has one that stands in for it.
    return status === 'completed' || status === 'cancel' || status === 'busy' ? [hangup(cause)] : this.#next(cause);
  }

  #next(cause: HangupCause): readonly VoiceElement[] {
    const destination = this.#left.shift();
    return destination ? [dial(destination)] : [hangup(cause)];
  }
}

/** The caller is told, and the record says, what the other side has said: a telephone system goes by that when it has another way. */
const hangup = (cause: HangupCause): HangupElement => ({ element: 'Hangup', reason: undefined, scheduleMs: 0, cause });

const dial = ({ address, callerId, credentials, isSecure }: TrunkDestination): VoiceElement => ({
  element: 'Dial',
  action: INSIDE,
  redirect: true,
  timeoutMs: RING_MS,
  timeLimitMs: TALK_MS,
  callerId,
  callerName: undefined,
  hangupOnStar: false,
  confirmSound: undefined,
  confirmKey: undefined,
  confirmTimeoutMs: RING_MS,
  // What the far end lets hear goes through; without it the caller's own side rings.
  dialMusic: { kind: 'real' },
  callback: undefined,
  digitsMatch: [],
  digitsMatchBLeg: [],
  targets: [
    {
      kind: credentials || address.startsWith('sip') ? 'user' : 'number',
      address,
      sendDigits: undefined,
      sendOnPreanswer: false,
      sendDigitsMethod: 'rfc4733',
      callerId: undefined,
      callerName: undefined,
      headers: {},
      credentials,
      isSecure,
    },
  ],
});
