import type { Worker } from 'node:worker_threads';
import type { Clock } from '../../runtime/clock.ts';
import { startThread } from '../../runtime/start-thread.ts';
import type { RecordEnd, RecordOptions } from '../media-engine.ts';
import { allocateFrameRing } from '../worker/frame-ring.ts';
import { RECORDING_RING_SLOTS, recordingRingBytes } from '../worker/recording-tap.ts';
import type { RecorderCommand, RecorderEvent } from './protocol.ts';

/** A finished recording must be closed within this time, or its disk hangs. */
const FINISH_TIMEOUT_MS = 30_000;

interface Running {
  readonly startedAt: number;
  readonly resolve: (end: RecordEnd) => void;
  /** Tells the leg to stop, after a failure. */
  readonly abandon: () => void;
  cause: RecordEnd['cause'] | undefined;
  endedAt: number;
  cancelTimeout: (() => void) | undefined;
}

/**
 * The main thread's side of the thread that encodes and writes recordings. It is apart from the media workers, so that neither MP3
 * nor a slow disk ever delays a tick; it is started with the first recording.
 */
export class RecordingThread {
  readonly #clock: Clock;
  readonly #onFault: (error: Error) => void;
  readonly #running = new Map<number, Running>();
  #worker: Worker | undefined;

  constructor(clock: Clock, onFault: (error: Error) => void) {
    this.#clock = clock;
    this.#onFault = onFault;
  }

  get size(): number {
    return this.#running.size;
  }

  /** @returns memory for the leg to put its frames in */
  start(
    recording: number,
    options: RecordOptions,
    sampleRate: 8000 | 16000,
    abandon: () => void,
  ): { readonly ring: SharedArrayBuffer; readonly ended: Promise<RecordEnd> } {
    const ring = allocateFrameRing(RECORDING_RING_SLOTS, recordingRingBytes(sampleRate));
    const ended = new Promise<RecordEnd>((resolve) => {
      const startedAt = this.#clock.now();
      this.#running.set(recording, {
        startedAt,
        resolve,
        abandon,
        cause: undefined,
        endedAt: startedAt,
        cancelTimeout: undefined,
      });
    });
    const { format, channels, path } = options;
    this.#send({ do: 'start', recording, ring, sampleRate, format, channels, path });
    return { ring, ended };
  }

  /** The leg adds nothing any more. */
  finish(recording: number, cause: RecordEnd['cause']): void {
    const running = this.#running.get(recording);
    if (!running || running.cause !== undefined) return;
    running.cause = cause;
    running.endedAt = this.#clock.now();
    running.cancelTimeout = this.#clock.after(FINISH_TIMEOUT_MS, () =>
      this.#end(recording, 'failed', 0, 0, `the file was not closed within ${FINISH_TIMEOUT_MS / 1_000} s`),
    );
    this.#send({ do: 'finish', recording });
  }

  async close(): Promise<void> {
    // Legs have been closed: what is left is being written.
    while (this.#running.size > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  readonly #onIdle: (() => void)[] = [];

  #send(command: RecorderCommand): void {
    this.#worker ??= this.#spawn();
    this.#worker.ref();
    this.#worker.postMessage(command);
  }

  #spawn(): Worker {
    const worker = startThread(new URL('./recording-worker.ts', import.meta.url), { name: 'recorder' });
    let fault: unknown;
    worker.on('message', (event: RecorderEvent) => this.#take(event));
    worker.on('error', (error) => {
      fault = error;
    });
    worker.once('exit', (code) => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      const error = fault instanceof Error ? fault : new Error(`recording thread ended with code ${code}`);
      for (const recording of [...this.#running.keys()]) this.#fail(recording, 0, error.message);
      this.#onFault(error);
    });
    return worker;
  }

  #take(event: RecorderEvent): void {
    if (event.is === 'failed') this.#fail(event.recording, event.durationMs, event.error);
    else {
      const cause = this.#running.get(event.recording)?.cause ?? 'closed';
      this.#end(event.recording, cause, event.durationMs, event.bytes, undefined);
    }
  }

  #fail(recording: number, durationMs: number, error: string): void {
    const running = this.#running.get(recording);
    if (!running) return;
    if (running.cause === undefined) {
      running.endedAt = this.#clock.now();
      running.abandon();
    }
    this.#end(recording, 'failed', durationMs, 0, error);
  }

  #end(recording: number, cause: RecordEnd['cause'], durationMs: number, bytes: number, error: string | undefined): void {
    const running = this.#running.get(recording);
    if (!running) return;
    this.#running.delete(recording);
    running.cancelTimeout?.();
    running.resolve({ cause, durationMs, bytes, startedAt: running.startedAt, endedAt: running.endedAt, error });
    if (this.#running.size > 0) return;
    this.#worker?.unref();
    for (const tell of this.#onIdle.splice(0)) tell();
  }
}
