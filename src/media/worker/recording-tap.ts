import { frameSamples } from '../pcm.ts';
import { Resampler } from '../resampling/resampler.ts';
import { MAX_FRAME_SAMPLES } from './audio-frame.ts';
import { FrameRing } from './frame-ring.ts';
import type { WorkerRecording } from './protocol.ts';
import { TURN_MS } from './slot-wheel.ts';

/** Frames of 20 ms between the leg and the encoder thread: 5 s, more than a disk hesitates. */
export const RECORDING_RING_SLOTS = 256;
/** Two channels of 20 ms at 16 kHz; a recording at 8 kHz has half of it. */
export const recordingRingBytes = (sampleRate: 8000 | 16000): number => 2 * 2 * ((sampleRate * TURN_MS) / 1_000);

/** Takes both directions of a leg, turn by turn, to the encoder thread. */
export class RecordingTap {
  readonly id: number;
  readonly sampleRate: 8000 | 16000;
  readonly silenceMs: number | undefined;
  paused = false;
  readonly #ring: FrameRing;
  readonly #both: boolean;
  readonly #maxFrames: number;
  /** One party's samples, then the other's. */
  readonly #samples = new Int16Array(2 * MAX_FRAME_SAMPLES);
  readonly #bytes = new Uint8Array(this.#samples.buffer);
  /** Used when the leg went on at another rate than the recording began with, left and right. */
  readonly #saidAtRate: Int16Array;
  readonly #heardAtRate: Int16Array;
  #saidResampler: Resampler | undefined;
  #heardResampler: Resampler | undefined;
  #frames = 0;
  /** Frames the ring had no room for; the next frame's tag tells of them, so that silence takes their place. */
  #missed = 0;

  constructor(id: number, options: WorkerRecording) {
    this.id = id;
    this.sampleRate = options.sampleRate;
    this.silenceMs = options.silenceMs;
    this.#ring = new FrameRing(options.ring, RECORDING_RING_SLOTS);
    this.#saidAtRate = new Int16Array(frameSamples(options.sampleRate));
    this.#heardAtRate = new Int16Array(frameSamples(options.sampleRate));
    this.#both = options.channels !== 'incoming';
    this.#maxFrames = Math.ceil(options.maxMs / TURN_MS);
  }

  get wantsOutgoing(): boolean {
    return this.#both && !this.paused;
  }

  /** One turn, both frames at one rate. @returns true when the recording has reached its length */
  take(said: Int16Array, heard: Int16Array, skippedTurns: number): boolean {
    if (this.paused) return false;
    const skipped = Math.min(skippedTurns, this.#maxFrames - this.#frames);
    this.#missed += skipped;
    this.#frames += skipped;
    if (this.#frames >= this.#maxFrames) {
      if (skipped > 0) this.#writeLast();
      return true;
    }
    const samples = this.#saidAtRate.length;
    if (said.length === samples) this.#write(said, heard);
    else {
      const from = this.sampleRate === 8000 ? 16000 : 8000;
      this.#saidResampler ??= new Resampler(from, this.sampleRate);
      this.#heardResampler ??= new Resampler(from, this.sampleRate);
      this.#saidResampler.process(said, this.#saidAtRate);
      this.#heardResampler.process(heard, this.#heardAtRate);
      this.#write(this.#saidAtRate, this.#heardAtRate);
    }
    this.#frames++;
    return this.#frames >= this.#maxFrames;
  }

  /** The last of what was missed is written itself: no frame follows that could tell of it. */
  #writeLast(): void {
    this.#missed--;
    this.#write(this.#saidAtRate.fill(0), this.#heardAtRate.fill(0));
  }

  #write(said: Int16Array, heard: Int16Array): void {
    const samples = said.length;
    this.#samples.set(said);
    if (this.#both) this.#samples.set(heard, samples);
    if (this.#ring.push(this.#missed, this.#bytes, samples * (this.#both ? 4 : 2))) this.#missed = 0;
    else this.#missed++;
  }
}
