import type { Clock } from '../../runtime/clock.ts';
import type { CallApplication } from '../call-application.ts';
import type { ElementUrl } from '../document.ts';
import {
  eventGroupOf,
  type MultiPartyEvent,
  type MultiPartyName,
  type MultiPartyNotification,
  type MultiPartyRecordingEvent,
  type MultiPartyRecordingNotification,
} from './multiparty-notification.ts';
import type { EventGroup } from './multiparty-plan.ts';

/** Written one after another, so that they are delivered in their order. So many wait while storage is slow; those beyond are lost, and it is noted. */
const MAX_WAITING = 1_000;

export interface StatusCallback {
  readonly target: ElementUrl;
  readonly events: readonly EventGroup[];
}

export interface MultiPartyTellerOptions {
  readonly multiParty: MultiPartyName;
  readonly clock: Clock;
  readonly notify: CallApplication['notify'];
  /** A notification could not be written. */
  lost(reason: string): void;
}

/** Tells the application of one multiparty call. */
export class MultiPartyTeller {
  /** Who hears of events, once somebody has named one. */
  statusCallback: StatusCallback | undefined;
  readonly #options: MultiPartyTellerOptions;
  #sequence = 0;
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(options: MultiPartyTellerOptions) {
    this.#options = options;
  }

  /** Of what was told last. */
  get sequence(): number {
    return this.#sequence;
  }

  wants(group: EventGroup): boolean {
    return this.statusCallback?.events.includes(group) === true;
  }

  tell(event: MultiPartyEvent, about: Pick<MultiPartyNotification, 'participant' | 'digit' | 'outcome'> = {}): void {
    const told = this.status(event, about);
    if (told) this.#write(told);
  }

  /** The notification of an event for a transaction of its own; undefined when nobody asked for it. */
  status(
    event: MultiPartyEvent,
    about: Pick<MultiPartyNotification, 'participant' | 'digit' | 'outcome' | 'end'>,
  ): MultiPartyNotification | undefined {
    const { multiParty, clock } = this.#options;
    if (!this.statusCallback || !this.wants(eventGroupOf[event])) return undefined;
    const { target } = this.statusCallback;
    return { kind: 'multiparty', target, multiParty, event, at: clock.now(), sequence: ++this.#sequence, ...about };
  }

  tellRecording(
    target: ElementUrl,
    event: MultiPartyRecordingEvent,
    about: Pick<MultiPartyRecordingNotification, 'memberId' | 'recording'>,
  ): void {
    this.#write(this.recording(target, event, about));
  }

  /** The same as a notification for a transaction of its own. */
  recording(
    target: ElementUrl,
    event: MultiPartyRecordingEvent,
    about: Pick<MultiPartyRecordingNotification, 'memberId' | 'recording'>,
  ): MultiPartyRecordingNotification {
    const { multiParty, clock } = this.#options;
    return { kind: 'multiparty-recording', target, multiParty, event, at: clock.now(), sequence: ++this.#sequence, ...about };
  }

  /** Resolves when everything told so far is written or lost. */
  settled(): Promise<void> {
    return this.#last;
  }

  #write(told: MultiPartyNotification | MultiPartyRecordingNotification): void {
    if (this.#waiting >= MAX_WAITING) {
      this.#options.lost('too many notifications wait for storage');
      return;
    }
    this.#waiting++;
    this.#last = this.#last
      .then(() => this.#options.notify(told))
      .catch((error: unknown) => this.#options.lost(String(error)))
      .finally(() => {
        this.#waiting--;
      });
  }
}
