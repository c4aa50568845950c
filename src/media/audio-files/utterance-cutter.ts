import { Endpointer } from '../analysis/endpointer.ts';
import { Resampler } from '../resampling/resampler.ts';

/** Linear PCM, 16 bit, mono, at `UTTERANCE_RATE`. */
export interface Utterance {
  readonly pcm: readonly Int16Array[];
  /** Milliseconds from the beginning of the file. */
  readonly startMs: number;
  readonly endMs: number;
}

/** What speech recognisers are trained with. */
export const UTTERANCE_RATE = 16_000;
const FRAME = UTTERANCE_RATE / 50;
/** A pause between sentences. */
const END_MS = 700;
/** Models that take an utterance as a whole are made for this much. */
const MAX_MS = 30_000;

/** Cuts audio of any length into utterances, piece by piece; it holds no more than one of them. */
export class UtteranceCutter {
  readonly #resampler: Resampler | undefined;
  readonly #endpointer = new Endpointer({ sampleRate: UTTERANCE_RATE, endMs: END_MS, maxMs: MAX_MS });
  #frame = new Int16Array(FRAME);
  #filled = 0;
  #samples = 0;
  #pieces: Int16Array[] = [];
  #startMs = 0;

  /** Hz of the audio that is taken. */
  constructor(sampleRate: number) {
    this.#resampler = sampleRate === UTTERANCE_RATE ? undefined : new Resampler(sampleRate, UTTERANCE_RATE);
  }

  /** The utterances that end in this piece. */
  take(pcm: Int16Array): readonly Utterance[] {
    const audio = this.#converted(pcm);
    const ended: Utterance[] = [];
    for (let at = 0; at < audio.length; ) {
      const part = audio.subarray(at, at + FRAME - this.#filled);
      this.#frame.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === FRAME) this.#process(ended);
    }
    return ended;
  }

  /** The one that the end of the audio ends, if there is one. */
  finish(): readonly Utterance[] {
    return this.#pieces.length === 0 ? [] : [this.#end()];
  }

  #converted(pcm: Int16Array): Int16Array {
    if (!this.#resampler) return pcm;
    const output = new Int16Array(this.#resampler.outputLimit(pcm.length));
    return output.subarray(0, this.#resampler.process(pcm, output));
  }

  #process(ended: Utterance[]): void {
    const frame = this.#frame;
    this.#frame = new Int16Array(FRAME);
    this.#filled = 0;
    this.#samples += FRAME;
    const heard = this.#endpointer.process(frame);
    if (heard.kind === 'silence') return;
    if (heard.kind === 'begin') {
      const lead = heard.audio.reduce((samples, piece) => samples + piece.length, 0);
      this.#startMs = msOf(this.#samples - lead);
    }
    this.#pieces.push(...heard.audio);
    if (heard.kind === 'end') ended.push(this.#end());
  }

  #end(): Utterance {
    const pcm = this.#pieces;
    this.#pieces = [];
    return { pcm, startMs: this.#startMs, endMs: msOf(this.#samples) };
  }
}

const msOf = (samples: number) => Math.round((samples * 1_000) / UTTERANCE_RATE);
