import type { Call } from './call.ts';
import type { CallApplication, DialNotification } from './call-application.ts';
import type { DialledLeg } from './dial-race.ts';
import type { ElementUrl } from './document.ts';

/** What the callback of a Dial is told: answer, connected, digits, hangup of each leg (voice-xml.md §6.9). */
export class DialReports {
  readonly #caller: Call;
  readonly #application: CallApplication;
  readonly #callback: ElementUrl | undefined;
  /** Notifications under way: the action is requested after them. */
  #last: Promise<void> = Promise.resolve();

  constructor(caller: Call, application: CallApplication, callback: ElementUrl | undefined) {
    this.#caller = caller;
    this.#application = application;
    this.#callback = callback;
  }

  answered(leg: DialledLeg): void {
    this.#tell(leg, 'answer');
  }

  connected(leg: DialledLeg): void {
    this.#tell(leg, 'connected');
  }

  digits(leg: DialledLeg, match: string, pressedBy: 'ALeg' | 'BLeg'): void {
    this.#tell(leg, 'digits', { match, pressedBy });
  }

  hungUp(leg: DialledLeg): void {
    this.#tell(leg, 'hangup');
  }

  /** Resolves when everything told so far is in the delivery queue. */
  settled(): Promise<void> {
    return this.#last;
  }

  #tell(leg: DialledLeg, action: DialNotification['action'], digits?: DialNotification['digits']): void {
    if (!this.#callback) return;
    const notification = {
      kind: 'dial',
      action,
      call: this.#caller.facts,
      target: this.#callback,
      aLegId: this.#caller.id,
      bLeg: leg.call.facts,
      position: leg.position,
      digits,
    } as const;
    this.#last = this.#last
      .then(() => this.#application.notify(notification))
      .catch((error: unknown) => this.#caller.note('callback_lost', { reason: String(error) }));
  }
}
