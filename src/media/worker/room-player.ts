import type { AudioSource } from '../audio-source.ts';
import type { SampleRate } from '../pcm.ts';
import { ToneSource } from '../tones/tone-source.ts';
import type { AudioFrame } from './audio-frame.ts';
import { ClipSource } from './clip-source.ts';
import { cadence } from './player.ts';
import type { WorkerSource } from './protocol.ts';
import { TURN_MS } from './slot-wheel.ts';

/** Tones and silence are made at the narrow rate. */
const TONE_RATE: SampleRate = 8000;

/** What a room plays to all its members: a list of sounds, as samples, each at its own rate. */
export class RoomPlayer {
  readonly id: number;
  readonly #sources: readonly WorkerSource[];
  readonly #maxFrames: number;
  /** Rounds of the list left, this one included. */
  #rounds: number;
  #next = 0;
  #source: AudioSource | undefined;
  #sampleRate: SampleRate = TONE_RATE;
  #framesLeft = 0;
  #frames = 0;

  constructor(play: { play: number; sources: readonly WorkerSource[]; loop: number; maxMs: number | undefined }) {
    this.id = play.play;
    this.#sources = play.sources.filter((source) => framesOf(source) > 0);
    this.#maxFrames = play.maxMs === undefined ? Number.POSITIVE_INFINITY : Math.ceil(play.maxMs / TURN_MS);
    this.#rounds = this.#sources.length === 0 ? 0 : play.loop === 0 ? Number.POSITIVE_INFINITY : play.loop;
  }

  get ended(): boolean {
    return this.#frames >= this.#maxFrames || (this.#framesLeft === 0 && this.#rounds <= 0);
  }

  /** The next 20 ms. A sound that ends within them is filled up with silence. */
  read(frame: AudioFrame): void {
    frame.clear();
    if (this.ended) return;
    if (this.#framesLeft === 0) this.#begin();
    this.#framesLeft--;
    this.#frames++;
    if (!this.#source) return;
    frame.sampleRate = this.#sampleRate;
    this.#source.read(frame.pcm);
    frame.hasPcm = true;
  }

  #begin(): void {
    const source = this.#sources[this.#next];
    if (!source) return;
    this.#framesLeft = framesOf(source);
    if (source.kind === 'silence') this.#source = undefined;
    else if (source.kind === 'tone') {
      this.#sampleRate = TONE_RATE;
      this.#source = new ToneSource(TONE_RATE, cadence(source.tone).segments);
    } else {
      this.#sampleRate = source.sampleRate;
      this.#source = new ClipSource(source.pcm);
    }
    // Seen at once, so that the last frame of the last sound is known to be the last.
    if (++this.#next < this.#sources.length) return;
    this.#next = 0;
    this.#rounds--;
  }
}

function framesOf(source: WorkerSource): number {
  if (source.kind === 'silence') return Math.ceil(source.ms / TURN_MS);
  if (source.kind === 'clip') return Math.ceil((source.pcm.length * 1_000) / source.sampleRate / TURN_MS);
  return Math.ceil(cadence(source.tone).segments.reduce((sum, { ms }) => sum + ms, 0) / TURN_MS);
}
