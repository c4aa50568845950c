import type { SoundFeatures } from './sound-features.ts';

/** Tones that tell something by themselves. */
export type SignalTone = 'beep' | 'fax' | 'announcement';

/** A single tone: its share of the power, and the most that any other line may have. Noise 15 dB down leaves 0.9 and 0.005. */
const SINGLE_SHARE = 0.8;
const MAX_SECOND_SHARE = 0.04;
/** Two tones, as of keys, ring-back and busy. */
const DOUBLE_SHARE = 0.9;
/** Ring-back whose loudness swings 17 to 50 times a second, around 400 Hz (ITU-T E.180 supplement 2: Australia, India, Ireland). */
const SWINGING_SHARE = 0.93;
const LOWEST_SWINGING_HZ = 360;
const HIGHEST_SWINGING_HZ = 480;
/** Frames of it in a row: a deep vowel has four now and then. */
const SHORTEST_SWINGING = 6;
/** How much a tone may move from frame to frame: the window overlaps two thirds, voices glide more. */
const MAX_STEP = 0.01;
/** Lines of two tones swap places, and those of ring-back pull at each other. */
const MAX_DOUBLE_STEP = 0.02;
const MAX_LINGERING_STEP = 0.03;
/** Frames of 20 ms in a row: with the 64 ms that each looks at, a beep of 120 ms has four. */
const SHORTEST_RUN = 4;
/** Frames after a tone in which a sound with its line belongs to it: a lost packet leaves a hole that four windows see. */
const LINGERING = 8;
/** Quieter tones are crosstalk. */
const QUIETEST_DBOV = -45;
/** Beeps of mailboxes; below lie dial tones and deep voices. */
const LOWEST_BEEP_HZ = 400;
const HIGHEST_BEEP_HZ = 2500;
/** ITU-T T.30: CED of a called fax, CNG of a calling one; both to within 38 Hz. */
const FAX_HZ = [2100, 1100] as const;
const FAX_TOLERANCE_HZ = 38;
/** CNG sounds for half a second; shorter tones of these frequencies may be beeps. */
const FAX_RUN = 20;
/** ITU-T E.180: special information tones in this order, each 330 ms, to within 50 Hz and 70 ms. */
const ANNOUNCEMENT_HZ = [950, 1400, 1800] as const;
const ANNOUNCEMENT_TOLERANCE_HZ = 50;
/** Frames of each that must be heard, and frames after which the next one is too late. */
const ANNOUNCEMENT_RUN = 9;
const ANNOUNCEMENT_GAP = 12;

/** Finds tones frame by frame: mailbox beeps, fax, special information tones, and what is tone and so no voice. */
export class SignalTones {
  /** Frames for which the present tone has lasted, this one included; 0 = no tone. */
  #run = 0;
  #single = false;
  /** Frames in a row of which nearly all is around 400 Hz, whichever of its lines leads. */
  #swinging = 0;
  #hz = 0;
  #secondHz = 0;
  /** Lines of the last tone that was sure, and frames since. */
  #sureHz = 0;
  #sureSecondHz = 0;
  #sinceSure = LINGERING + 1;
  /** Special information tones heard so far, and frames since the last. */
  #heard = 0;
  #since = 0;

  /** Newest frames that are sure to be a tone: all of a run once it is long enough. */
  get sureFrames(): number {
    if (this.#swinging >= SHORTEST_SWINGING) return Math.max(this.#run, this.#swinging);
    if (this.#run >= SHORTEST_RUN) return this.#run;
    return this.#lingers ? 1 : 0;
  }

  /** What the frame has made complete. */
  take(features: SoundFeatures): SignalTone | undefined {
    const { hz, share, secondHz, secondShare } = features;
    const audible = features.levelDbov >= QUIETEST_DBOV;
    const swings = audible && features.swingingShare >= SWINGING_SHARE && hz >= LOWEST_SWINGING_HZ && hz <= HIGHEST_SWINGING_HZ;
    this.#swinging = swings ? this.#swinging + 1 : 0;
    const single = audible && share >= SINGLE_SHARE && secondShare <= MAX_SECOND_SHARE;
    const double = audible && !single && share + secondShare >= DOUBLE_SHARE;
    const continues =
      this.#run > 0 && single === this.#single && (single ? near(hz, this.#hz, MAX_STEP) : this.#swaps(hz, secondHz));
    this.#run = single || double ? (continues ? this.#run + 1 : 1) : 0;
    this.#single = single;
    this.#hz = hz;
    this.#secondHz = secondHz;
    this.#remember();
    this.#since++;
    if (!single) return undefined;
    if (this.#isAnnouncement(hz)) return 'announcement';
    if (this.#run === FAX_RUN && FAX_HZ.some((fax) => Math.abs(hz - fax) <= FAX_TOLERANCE_HZ)) return 'fax';
    return this.#run === SHORTEST_RUN && hz >= LOWEST_BEEP_HZ && hz <= HIGHEST_BEEP_HZ ? 'beep' : undefined;
  }

  get #lingers(): boolean {
    if (this.#sinceSure > LINGERING) return false;
    return near(this.#hz, this.#sureHz, MAX_LINGERING_STEP) || near(this.#hz, this.#sureSecondHz, MAX_LINGERING_STEP);
  }

  #remember(): void {
    this.#sinceSure = this.#run >= SHORTEST_RUN ? 0 : this.#sinceSure + 1;
    if (this.#run < SHORTEST_RUN) return;
    this.#sureHz = this.#hz;
    this.#sureSecondHz = this.#secondHz;
  }

  #swaps(hz: number, secondHz: number): boolean {
    const same = near(hz, this.#hz, MAX_DOUBLE_STEP) && near(secondHz, this.#secondHz, MAX_DOUBLE_STEP);
    return same || (near(hz, this.#secondHz, MAX_DOUBLE_STEP) && near(secondHz, this.#hz, MAX_DOUBLE_STEP));
  }

  #isAnnouncement(hz: number): boolean {
    if (this.#run !== ANNOUNCEMENT_RUN) return false;
    const next = this.#since <= ANNOUNCEMENT_RUN + ANNOUNCEMENT_GAP ? this.#heard : 0;
    const expected = ANNOUNCEMENT_HZ[next] ?? 0;
    this.#heard = Math.abs(hz - expected) <= ANNOUNCEMENT_TOLERANCE_HZ ? next + 1 : 0;
    this.#since = 0;
    if (this.#heard < ANNOUNCEMENT_HZ.length) return false;
    this.#heard = 0;
    return true;
  }
}

const near = (hz: number, other: number, step: number): boolean => Math.abs(hz - other) <= step * other;
