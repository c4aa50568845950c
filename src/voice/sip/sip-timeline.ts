import type { Clock } from '../../runtime/clock.ts';
import type { TraceEvent } from '../../sip/wire.ts';

type Note = (event: string, detail: Readonly<Record<string, unknown>>) => void;

/** Calls followed, and messages kept for one that is not followed yet: what arrives before its call exists. */
const MAX_EARLY_CALLS = 1_000;
const MAX_EARLY_MESSAGES = 10;
/** Answers to the last BYE and repetitions still belong to the call. */
const LINGER_MS = 5_000;

/** Brings every SIP message into the timeline of its call. */
export class SipTimeline {
  readonly #clock: Clock;
  readonly #followed = new Map<string, Note>();
  readonly #early = new Map<string, TraceEvent[]>();
  /** Cancels the timers of calls that are over, by SIP Call-ID. */
  readonly #lingering = new Map<string, () => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What the SIP stack tells. */
  readonly trace = (event: TraceEvent): void => {
    if (event.method === 'REGISTER' || event.method === 'OPTIONS') return;
    const note = this.#followed.get(event.callId);
    if (note) {
      note('sip', detailOf(event));
      return;
    }
    const waiting = this.#early.get(event.callId);
    if (waiting) {
      if (waiting.length < MAX_EARLY_MESSAGES) waiting.push(event);
      return;
    }
    if (event.method !== 'INVITE') return;
    const [oldest] = this.#early.keys();
    if (this.#early.size >= MAX_EARLY_CALLS && oldest !== undefined) this.#early.delete(oldest);
    this.#early.set(event.callId, [event]);
  };

  /** Follows a SIP call until shortly after the returned function is called. */
  follow(sipCallId: string, note: Note): () => void {
    this.#followed.set(sipCallId, note);
    for (const event of this.#early.get(sipCallId) ?? []) note('sip', detailOf(event));
    this.#early.delete(sipCallId);
    return () => {
      if (this.#lingering.has(sipCallId)) return;
      const forget = () => {
        this.#lingering.delete(sipCallId);
        this.#followed.delete(sipCallId);
      };
      this.#lingering.set(sipCallId, this.#clock.after(LINGER_MS, forget));
    };
  }

  /** Follows nothing any longer: no more messages come, and no timer is left that would keep the process alive. */
  stop(): void {
    for (const cancel of this.#lingering.values()) cancel();
    this.#lingering.clear();
    this.#followed.clear();
    this.#early.clear();
  }
}

const detailOf = ({ direction, transport, remote, firstLine, at }: TraceEvent) => ({
  direction,
  transport,
  remote,
  message: firstLine,
  sent_at: new Date(at).toISOString(),
});
