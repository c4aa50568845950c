import { levelDbov, SILENCE_DBOV } from '../analysis/level.ts';
import { StrongestToneFinder } from '../analysis/strongest-tone.ts';
import { type HeardWindow, OBSERVED_WINDOW_MS } from '../media-engine.ts';
import { FRAME_MS, frameSamples, type SampleRate } from '../pcm.ts';

const NOTHING: HeardWindow = { levelDbov: SILENCE_DBOV, hz: undefined, toneShare: 0 };

/** Measures what a far end says, window by window. */
export class Observer {
  readonly #tell: (window: HeardWindow) => void;
  readonly #finder: StrongestToneFinder;
  readonly #window: Int16Array;
  readonly #frame: number;
  #filled = 0;

  constructor(sampleRate: SampleRate, tell: (window: HeardWindow) => void) {
    this.#tell = tell;
    this.#frame = frameSamples(sampleRate);
    this.#window = new Int16Array((this.#frame * OBSERVED_WINDOW_MS) / FRAME_MS);
    this.#finder = new StrongestToneFinder(sampleRate, this.#window.length);
  }

  /** 20 ms; undefined when nothing is received. */
  hear(pcm: Int16Array | undefined): void {
    if (pcm) this.#window.set(pcm.subarray(0, this.#frame), this.#filled);
    else this.#window.fill(0, this.#filled, this.#filled + this.#frame);
    this.#filled += this.#frame;
    if (this.#filled < this.#window.length) return;
    this.#filled = 0;
    this.#tell(this.#measure());
  }

  #measure(): HeardWindow {
    const level = levelDbov(this.#window);
    const tone = level > SILENCE_DBOV ? this.#finder.find(this.#window) : undefined;
    return tone ? { levelDbov: level, hz: tone.hz, toneShare: tone.share } : { ...NOTHING, levelDbov: level };
  }
}
