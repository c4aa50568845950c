import { type HeardWindow, OBSERVED_WINDOW_MS } from '../../../media/media-engine.ts';

/** Windows that are kept, the newest: ten minutes in 24 KB a call. */
const MOST_WINDOWS = 6_000;
const FIRST_CAPACITY = 64;
/** Below this is silence: idle G.711 lines hiss at -66, whispers have some -50. */
const QUIETEST_SOUND_DBOV = -50;
/** A window with so much of its power at one frequency is a tone. Two tones at once, as of a key, are not. */
const TONE_SHARE = 0.85;
/** Windows of one tone may differ by this much. */
const SAME_TONE_HZ = 15;
/** Stretches in one list at most; quickly changing sound of ten minutes could give thousands. */
export const MOST_STRETCHES = 500;

export type SoundKind = 'silence' | 'tone' | 'sound';

/** A time in which one kind of thing was heard. */
export interface Stretch {
  /** `sound` is everything that is neither silence nor a pure tone: speech, music, keys. */
  readonly kind: SoundKind;
  /** Milliseconds of audio since the first that was heard. */
  readonly fromMs: number;
  readonly ms: number;
  /** Mean of a tone, Hz. */
  readonly hz: number | undefined;
  /** Loudest window, dBov; whole numbers. */
  readonly levelDbov: number;
}

/** What was heard in a call, in windows of 100 ms: level, strongest frequency and how pure it was. */
export class HeardAudio {
  #levels = new Int8Array(FIRST_CAPACITY);
  #frequencies = new Uint16Array(FIRST_CAPACITY);
  #shares = new Uint8Array(FIRST_CAPACITY);
  /** Windows ever heard; the number of the next. */
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The first window that is still kept. */
  get first(): number {
    return Math.max(0, this.#count - MOST_WINDOWS);
  }

  add({ levelDbov, hz, toneShare }: HeardWindow): void {
    if (this.#count === this.#levels.length && this.#count < MOST_WINDOWS) this.#grow();
    const at = this.#count % this.#levels.length;
    this.#levels[at] = Math.round(levelDbov);
    this.#frequencies[at] = Math.round(hz ?? 0);
    this.#shares[at] = Math.round(toneShare * 255);
    this.#count++;
  }

  kindOf(window: number): SoundKind {
    if (this.levelOf(window) < QUIETEST_SOUND_DBOV) return 'silence';
    return (this.#shares[this.#place(window)] ?? 0) >= TONE_SHARE * 255 ? 'tone' : 'sound';
  }

  levelOf(window: number): number {
    return this.#levels[this.#place(window)] ?? 0;
  }

  frequencyOf(window: number): number {
    return this.#frequencies[this.#place(window)] ?? 0;
  }

  /** Everything that is kept from this window on, neighbours of the same kind put together; the newest `MOST_STRETCHES`. */
  stretches(from = 0): readonly Stretch[] {
    const stretches: Stretch[] = [];
    let start = Math.max(from, this.first);
    while (start < this.#count) {
      let end = start + 1;
      while (end < this.#count && this.#continues(start, end)) end++;
      stretches.push(this.#stretch(start, end));
      start = end;
    }
    return stretches.slice(-MOST_STRETCHES);
  }

  #continues(start: number, window: number): boolean {
    const kind = this.kindOf(start);
    if (this.kindOf(window) !== kind) return false;
    return kind !== 'tone' || Math.abs(this.frequencyOf(window) - this.frequencyOf(start)) <= SAME_TONE_HZ;
  }

  #stretch(start: number, end: number): Stretch {
    const kind = this.kindOf(start);
    let sum = 0;
    let loudest = Number.NEGATIVE_INFINITY;
    for (let window = start; window < end; window++) {
      sum += this.frequencyOf(window);
      loudest = Math.max(loudest, this.levelOf(window));
    }
    return {
      kind,
      fromMs: start * OBSERVED_WINDOW_MS,
      ms: (end - start) * OBSERVED_WINDOW_MS,
      hz: kind === 'tone' ? Math.round(sum / (end - start)) : undefined,
      levelDbov: loudest,
    };
  }

  #place(window: number): number {
    return window % this.#levels.length;
  }

  #grow(): void {
    const capacity = Math.min(MOST_WINDOWS, this.#levels.length * 2);
    const levels = new Int8Array(capacity);
    const frequencies = new Uint16Array(capacity);
    const shares = new Uint8Array(capacity);
    levels.set(this.#levels);
    frequencies.set(this.#frequencies);
    shares.set(this.#shares);
    this.#levels = levels;
    this.#frequencies = frequencies;
    this.#shares = shares;
  }
}
