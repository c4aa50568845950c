import type { Clock } from '../../runtime/clock.ts';
import { maskProfanity } from './profanity.ts';
import {
  cancelled,
  MAX_UTTERANCE_MS,
  type RecognisedSpeech,
  type Recogniser,
  type Recognition,
  RecognitionError,
  type RecognitionRequest,
} from './recogniser.ts';

export interface RecogniserLog {
  warn(facts: Readonly<Record<string, unknown>>, text: string): void;
}

export interface RecogniserChainOptions {
  readonly clock: Clock;
  readonly log: RecogniserLog;
}

/** An engine that failed is not asked again for so long, unless no other one is left: callers would wait for its timeout each time. */
const COOL_DOWN_MS = 30_000;
/** Utterances at once: their audio is kept until the result, so that another engine can take over. */
const MAX_UNDER_WAY = 500;
/** From the first audio to its end, pauses of who pushes it included: whoever forgets an utterance does not keep it for ever. */
const MAX_OPEN_MS = 2 * MAX_UTTERANCE_MS;

/** The engines of the configuration as one: the first one that can recognises; when it fails the next one gets the whole utterance. */
export class RecogniserChain implements Recogniser {
  readonly name = 'chain';
  readonly #options: RecogniserChainOptions;
  #engines: readonly Recogniser[] = [];
  readonly #restsUntil = new WeakMap<Recogniser, number>();
  readonly #under = new Set<ChainedRecognition>();

  constructor(options: RecogniserChainOptions) {
    this.#options = options;
  }

  /** In the order in which they are asked. Closing those that are no longer among them is for whoever made them. */
  use(engines: readonly Recogniser[]): void {
    this.#engines = engines;
  }

  /** Whether any engine is configured. */
  get available(): boolean {
    return this.#engines.length > 0;
  }

  /** Utterances under way. */
  get size(): number {
    return this.#under.size;
  }

  recognise(request: RecognitionRequest): Recognition {
    const { clock } = this.#options;
    const isFull = this.#under.size >= MAX_UNDER_WAY;
    const recognition = new ChainedRecognition(request, clock, isFull ? [] : this.#inOrder(), {
      failed: (engine, error) => this.#failed(engine, error),
      succeeded: (engine) => this.#restsUntil.delete(engine),
    });
    if (isFull) {
      recognition.refuse(new RecognitionError('busy', `${MAX_UNDER_WAY} utterances are being recognised already`));
      return recognition;
    }
    this.#under.add(recognition);
    const forget = () => this.#under.delete(recognition);
    recognition.result.then(forget, forget);
    recognition.begin();
    return recognition;
  }

  async close(): Promise<void> {
    for (const recognition of this.#under) recognition.cancel();
  }

  #failed(engine: Recogniser, error: RecognitionError): void {
    const { clock, log } = this.#options;
    if (error.kind !== 'busy') this.#restsUntil.set(engine, clock.monotonic() + COOL_DOWN_MS);
    log.warn({ engine: engine.name, reason: error.message }, 'a recogniser could not understand an utterance');
  }

  /** Those that rest come last: when the others fail as well, one of them may be back. */
  #inOrder(): readonly Recogniser[] {
    const now = this.#options.clock.monotonic();
    const rests = (engine: Recogniser) => (this.#restsUntil.get(engine) ?? 0) > now;
    return [...this.#engines.filter((engine) => !rests(engine)), ...this.#engines.filter(rests)];
  }
}

interface ChainEvents {
  failed(engine: Recogniser, error: RecognitionError): void;
  succeeded(engine: Recogniser): void;
}

class ChainedRecognition implements Recognition {
  readonly result: Promise<RecognisedSpeech>;
  readonly #request: RecognitionRequest;
  readonly #clock: Clock;
  readonly #engines: readonly Recogniser[];
  readonly #events: ChainEvents;
  readonly #resolve: (speech: RecognisedSpeech) => void;
  readonly #reject: (error: RecognitionError) => void;
  readonly #kept: Int16Array[] = [];
  #samples = 0;
  #attempt: Recognition | undefined;
  #cancelDeadline: () => void = () => undefined;
  #cancelOpen: () => void = () => undefined;
  #isEnded = false;
  #isOver = false;

  constructor(request: RecognitionRequest, clock: Clock, engines: readonly Recogniser[], events: ChainEvents) {
    const { promise, resolve, reject } = Promise.withResolvers<RecognisedSpeech>();
    promise.catch(() => undefined);
    this.result = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#request = request;
    this.#clock = clock;
    this.#engines = engines;
    this.#events = events;
  }

  begin(): void {
    this.#cancelOpen = this.#clock.after(MAX_OPEN_MS, () => this.end());
    void this.#run();
  }

  refuse(error: RecognitionError): void {
    this.#finish(() => this.#reject(error));
  }

  push(pcm: Int16Array): void {
    if (this.#isEnded || this.#isOver) return;
    this.#kept.push(pcm);
    this.#samples += pcm.length;
    this.#attempt?.push(pcm);
    if (this.#samples >= (MAX_UTTERANCE_MS / 1_000) * this.#request.sampleRate) this.end();
  }

  end(): void {
    if (this.#isEnded || this.#isOver) return;
    this.#isEnded = true;
    this.#cancelOpen();
    this.#endAttempt();
  }

  cancel(): void {
    this.#finish(() => this.#reject(cancelled()));
  }

  async #run(): Promise<void> {
    const failures: RecognitionError[] = [];
    for (const engine of this.#engines) {
      try {
        const speech = await this.#ask(engine);
        if (this.#isOver) return;
        this.#events.succeeded(engine);
        const text = this.#request.profanityFilter ? maskProfanity(speech.text) : speech.text;
        this.#finish(() => this.#resolve({ ...speech, text }));
        return;
      } catch (error) {
        if (this.#isOver) return;
        const failure = error instanceof RecognitionError ? error : failureOf(engine, error);
        failures.push(failure);
        this.#events.failed(engine, failure);
      }
    }
    const [first] = failures;
    const all = failures.map(({ message }) => message).join('; ');
    this.refuse(new RecognitionError(first?.kind ?? 'engine missing', all || 'no speech recogniser is configured'));
  }

  async #ask(engine: Recogniser): Promise<RecognisedSpeech> {
    const { interim, profanityFilter } = this.#request;
    const mask = profanityFilter ? maskProfanity : (text: string) => text;
    const attempt = engine.recognise({
      ...this.#request,
      interim: (said) => {
        if (!this.#isOver && this.#attempt === attempt) {
          interim?.({ ...said, stable: mask(said.stable), unstable: mask(said.unstable) });
        }
      },
    });
    this.#attempt = attempt;
    for (const pcm of this.#kept) attempt.push(pcm);
    if (this.#isEnded) this.#endAttempt();
    try {
      return await attempt.result;
    } catch (error) {
      if (error instanceof RecognitionError && error.kind === 'cancelled' && !this.#isOver) {
        const ms = this.#request.resultWithinMs;
        throw new RecognitionError('timed out', `${engine.name}: no result within ${ms} ms`);
      }
      throw error;
    } finally {
      this.#cancelDeadline();
      this.#attempt = undefined;
    }
  }

  #endAttempt(): void {
    const attempt = this.#attempt;
    if (!attempt) return;
    attempt.end();
    this.#cancelDeadline();
    this.#cancelDeadline = this.#clock.after(this.#request.resultWithinMs, () => attempt.cancel());
  }

  #finish(settle: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancelOpen();
    this.#cancelDeadline();
    this.#kept.length = 0;
    this.#attempt?.cancel();
    settle();
  }
}

const failureOf = (engine: Recogniser, error: unknown) =>
  new RecognitionError('engine failed', `${engine.name}: ${error instanceof Error ? error.message : String(error)}`, {
    cause: error,
  });
