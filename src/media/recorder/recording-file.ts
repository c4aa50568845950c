import { type FileHandle, open, rm } from 'node:fs/promises';
import { FrameRing } from '../worker/frame-ring.ts';
import { RECORDING_RING_SLOTS, recordingRingBytes } from '../worker/recording-tap.ts';
import { TURN_MS } from '../worker/slot-wheel.ts';
import type { RecorderCommand } from './protocol.ts';
import { createRecordingEncoder, type RecordingEncoder } from './recording-encoder.ts';

/** Silence that takes the place of lost frames in one go; longer gaps are filled piece by piece. */
const MAX_GAP_FRAMES = 250;

/** One recording: from its ring through the encoder to its file. Steps follow one another, never two at a time. */
export class RecordingFile {
  bytes = 0;
  readonly #path: string;
  readonly #ring: FrameRing;
  readonly #encoder: RecordingEncoder;
  readonly #frameBytes: Uint8Array;
  readonly #frame: Int16Array;
  readonly #samplesPerFrame: number;
  readonly #silence: Int16Array;
  #handle: FileHandle | undefined;
  /** A regular file has been opened: only that is ever deleted. */
  #isFile = false;
  #frames = 0;
  #steps: Promise<void> = Promise.resolve();
  #pending = 0;

  constructor(start: Extract<RecorderCommand, { do: 'start' }>) {
    this.#path = start.path;
    this.#ring = new FrameRing(start.ring, RECORDING_RING_SLOTS);
    this.#encoder = createRecordingEncoder(start.format, start.channels, start.sampleRate);
    this.#frameBytes = new Uint8Array(recordingRingBytes(start.sampleRate));
    this.#frame = new Int16Array(this.#frameBytes.buffer);
    this.#samplesPerFrame = ((start.sampleRate * TURN_MS) / 1_000) * (start.channels === 'incoming' ? 1 : 2);
    this.#silence = new Int16Array(this.#samplesPerFrame);
  }

  get busy(): boolean {
    return this.#pending > 0;
  }

  get durationMs(): number {
    return this.#frames * TURN_MS;
  }

  open(): Promise<void> {
    return this.#step(async () => {
      const handle = await open(this.#path, 'w');
      this.#handle = handle;
      this.#isFile = (await handle.stat()).isFile();
      await this.#write(this.#encoder.begin());
    });
  }

  /** Writes what is in the ring. */
  drain(): Promise<void> {
    return this.#step(() => this.#drain());
  }

  /** Writes what is in the ring, the end, and closes. */
  finish(): Promise<void> {
    return this.#step(async () => {
      await this.#drain();
      await this.#write(this.#encoder.end());
      const header = this.#encoder.finalHeader(this.bytes);
      if (header) await this.#handle?.write(header, 0, header.length, 0);
      await this.#handle?.close();
      this.#handle = undefined;
    });
  }

  /** Closes and deletes the file; never fails. What was opened and is no regular file (a device, a pipe) stays. */
  async remove(): Promise<void> {
    await this.#handle?.close().catch(() => undefined);
    this.#handle = undefined;
    if (this.#isFile) await rm(this.#path, { force: true }).catch(() => undefined);
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
    const pieces: Uint8Array[] = [];
    for (let left = this.#ring.filled; left > 0; left--) {
      this.#ring.pop(this.#frameBytes);
      const missed = this.#ring.lastTag;
      for (let gap = 0; gap < missed; gap++) {
        pieces.push(this.#encoder.encode(this.#silence));
        if (gap % MAX_GAP_FRAMES === MAX_GAP_FRAMES - 1) await this.#write(Buffer.concat(pieces.splice(0)));
      }
      pieces.push(this.#encoder.encode(this.#frame.subarray(0, this.#samplesPerFrame)));
      this.#frames += missed + 1;
    }
    if (pieces.length > 0) await this.#write(Buffer.concat(pieces));
  }

  async #write(data: Uint8Array): Promise<void> {
    if (data.length === 0) return;
    // A short write means the disk is full: the next one says so.
    for (let done = 0; done < data.length; ) {
      const written = await this.#handle?.write(data, done, data.length - done);
      if (!written) throw new Error('the recording file is not open');
      done += written.bytesWritten;
    }
    this.bytes += data.length;
  }
}
