import type { MediaLeg } from '../media/media-engine.ts';
import type { HangupCause } from './hangup-cause.ts';
import type { TransferRequest } from './transfers/transfer-request.ts';

/** What a leg tells its call. `ended` comes once and nothing after it. */
export interface LegEvents {
  /** The far end rings. */
  ringing(): void;
  /** The far end sends audio before it answers. */
  early(): void;
  answered(): void;
  /** The far end, the network or `hangUp` ended it; the cause is the one given to `hangUp` in the last case. */
  ended(cause: HangupCause): void;
  /** The far end wants whom it talks to connected with somebody else. */
  refer(request: TransferRequest): void;
  /** A step for the timeline: SIP messages, carriers tried. */
  note(event: string, detail: Readonly<Record<string, unknown>>): void;
  /** Another carrier than the one before takes it; `failover` = an earlier one had failed. */
  carriedBy(carrier: string, failover: boolean): void;
}

/**
 * The far end of a call: its signalling and its media. All of it is safe to call at any moment; what makes no sense any more does
 * nothing.
 */
export interface Leg {
  /** There from `openEarly` or `answer` on for inbound legs, from the start for outbound ones. */
  readonly media: MediaLeg | undefined;
  /** Inbound: lets the caller hear that it rings (180). */
  ring(): void;
  /** Inbound: opens audio without answering (183). Resolves when it flows; rejects with `LegGone`. */
  openEarly(): Promise<void>;
  /** Inbound: answers (200). Resolves when the call stands; rejects with `LegGone`. */
  answer(): Promise<void>;
  /** Ends it as its state demands: a refusal, CANCEL or BYE. `events.ended` follows. */
  hangUp(cause: HangupCause): void;
}

/** The far end went away while something was asked of it. */
export class LegGone extends Error {
  override readonly name = 'LegGone';
}

/** `callId` is the CallUUID, which the far end may be told. */
export type LegFactory = (events: LegEvents, callId: string) => Leg;
