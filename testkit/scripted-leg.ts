import { causeOfSipStatus, type HangupCause } from '../src/voice/hangup-cause.ts';
import { type Leg, type LegEvents, LegGone } from '../src/voice/leg.ts';
import type { ScriptedMedia, ScriptedMediaLeg } from './scripted-media.ts';

/** The far end of a call in a test: does what the test says, and keeps what was asked of it. */
export class ScriptedLeg implements Leg {
  readonly asked: string[] = [];
  hungUpWith: HangupCause | undefined;
  media: ScriptedMediaLeg | undefined;
  /** While set, `answer` and `openEarly` resolve only with it. */
  opening: Promise<void> | undefined;
  readonly #media: ScriptedMedia;
  readonly #events: LegEvents;
  #over = false;

  constructor(events: LegEvents, media: ScriptedMedia, open: boolean) {
    this.#events = events;
    this.#media = media;
    if (open) this.media = media.leg();
  }

  /** The call goes by way of this carrier now. */
  takes(carrier: string, failover = false): void {
    this.#events.carriedBy(carrier, failover);
  }

  ring(): void {
    this.asked.push('ring');
  }

  async openEarly(): Promise<void> {
    if (this.#over) throw new LegGone('gone');
    this.asked.push('early');
    await this.opening;
    if (this.#over) throw new LegGone('gone');
    this.media ??= this.#media.leg();
  }

  async answer(): Promise<void> {
    if (this.#over) throw new LegGone('gone');
    if (!this.asked.includes('answer')) this.asked.push('answer');
    await this.opening;
    if (this.#over) throw new LegGone('gone');
    this.media ??= this.#media.leg();
  }

  hangUp(cause: HangupCause): void {
    this.hungUpWith ??= cause;
    this.#over = true;
  }

  /** The far end rings. */
  rings(): void {
    this.#events.ringing();
  }

  sendsEarlyAudio(): void {
    this.#events.early();
  }

  answers(): void {
    this.#events.answered();
  }

  /** The far end refuses with a SIP status. */
  refuses(status: number): void {
    this.#over = true;
    this.#events.ended(causeOfSipStatus(status));
  }

  /** The far end hangs up. */
  leaves(cause: HangupCause): void {
    this.#over = true;
    this.#events.ended(cause);
  }
}
