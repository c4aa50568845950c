import type { AudioSource } from '../audio-source.ts';
import type { Codec } from '../codecs/codec.ts';
import type { Tone } from '../media-engine.ts';
import { type CadencedTone, callProgressTones } from '../tones/call-progress.ts';
import { ToneSource } from '../tones/tone-source.ts';
import { ClipSource, ResampledSource } from './clip-source.ts';
import { bytesPerMs, type EncodedClip, type EncodedClips } from './encoded-clips.ts';
import { encodedSilence } from './encoded-silence.ts';
import type { WorkerSource } from './protocol.ts';

/** A sine at the overload point of dBov is +6.15 dBm0: the loudest has -3.01 dBov and +3.14 dBm0 (../analysis/level.ts). */
const DBM0_OF_DBOV = 6.15;

interface Part {
  readonly key: string;
  readonly bytes: number;
  /** undefined = silence. */
  readonly clip: EncodedClip | undefined;
}

/** Plays a list of sounds without gaps, frame by frame in the form in which the leg's codec keeps them. */
export class Player {
  readonly id: number;
  readonly mix: boolean;
  readonly #sources: readonly WorkerSource[];
  readonly #clips: EncodedClips;
  #codec: Codec;
  #silence: Uint8Array;
  #parts: readonly Part[];
  #part = 0;
  #at = 0;
  /** Rounds of the list left, this one included; Infinity = until stopped. */
  #rounds: number;
  /** Octets left of `maxMs`. */
  #budget: number;

  constructor(
    play: { play: number; sources: readonly WorkerSource[]; loop: number; maxMs: number | undefined; mix: boolean },
    codec: Codec,
    clips: EncodedClips,
  ) {
    this.id = play.play;
    this.mix = play.mix;
    this.#sources = play.sources;
    this.#clips = clips;
    this.#codec = codec;
    this.#silence = encodedSilence(codec);
    this.#parts = this.#acquire();
    const empty = this.#parts.every((part) => part.bytes === 0);
    this.#rounds = empty ? 0 : play.loop === 0 ? Number.POSITIVE_INFINITY : play.loop;
    this.#budget = play.maxMs === undefined ? Number.POSITIVE_INFINITY : Math.round(play.maxMs * bytesPerMs(codec));
  }

  get ended(): boolean {
    return this.#rounds <= 0 || this.#budget <= 0;
  }

  get codec(): Codec {
    return this.#codec;
  }

  /** Goes on in another form at the same place. */
  changeCodec(codec: Codec): void {
    if (codec === this.#codec) return;
    this.release();
    // Samples are two octets, so that only a whole number of them is a place.
    const scale = (octets: number) => Math.round((octets * codec.frameBytes) / this.#codec.frameBytes / 2) * 2;
    this.#at = scale(this.#at);
    this.#budget = scale(this.#budget);
    this.#codec = codec;
    this.#silence = encodedSilence(codec);
    this.#parts = this.#acquire();
  }

  /** Writes the next 20 ms; what is beyond the end of the last sound is silence. */
  fill(out: Uint8Array, offset: number): void {
    const { frameBytes } = this.#codec;
    let filled = 0;
    while (filled < frameBytes && !this.ended) {
      const part = this.#parts[this.#part];
      if (part === undefined) {
        this.#part = 0;
        this.#rounds--;
        continue;
      }
      const count = Math.min(frameBytes - filled, part.bytes - this.#at, this.#budget);
      this.#copy(part, out, offset + filled, count);
      filled += count;
      this.#budget -= count;
      this.#at += count;
      if (this.#at >= part.bytes) {
        this.#at = 0;
        this.#part++;
        // Seen at once, so that the frame with the last sample is known to be the last.
        if (this.#part === this.#parts.length && this.#rounds === 1) this.#rounds = 0;
      }
    }
    for (let index = filled; index < frameBytes; index++) out[offset + index] = this.#silence[index] ?? 0;
  }

  /** Gives the sounds back; nothing is played after it. */
  release(): void {
    for (const part of this.#parts) {
      if (part.clip) this.#clips.release(part.key, this.#codec, part.clip);
    }
    this.#parts = [];
  }

  #copy(part: Part, out: Uint8Array, offset: number, count: number): void {
    const from = this.#at;
    if (part.clip) {
      part.clip.ensure(from + count);
      const { bytes } = part.clip;
      for (let index = 0; index < count; index++) out[offset + index] = bytes[from + index] ?? 0;
    } else {
      for (let index = 0; index < count; index++) out[offset + index] = this.#silence[(from + index) % this.#silence.length] ?? 0;
    }
  }

  #acquire(): readonly Part[] {
    return this.#sources.map((source) => this.#acquirePart(source));
  }

  #acquirePart(source: WorkerSource): Part {
    if (source.kind === 'silence') return { key: '', bytes: Math.round(source.ms * bytesPerMs(this.#codec)), clip: undefined };
    const { sampleRate } = this.#codec;
    if (source.kind === 'tone') {
      const tone = cadence(source.tone);
      const ms = tone.segments.reduce((sum, segment) => sum + segment.ms, 0);
      const key = `tone ${typeof source.tone === 'string' ? source.tone : JSON.stringify(source.tone)}`;
      const clip = this.#clips.acquire(key, ms, this.#codec, () => new ToneSource(sampleRate, tone.segments));
      return { key, bytes: clip.bytes.length, clip };
    }
    const key = clipKey(source.id);
    const ms = (source.pcm.length / source.sampleRate) * 1_000;
    const open = (): AudioSource => {
      const pcm = new ClipSource(source.pcm);
      return source.sampleRate === sampleRate ? pcm : new ResampledSource(pcm, source.sampleRate, sampleRate);
    };
    const clip = this.#clips.acquire(key, ms, this.#codec, open);
    return { key, bytes: clip.bytes.length, clip };
  }
}

/** The key of a clip among the encoded forms. */
export const clipKey = (id: number): string => `clip ${id}`;

/** One cadence of a tone: a play that lasts loops it. */
export function cadence(tone: Tone): CadencedTone {
  switch (tone) {
    case 'ringback':
      return callProgressTones.ringback;
    case 'busy':
      return callProgressTones.busy;
    case 'beep':
      return callProgressTones.recordBeep;
    case 'fax-cng':
      return callProgressTones.faxCalling;
    case 'fax-ced':
      return callProgressTones.faxAnswer;
    default:
      return {
        segments: [{ sines: [{ hz: tone.hz, dbm0: tone.dbov + DBM0_OF_DBOV }], ms: tone.ms }],
        repeat: false,
      };
  }
}
