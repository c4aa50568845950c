import type { Clock } from '../../runtime/clock.ts';
import type { InterimResult } from '../../speech/recognition/recogniser.ts';
import type { Call } from '../call.ts';
import type { CallApplication } from '../call-application.ts';
import type { ElementUrl } from '../document.ts';

/** Engines tell every tenth of a second; an application that draws words on a screen needs no more than this. */
const EVERY_MS = 300;

/** Tells the application what is being understood (interimSpeechResultsCallback), in order; where too much comes, the latest. */
export class InterimResults {
  readonly #call: Call;
  readonly #clock: Clock;
  readonly #application: Pick<CallApplication, 'notify'>;
  readonly #target: ElementUrl | undefined;
  readonly #confidential: boolean;
  #sequence = 0;
  #toldAt = Number.NEGATIVE_INFINITY;
  #told = '';
  #writes: Promise<void> = Promise.resolve();

  constructor(
    call: Call,
    clock: Clock,
    application: Pick<CallApplication, 'notify'>,
    target: ElementUrl | undefined,
    confidential: boolean,
  ) {
    this.#call = call;
    this.#clock = clock;
    this.#application = application;
    this.#target = target;
    this.#confidential = confidential;
  }

  /** What repeats the one before, or follows it too soon, is left out. */
  tell(result: InterimResult): void {
    if (this.#clock.monotonic() - this.#toldAt >= EVERY_MS) this.#write(result);
  }

  /** The last one: nothing of it changes any more. */
  finish(text: string): void {
    this.#write({ stable: text, unstable: '', stability: 1 });
  }

  #write(result: InterimResult): void {
    const target = this.#target;
    const content = JSON.stringify([result.stable, result.unstable]);
    if (!target || content === this.#told || (result.stable === '' && result.unstable === '')) return;
    this.#told = content;
    this.#toldAt = this.#clock.monotonic();
    const sequence = ++this.#sequence;
    const told = {
      kind: 'interim-speech',
      call: this.#call.facts,
      target,
      result,
      sequence,
      confidential: this.#confidential,
    } as const;
    this.#writes = this.#writes
      .then(() => this.#application.notify(told))
      .catch((error: unknown) => this.#call.note('interim_result_failed', { reason: String(error) }));
  }
}
