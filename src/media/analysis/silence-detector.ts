import type { SampleRate } from '../pcm.ts';
import { levelDbov, SILENCE_DBOV } from './level.ts';

/** A frame sounds when it is this much above the background. */
const ABOVE_BACKGROUND_DB = 9;
/** Below this nothing is sound, above that everything is: whispers, and the loudest background that is taken for one. */
const QUIETEST_SOUND_DBOV = -55;
const LOUDEST_BACKGROUND_DBOV = -40;
/** Background: the quietest frame of the last 2 s, kept in parts so that the oldest can be forgotten. */
const BACKGROUND_PARTS = 8;
const PART_MS = 250;
/** Sound that is shorter is a click. */
const SHORTEST_SOUND_MS = 60;
/** Silence that is shorter belongs to the speech around it: stops between syllables. */
const SHORTEST_SILENCE_MS = 200;

/**
 * Tells sound from silence in a stream, over a background that it learns, and how long either has lasted: what ends a Record after
 * its timeout and a Wait for silence. Takes frames of 10 to 60 ms.
 */
export class SilenceDetector {
  readonly #samplesPerMs: number;
  readonly #quietest = new Float64Array(BACKGROUND_PARTS).fill(QUIETEST_SOUND_DBOV - ABOVE_BACKGROUND_DB);
  #part = 0;
  #partMs = 0;
  #sounding = false;
  #soundsNow = false;
  #runMs = 0;
  /** How long the opposite of `sounding` has been heard without interruption. */
  #oppositeMs = 0;

  constructor(sampleRate: SampleRate) {
    this.#samplesPerMs = sampleRate / 1000;
  }

  /** Whether something is to be heard. A stream begins silent. */
  get sounding(): boolean {
    return this.#sounding;
  }

  /** Whether the last frame alone was above the background: known before it is sure that something sounds. */
  get soundsNow(): boolean {
    return this.#soundsNow;
  }

  /** How long it has been silent, up to now; 0 while something sounds. */
  get silenceMs(): number {
    return this.#sounding ? 0 : this.#runMs;
  }

  /** How long something has been sounding, short pauses included; 0 in silence. */
  get soundMs(): number {
    return this.#sounding ? this.#runMs : 0;
  }

  /** Level from which on a frame sounds, dBov. */
  get thresholdDbov(): number {
    let background = 0;
    for (const level of this.#quietest) background = Math.min(background, level);
    return Math.max(QUIETEST_SOUND_DBOV, Math.min(LOUDEST_BACKGROUND_DBOV, background) + ABOVE_BACKGROUND_DB);
  }

  process(pcm: Int16Array): void {
    const ms = pcm.length / this.#samplesPerMs;
    const level = levelDbov(pcm);
    const sounds = level >= this.thresholdDbov;
    this.#soundsNow = sounds;
    this.#learn(level, ms);
    this.#runMs += ms;
    this.#oppositeMs = sounds === this.#sounding ? 0 : this.#oppositeMs + ms;
    if (this.#oppositeMs < (this.#sounding ? SHORTEST_SILENCE_MS : SHORTEST_SOUND_MS)) return;
    this.#sounding = sounds;
    this.#runMs = this.#oppositeMs;
    this.#oppositeMs = 0;
  }

  #learn(level: number, ms: number): void {
    // Digital silence says nothing of the background: a peer that suppresses silence sends it between words.
    if (level > SILENCE_DBOV) this.#quietest[this.#part] = Math.min(this.#quietest[this.#part] ?? 0, level);
    this.#partMs += ms;
    if (this.#partMs < PART_MS) return;
    this.#partMs = 0;
    this.#part = (this.#part + 1) % BACKGROUND_PARTS;
    this.#quietest[this.#part] = 0;
  }
}
