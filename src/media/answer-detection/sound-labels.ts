import { SILENCE_DBOV } from '../analysis/level.ts';
import { type SignalTone, SignalTones } from './signal-tones.ts';
import { SoundFeatures } from './sound-features.ts';

/** What one frame is. `noise` sounds, and is neither voice nor tone. */
export type SoundLabel = 'silence' | 'noise' | 'voice' | 'tone';

/** A frame is judged when so many later ones are known: a tone needs four, and a word may begin with a hiss. */
const LOOK_AHEAD = 5;
/** Frames that one with a pitch makes part of a voice: those before, for hisses at the begin of a word, and after. */
const VOICE_BEFORE = 5;
const VOICE_AFTER = 4;
/** Frames that are kept: those between the oldest that matters and the newest. */
const KEPT = 16;
/** From this on a sound has a pitch. Noise has up to 0.35, vowels in noise 10 dB down 0.6 and more. */
const PITCHED = 0.55;
/** A note keeps its strongest line to within 1.2 % for 60 ms; that of a voice glides or jumps. */
const HELD_FRAMES = 3;
const HELD_STEP = 0.012;
/** A frame sounds when it is so much above the background, and above what whispers have. */
const ABOVE_BACKGROUND_DB = 8;
const QUIETEST_SOUND_DBOV = -48;
/** The loudest background: at more, words and noise cannot be told apart by level. */
const LOUDEST_BACKGROUND_DBOV = -34;
/** What is so much below the loudest voice is somebody in the background. */
const BELOW_VOICE_DB = 24;
/** Background: the quietest frame of the last 1.6 s, known after the first 200 ms. */
const BACKGROUND_PARTS = 8;
const PART_FRAMES = 10;

/**
 * Tells voices from silence, noise and tones, frame by frame, each frame 100 ms after it was heard: what follows a sound says what it
 * was. Notes of music pass as voice here; `held` counts what gives them away.
 */
export class SoundLabels {
  /** Of the frame that is judged now: it has a pitch; its strongest line is where it was; its level. */
  pitched = false;
  held = false;
  levelDbov = SILENCE_DBOV;
  /** The tone that the newest frame has made complete. */
  tone: SignalTone | undefined;
  readonly #features = new SoundFeatures();
  readonly #tones = new SignalTones();
  readonly #sounds = new Uint8Array(KEPT);
  readonly #pitch = new Uint8Array(KEPT);
  readonly #isTone = new Uint8Array(KEPT);
  readonly #isHeld = new Uint8Array(KEPT);
  readonly #hz = new Float64Array(KEPT);
  readonly #levels = new Float64Array(KEPT);
  readonly #quietest = new Float64Array(BACKGROUND_PARTS).fill(0);
  /** Level of the loudest frame with a pitch. */
  #loudest = SILENCE_DBOV;
  #count = 0;

  /** 160 samples at 8 kHz. Answers what the frame of 100 ms ago was. */
  take(pcm: Int16Array): SoundLabel {
    const features = this.#features;
    features.take(pcm);
    const now = this.#count++;
    this.tone = this.#tones.take(features);
    this.#learn(features.levelDbov, now);
    const at = now % KEPT;
    const sounds = features.levelDbov >= this.#threshold(now);
    this.#sounds[at] = sounds ? 1 : 0;
    this.#pitch[at] = sounds && features.periodicity >= PITCHED ? 1 : 0;
    this.#hz[at] = features.hz;
    this.#levels[at] = features.levelDbov;
    const before = this.#hz[(now + KEPT - HELD_FRAMES) % KEPT] ?? 0;
    this.#isHeld[at] = Math.abs(features.hz - before) <= HELD_STEP * before ? 1 : 0;
    this.#isTone[at] = 0;
    for (let back = 0; back < Math.min(this.#tones.sureFrames, LOOK_AHEAD + 1); back++)
      this.#isTone[(now + KEPT - back) % KEPT] = 1;
    return now < LOOK_AHEAD ? 'silence' : this.#judge(now - LOOK_AHEAD);
  }

  #judge(frame: number): SoundLabel {
    const at = frame % KEPT;
    this.pitched = this.#pitch[at] === 1;
    this.held = this.#isHeld[at] === 1;
    this.levelDbov = this.#levels[at] ?? SILENCE_DBOV;
    if (this.#isTone[at] === 1) return 'tone';
    if (this.pitched) this.#loudest = Math.max(this.#loudest, this.levelDbov);
    if (this.#sounds[at] !== 1) return 'silence';
    for (let other = Math.max(0, frame - VOICE_AFTER); other <= frame + Math.min(VOICE_BEFORE, LOOK_AHEAD); other++) {
      if (this.#pitch[other % KEPT] === 1 && this.#isTone[other % KEPT] !== 1) return 'voice';
    }
    return 'noise';
  }

  #threshold(now: number): number {
    let background = 0;
    for (const level of this.#quietest) background = Math.min(background, level);
    if (now < PART_FRAMES) return QUIETEST_SOUND_DBOV;
    const aboveBackground = Math.min(LOUDEST_BACKGROUND_DBOV, background) + ABOVE_BACKGROUND_DB;
    return Math.max(QUIETEST_SOUND_DBOV, aboveBackground, this.#loudest - BELOW_VOICE_DB);
  }

  #learn(levelDbov: number, now: number): void {
    const part = Math.floor(now / PART_FRAMES) % BACKGROUND_PARTS;
    if (now % PART_FRAMES === 0) this.#quietest[part] = 0;
    this.#quietest[part] = Math.min(this.#quietest[part] ?? 0, levelDbov);
  }
}
