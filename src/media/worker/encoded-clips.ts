import type { AudioSource } from '../audio-source.ts';
import type { Codec, CodecEncoder } from '../codecs/codec.ts';
import { FRAME_MS, frameSamples } from '../pcm.ts';

/** Octets a millisecond of the form in which sounds are kept: 8 in the codecs of telephony, which all carry 64 kbit/s. */
export const bytesPerMs = (codec: Codec): number => codec.frameBytes / FRAME_MS;

/**
 * A sound in the form in which one codec sends it. It is encoded frame by frame, just ahead of whoever plays it furthest: an hour
 * of audio costs no tick more than a second does. Who plays it later only copies.
 */
export class EncodedClip {
  readonly bytes: Uint8Array;
  users = 0;
  readonly #encoder: CodecEncoder;
  readonly #frame: Int16Array;
  readonly #frameBytes: number;
  #source: AudioSource | undefined;
  #encodedBytes = 0;

  /** @param source at the sampling rate of the codec */
  constructor(source: AudioSource, ms: number, codec: Codec) {
    this.#source = source;
    this.#encoder = codec.createEncoder();
    this.#frame = new Int16Array(frameSamples(codec.sampleRate));
    this.#frameBytes = codec.frameBytes;
    this.bytes = new Uint8Array(Math.ceil(ms * bytesPerMs(codec)));
  }

  /** Every octet is there, and the source has been let go. */
  get complete(): boolean {
    return this.#source === undefined;
  }

  /** Makes sure that the octets before `end` are there. */
  ensure(end: number): void {
    const wanted = Math.min(end, this.bytes.length);
    while (this.#encodedBytes < wanted && this.#source) {
      this.#source.read(this.#frame);
      this.#encoder.encode(this.#frame, this.bytes, this.#encodedBytes);
      this.#encodedBytes += this.#frameBytes;
      if (this.#encodedBytes >= this.bytes.length) this.#source = undefined;
    }
  }
}

/** Encoded forms by sound and codec; those least recently used go first when they are more than `maxBytes` together. */
export class EncodedClips {
  readonly #maxBytes: number;
  readonly #entries = new Map<string, EncodedClip>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * @param key the same key is the same sound
   * @param open makes the source, at the sampling rate of the codec; called when the sound is not here yet
   * @returns what the caller gives back by `release`, once
   */
  acquire(key: string, ms: number, codec: Codec, open: () => AudioSource): EncodedClip {
    const entryKey = `${codec.name} ${key}`;
    let entry = this.#entries.get(entryKey);
    if (entry) this.#entries.delete(entryKey);
    else {
      entry = new EncodedClip(open(), ms, codec);
      this.#bytes += entry.bytes.length;
    }
    this.#entries.set(entryKey, entry);
    entry.users++;
    this.#evict();
    return entry;
  }

  /** A half-encoded sound that nobody plays is not kept: it would hold its clip's PCM. */
  release(key: string, codec: Codec, clip: EncodedClip): void {
    clip.users--;
    if (clip.users > 0) return;
    const entryKey = `${codec.name} ${key}`;
    if (!clip.complete && this.#entries.get(entryKey) === clip) this.#drop(entryKey, clip);
    this.#evict();
  }

  /** The sound will not be asked for again; who plays it now plays on. */
  forget(key: string): void {
    for (const [entryKey, entry] of this.#entries) {
      if (entryKey.endsWith(` ${key}`)) this.#drop(entryKey, entry);
    }
  }

  #evict(): void {
    if (this.#bytes <= this.#maxBytes) return;
    for (const [entryKey, entry] of this.#entries) {
      if (entry.users === 0) this.#drop(entryKey, entry);
      if (this.#bytes <= this.#maxBytes) return;
    }
  }

  #drop(entryKey: string, entry: EncodedClip): void {
    this.#entries.delete(entryKey);
    this.#bytes -= entry.bytes.length;
  }
}
