import type { Worker } from 'node:worker_threads';
import type { Clock } from '../../runtime/clock.ts';
import { startThread } from '../../runtime/start-thread.ts';
import { AudioFileError } from '../audio-files/audio-file-error.ts';
import type { AudioLimits } from '../audio-files/decode-audio.ts';
import type { DecodeReply, DecodeRequest } from './protocol.ts';

/** Files that wait to be decoded; more are refused, because each holds its octets in memory. */
const MAX_WAITING = 64;
/** An hour of MP3 takes some seconds; what takes longer than this is no audio file. */
const DECODE_TIMEOUT_MS = 30_000;
/** A thread without work is ended after this time: with the decoders in it, it is some 20 MB, and starts again in a tenth of a second. */
const IDLE_MS = 10_000;

interface Job {
  readonly request: DecodeRequest;
  readonly resolve: (decoded: Extract<DecodeReply, { is: 'decoded' }>) => void;
  readonly reject: (error: Error) => void;
}

/** Reads audio files one after the other in a thread of its own: neither the main thread nor a tick waits for them. */
export class DecodeThread {
  readonly #clock: Clock;
  readonly #limits: AudioLimits;
  readonly #jobs: Job[] = [];
  #worker: Worker | undefined;
  #cancelTimeout: (() => void) | undefined;
  #cancelIdle: () => void = () => undefined;
  #closed = false;

  constructor(clock: Clock, limits: AudioLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** @throws AudioFileError */
  decode(file: Uint8Array): Promise<Extract<DecodeReply, { is: 'decoded' }>> {
    return new Promise((resolve, reject) => {
      if (this.#closed) reject(new Error('the media engine is closed'));
      else if (this.#jobs.length >= MAX_WAITING) reject(new Error(`${MAX_WAITING} audio files wait to be decoded already`));
      else {
        this.#jobs.push({ request: { file, limits: this.#limits }, resolve, reject });
        if (this.#jobs.length === 1) this.#begin();
      }
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const worker = this.#worker;
    this.#worker = undefined;
    this.#cancelTimeout?.();
    this.#cancelIdle();
    for (const job of this.#jobs.splice(0)) job.reject(new Error('the media engine is closed'));
    await worker?.terminate();
  }

  #begin(): void {
    const job = this.#jobs[0];
    this.#cancelIdle();
    if (!job) {
      this.#worker?.unref();
      if (this.#worker && !this.#closed) this.#cancelIdle = this.#clock.after(IDLE_MS, () => this.#rest());
      return;
    }
    this.#worker ??= this.#spawn();
    this.#worker.ref();
    this.#cancelTimeout = this.#clock.after(DECODE_TIMEOUT_MS, () => {
      const worker = this.#worker;
      this.#worker = undefined;
      void worker?.terminate();
      this.#settle((waiting) => waiting.reject(new Error(`decoding took more than ${DECODE_TIMEOUT_MS / 1_000} s`)));
    });
    this.#worker.postMessage(job.request);
  }

  #rest(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    void worker?.terminate();
  }

  #settle(settle: (job: Job) => void): void {
    this.#cancelTimeout?.();
    this.#cancelTimeout = undefined;
    const job = this.#jobs.shift();
    if (job) settle(job);
    this.#begin();
  }

  #spawn(): Worker {
    const worker = startThread(new URL('./decode-worker.ts', import.meta.url), { name: 'decoder' });
    let fault: unknown;
    worker.on('message', (reply: DecodeReply) => {
      if (this.#worker !== worker) return;
      this.#settle((job) => {
        if (reply.is === 'decoded') job.resolve(reply);
        else job.reject(new AudioFileError(reply.problem, reply.error));
      });
    });
    worker.on('error', (error) => {
      fault = error;
    });
    worker.once('exit', () => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#settle((job) => job.reject(fault instanceof Error ? fault : new Error('the decoding thread ended')));
    });
    return worker;
  }
}
