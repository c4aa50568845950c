import type { MediaLeg } from '../../media/media-engine.ts';
import type { Clock } from '../../runtime/clock.ts';
import { MachineRun } from '../../sip/machine.ts';
import type { InterimResult, RecognisedSpeech } from '../../speech/recognition/recogniser.ts';
import type { DigitRules } from '../document.ts';
import { type InputAction, type InputEvent, inputMachine } from './input-machine.ts';
import { type EarOptions, SpeechEar, type SpeechRecognition } from './speech-ear.ts';

export interface InputOptions extends DigitRules {
  /** False: keys are not what is wanted, they neither count nor stop the prompts. */
  readonly takesKeys: boolean;
  /** Undefined: speech is not wanted, or nobody could understand it. */
  readonly speech: (EarOptions & { readonly recogniser: SpeechRecognition }) | undefined;
  /** To the first key or word, counted after the prompts. */
  readonly firstMs: number;
  /** Between keys; their end submits what was typed. */
  readonly betweenMs: number;
  /** Everything together, counted after the prompts. What is being said then is still understood. */
  readonly totalMs: number;
  /** Plays the prompts; its signal aborts with the first key or word. */
  readonly prompts: (signal: AbortSignal) => Promise<unknown>;
  readonly interim: (result: InterimResult) => void;
  /** So much of what was said an engine has transcribed. */
  readonly transcribed: (ms: number) => void;
  /** Why speech is not understood any more. */
  readonly speechFailed: (reason: string) => void;
}

export type CollectedInput =
  /** Terminator removed. */
  | { readonly kind: 'digits'; readonly digits: string }
  | { readonly kind: 'speech'; readonly speech: RecognisedSpeech }
  | { readonly kind: 'none' };

/** One attempt to collect keys or speech (voice-xml.md §6.7), by the table of input-machine.ts. Never rejects but with a prompt's error. */
export async function collectInput(
  leg: MediaLeg,
  clock: Clock,
  options: InputOptions,
  signal: AbortSignal,
): Promise<CollectedInput> {
  const attempt = new Attempt(leg, clock, options);
  const abort = () => attempt.fire('abort');
  signal.addEventListener('abort', abort, { once: true });
  try {
    if (signal.aborted) return { kind: 'none' };
    return await attempt.run(signal);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

class Attempt {
  readonly #clock: Clock;
  readonly #options: InputOptions;
  readonly #machine = new MachineRun(inputMachine, 'prompting');
  readonly #hush = new AbortController();
  readonly #collected = Promise.withResolvers<CollectedInput>();
  readonly #ear: SpeechEar | undefined;
  readonly #releaseKeys: () => void;
  #cancelWait: () => void = () => undefined;
  #cancelLimit: () => void = () => undefined;
  #digits = '';
  #speech: RecognisedSpeech | undefined;

  constructor(leg: MediaLeg, clock: Clock, options: InputOptions) {
    this.#clock = clock;
    this.#options = options;
    this.#releaseKeys = options.takesKeys ? leg.onDigit((key) => this.#pressed(key)) : () => undefined;
    const { speech } = options;
    this.#ear =
      speech &&
      new SpeechEar(leg, speech.recogniser, speech, {
        began: () => this.fire('speech'),
        ended: () => this.fire('silence'),
        interim: (result) => options.interim(result),
        transcribed: (ms) => options.transcribed(ms),
        said: (said) => {
          this.#speech = said;
          // An engine may be sure before the silence has been long enough.
          this.fire('silence');
          this.fire('said');
        },
        nothing: () => {
          this.fire('silence');
          this.fire('nothing');
        },
        failed: (reason) => {
          options.speechFailed(reason);
          this.fire(options.takesKeys ? 'failed' : 'deaf');
        },
      });
  }

  async run(signal: AbortSignal): Promise<CollectedInput> {
    try {
      await this.#options.prompts(AbortSignal.any([signal, this.#hush.signal]));
      this.fire('prompted');
      if (!this.#ear && !this.#options.takesKeys) this.fire('deaf');
      return await this.#collected.promise;
    } finally {
      this.#cancelWait();
      this.#cancelLimit();
      this.#releaseKeys();
      this.#ear?.stop();
    }
  }

  fire(event: InputEvent): void {
    for (const action of this.#machine.fire(event)) this.#act(action);
  }

  #pressed(key: string): void {
    const { finishOnKey, numDigits } = this.#options;
    if (this.#machine.state === 'over' || this.#machine.state === 'closing') return;
    if (finishOnKey.includes(key)) {
      this.fire('submit');
      return;
    }
    this.#digits += key;
    this.fire(this.#digits.length >= numDigits ? 'submit' : 'key');
  }

  #act(action: InputAction): void {
    const { firstMs, betweenMs, totalMs } = this.#options;
    switch (action) {
      case 'limit':
        this.#cancelLimit = this.#clock.after(totalMs, () => this.fire('late'));
        return;
      case 'await-input':
        this.#wait(firstMs);
        return;
      case 'await-key':
        this.#wait(betweenMs);
        return;
      case 'cancel-wait':
        this.#cancelWait();
        return;
      case 'hush':
        this.#hush.abort();
        return;
      case 'deafen':
        this.#ear?.stop();
        return;
      case 'end-utterance':
        this.#ear?.endUtterance();
        return;
      case 'submit':
        this.#collected.resolve(this.#digits === '' ? { kind: 'none' } : { kind: 'digits', digits: this.#digits });
        return;
      case 'tell':
        this.#collected.resolve(this.#speech ? { kind: 'speech', speech: this.#speech } : { kind: 'none' });
        return;
      case 'give-up':
        this.#collected.resolve({ kind: 'none' });
        return;
    }
  }

  #wait(ms: number): void {
    this.#cancelWait();
    this.#cancelWait = this.#clock.after(ms, () => this.fire('late'));
  }
}
