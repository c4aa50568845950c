import { FRAME_MS, type SampleRate } from '../pcm.ts';
import { SingleTone } from './single-tone.ts';

/** What counts as the beep of an answering machine (`<Wait beep="...">`, voice-xml.md §6.3). Times in ms. */
export interface BeepOptions {
  /** Shortest beep. */
  readonly duration?: number;
  /** Longest break within a beep. */
  readonly interSilence?: number;
  /** Silence after it that shows that the beep was the end of the announcement. */
  readonly intraSilence?: number;
  /** Mean of the absolute samples from which on something sounds. */
  readonly threshold?: number;
}

export const BEEP_DEFAULTS = { duration: 100, interSilence: 50, intraSilence: 500, threshold: 256 } as const;

/** Beeps of answering machines and voice mailboxes lie between these frequencies. */
const LOWEST_HZ = 350;
const HIGHEST_HZ = 2500;
/** Half a frame is judged at a time. */
const STEP_MS = FRAME_MS / 2;
/** Most that a beep may have beside its sine, and the least that its sine must have: noise 15 dB down gives 0.04 and 0.9. */
const MAX_RESIDUE = 0.06;
const MIN_SHARE = 0.7;
/** How much frequency and level of a beep may move from step to step. Voices and two-tone signals move more. */
const MAX_HZ_STEP = 0.04;
const MAX_LEVEL_RATIO = 1.5;
/** Steps at the edge of a beep that hold part of it and are neither tone nor silence. */
const EDGE_MS = 20;

/**
 * Finds the beep of a voice mailbox: a single tone of steady frequency and level, then silence.
 *
 * State    | tone                            | silence                                    | other sound
 * ---------|---------------------------------|--------------------------------------------|-----------------------------------
 * waiting  | tone                            | waiting                                    | waiting
 * tone     | another tone: anew; long: ready | after a break of `interSilence`: waiting   | after 20 ms: waiting
 * ready    | ready, silence begins anew      | after `intraSilence`: heard                | after 20 ms: waiting
 * heard    | heard                           | heard                                      | heard
 */
export type BeepState = 'waiting' | 'tone' | 'ready' | 'heard';

export class BeepDetector {
  readonly #options: Required<BeepOptions>;
  readonly #tone: SingleTone;
  readonly #step: Int16Array;
  #filled = 0;
  #state: BeepState = 'waiting';
  #hz = 0;
  #level = 0;
  #toneMs = 0;
  #silenceMs = 0;
  #otherMs = 0;
  #beepMs = 0;

  constructor(sampleRate: SampleRate, options: BeepOptions = {}) {
    this.#options = { ...BEEP_DEFAULTS, ...options };
    this.#tone = new SingleTone(sampleRate);
    this.#step = new Int16Array((sampleRate * STEP_MS) / 1000);
  }

  get state(): BeepState {
    return this.#state;
  }

  /** Of the beep that was heard: Hz, and ms. */
  get frequency(): number {
    return this.#hz;
  }

  get durationMs(): number {
    return this.#beepMs;
  }

  /** Takes audio in frames of any size; true as soon as a beep and the silence after it have been heard. */
  process(pcm: Int16Array): boolean {
    for (let at = 0; at < pcm.length; at++) {
      this.#step[this.#filled] = pcm[at] ?? 0;
      this.#filled += 1;
      if (this.#filled < this.#step.length) continue;
      this.#filled = 0;
      if (this.#state !== 'heard') this.#judge();
    }
    return this.#state === 'heard';
  }

  #judge(): void {
    const tone = this.#tone;
    tone.measure(this.#step, 0, this.#step.length);
    if (tone.meanAbsolute < this.#options.threshold) this.#hearSilence();
    else if (isTone(tone)) this.#hearTone(tone.hz, tone.meanAbsolute);
    else this.#hearOther();
  }

  #hearTone(hz: number, level: number): void {
    const isSame =
      this.#state !== 'waiting' &&
      Math.abs(hz / this.#hz - 1) <= MAX_HZ_STEP &&
      level <= this.#level * MAX_LEVEL_RATIO &&
      this.#level <= level * MAX_LEVEL_RATIO;
    this.#toneMs = isSame ? this.#toneMs + STEP_MS : STEP_MS;
    this.#hz = hz;
    this.#level = level;
    this.#silenceMs = 0;
    this.#otherMs = 0;
    const isLong = this.#toneMs >= this.#options.duration;
    this.#state = isLong ? 'ready' : 'tone';
    if (isLong) this.#beepMs = this.#toneMs;
  }

  #hearSilence(): void {
    this.#silenceMs += STEP_MS;
    if (this.#state === 'tone' && this.#silenceMs > this.#options.interSilence) this.#state = 'waiting';
    if (this.#state === 'ready' && this.#silenceMs >= this.#options.intraSilence) this.#state = 'heard';
  }

  #hearOther(): void {
    this.#otherMs += STEP_MS;
    this.#silenceMs = 0;
    if (this.#otherMs > EDGE_MS) this.#state = 'waiting';
  }
}

const isTone = ({ hz, residue, share }: SingleTone): boolean =>
  residue <= MAX_RESIDUE && share >= MIN_SHARE && hz >= LOWEST_HZ && hz <= HIGHEST_HZ;
