import type { Clock } from '../runtime/clock.ts';
import type { CachedAudio, SpeechCache, SpeechLog } from './speech-cache.ts';
import { SpeechError, type SpeechRequest, type SpeechSynthesizer } from './synthesizer.ts';

export interface SpokenAudio extends CachedAudio {
  /** Which engine made it. */
  readonly engine: string;
}

export interface SpeakerOptions {
  readonly cache: SpeechCache;
  readonly clock: Clock;
  readonly log: SpeechLog;
}

/**
 * An engine that failed is not asked again for so long, unless no other one can speak: callers would otherwise wait for its
 * timeout with every text.
 */
const COOL_DOWN_MS = 30_000;

/** The engines of the configuration as one: the first one that can speaks. */
export class Speaker {
  readonly #options: SpeakerOptions;
  #engines: readonly SpeechSynthesizer[] = [];
  readonly #restsUntil = new WeakMap<SpeechSynthesizer, number>();

  constructor(options: SpeakerOptions) {
    this.#options = options;
  }

  /** In the order in which they are asked. Closing those that are no longer among them is for whoever made them. */
  use(engines: readonly SpeechSynthesizer[]): void {
    this.#engines = engines;
  }

  /** Rejects with `SpeechError`, whose message says what was wrong with each engine, or with the signal's reason. */
  async speak(request: SpeechRequest, signal: AbortSignal): Promise<SpokenAudio> {
    const { cache, clock, log } = this.#options;
    const failures: SpeechError[] = [];
    for (const engine of this.#inOrder()) {
      try {
        const audio = await cache.get(engine, request, signal);
        this.#restsUntil.delete(engine);
        return { ...audio, engine: engine.name };
      } catch (error) {
        signal.throwIfAborted();
        const failure =
          error instanceof SpeechError ? error : new SpeechError('engine failed', describe(engine, error), { cause: error });
        failures.push(failure);
        if (failure.kind === 'engine failed' || failure.kind === 'timed out') {
          this.#restsUntil.set(engine, clock.monotonic() + COOL_DOWN_MS);
        }
        log.warn({ engine: engine.name, reason: failure.message }, 'a speech engine could not speak a text');
      }
    }
    const [first, ...others] = failures;
    if (!first) throw new SpeechError('engine missing', 'no speech engine is configured');
    if (others.length === 0) throw first;
    throw new SpeechError(first.kind, failures.map(({ message }) => message).join('; '), { cause: first });
  }

  /** Those that rest come last: when the others fail as well, one of them may be back. */
  #inOrder(): readonly SpeechSynthesizer[] {
    const now = this.#options.clock.monotonic();
    const rests = (engine: SpeechSynthesizer) => (this.#restsUntil.get(engine) ?? 0) > now;
    return [...this.#engines.filter((engine) => !rests(engine)), ...this.#engines.filter(rests)];
  }
}

const describe = (engine: SpeechSynthesizer, error: unknown) =>
  `${engine.name}: ${error instanceof Error ? error.message : String(error)}`;
