import { type FileHandle, open, rm } from 'node:fs/promises';
import type { AudioFileWriter } from '../audio-files/audio-file-writer.ts';
import { createMp3Writer } from '../audio-files/mp3-writer.ts';
import { WavWriter } from '../audio-files/wav-writer.ts';
import { saturate } from '../pcm.ts';
import { FrameRing } from '../worker/frame-ring.ts';
import { RECORDING_RING_SLOTS, recordingRingBytes } from '../worker/recording-tap.ts';
import { TURN_MS } from '../worker/slot-wheel.ts';
import type { RecorderCommand } from './protocol.ts';

/** Frames that are encoded and written in one go: 1 s. */
const BATCH_FRAMES = 50;

type Start = Extract<RecorderCommand, { do: 'start' }>;

/** One recording: from its ring through the encoder to its file. Steps follow one another, never two at a time. */
export class RecordingFile {
  bytes = 0;
  readonly #start: Start;
  readonly #ring: FrameRing;
  /** A frame as it lies in the ring: the one party's samples, then the other's. */
  readonly #frameBytes: Uint8Array;
  readonly #frame: Int16Array;
  readonly #samples: number;
  readonly #left: Int16Array;
  readonly #right: Int16Array;
  #batched = 0;
  #writer: AudioFileWriter | undefined;
  #handle: FileHandle | undefined;
  /** A regular file has been opened: only that is ever deleted. */
  #isFile = false;
  #frames = 0;
  #steps: Promise<void> = Promise.resolve();
  #pending = 0;

  constructor(start: Start) {
    this.#start = start;
    this.#ring = new FrameRing(start.ring, RECORDING_RING_SLOTS);
    this.#frameBytes = new Uint8Array(recordingRingBytes(start.sampleRate));
    this.#frame = new Int16Array(this.#frameBytes.buffer);
    this.#samples = (start.sampleRate * TURN_MS) / 1_000;
    this.#left = new Int16Array(this.#samples * BATCH_FRAMES);
    this.#right = new Int16Array(this.#samples * BATCH_FRAMES);
  }

  get busy(): boolean {
    return this.#pending > 0;
  }

  get durationMs(): number {
    return this.#frames * TURN_MS;
  }

  open(): Promise<void> {
    return this.#step(async () => {
      const { path, format, sampleRate, channels } = this.#start;
      const handle = await open(path, 'w');
      this.#handle = handle;
      this.#isFile = (await handle.stat()).isFile();
      const count = channels === 'stereo' ? 2 : 1;
      this.#writer = format === 'mp3' ? await createMp3Writer(sampleRate, count) : new WavWriter(sampleRate, count);
    });
  }

  /** Writes what is in the ring. */
  drain(): Promise<void> {
    return this.#step(() => this.#drain());
  }

  /** Writes what is in the ring and the end, and closes. */
  finish(): Promise<void> {
    return this.#step(async () => {
      await this.#drain();
      const end = this.#writer?.finish();
      if (end) await this.#write(end.tail);
      if (end?.head && this.#isFile) await this.#handle?.write(end.head, 0, end.head.length, 0);
      await this.#handle?.close();
      this.#handle = undefined;
    });
  }

  /** Closes and deletes the file; never fails. What was opened and is no regular file (a device, a pipe) stays. */
  async remove(): Promise<void> {
    await this.#handle?.close().catch(() => undefined);
    this.#handle = undefined;
    if (this.#isFile) await rm(this.#start.path, { force: true }).catch(() => undefined);
  }

  #step(work: () => Promise<void>): Promise<void> {
    this.#pending++;
    const done = this.#steps.then(work).finally(() => {
      this.#pending--;
    });
    this.#steps = done.catch(() => undefined);
    return done;
  }

  async #drain(): Promise<void> {
    for (let left = this.#ring.filled; left > 0; left--) {
      this.#ring.pop(this.#frameBytes);
      // What the ring had no room for is silence, so that the times of all that follows stay right.
      for (let missed = this.#ring.lastTag; missed > 0; missed--) await this.#batch(undefined);
      await this.#batch(this.#frame);
    }
    await this.#flush();
  }

  async #batch(frame: Int16Array | undefined): Promise<void> {
    const at = this.#batched * this.#samples;
    const mono = this.#start.channels === 'mono';
    for (let index = 0; index < this.#samples; index++) {
      const left = frame?.[index] ?? 0;
      const right = frame?.[this.#samples + index] ?? 0;
      this.#left[at + index] = mono ? saturate(left + right) : left;
      this.#right[at + index] = right;
    }
    this.#frames++;
    if (++this.#batched === BATCH_FRAMES) await this.#flush();
  }

  async #flush(): Promise<void> {
    const samples = this.#batched * this.#samples;
    this.#batched = 0;
    if (samples === 0 || !this.#writer) return;
    const right = this.#start.channels === 'stereo' ? this.#right.subarray(0, samples) : undefined;
    await this.#write(this.#writer.append(this.#left.subarray(0, samples), right));
  }

  async #write(data: Uint8Array): Promise<void> {
    // A short write means that the disk is full: the next one says so.
    for (let done = 0; done < data.length; ) {
      const written = await this.#handle?.write(data, done, data.length - done);
      if (!written) throw new Error('the recording file is not open');
      done += written.bytesWritten;
    }
    this.bytes += data.length;
  }
}
