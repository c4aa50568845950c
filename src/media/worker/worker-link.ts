import type { MessagePort, Worker } from 'node:worker_threads';
import { startThread } from '../../runtime/start-thread.ts';
import { DescriptorTable } from '../rtp/descriptor-table.ts';
import type { MediaCommand, MediaEvent, WorkerSettings } from './protocol.ts';
import { BATCHES_WORD } from './stream-batch.ts';

/**
 * Garbage of a worker is packets that have been read: it dies young. Without a limit each worker grows to some 50 MB of it under load
 * and keeps them when the calls have ended.
 */
const YOUNG_GENERATION_MB = 12;

export interface WorkerLinkEvents {
  event(event: MediaEvent): void;
  /** The thread is gone, by a fault; not called after `close`. */
  died(error: Error): void;
}

/** The main thread's side of one media worker. */
export class WorkerLink {
  readonly #worker: Worker;
  readonly #wake: Int32Array;
  readonly #events: WorkerLinkEvents;
  readonly #descriptors = new DescriptorTable();
  /** Legs that live there. */
  legs = 0;
  /** Legs that it has had in all. */
  opened = 0;
  #closed = false;
  #error: Error | undefined;

  constructor(settings: Omit<WorkerSettings, 'wake' | 'descriptors'>, events: WorkerLinkEvents) {
    const wake = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
    this.#wake = new Int32Array(wake);
    this.#events = events;
    const workerData: WorkerSettings = { ...settings, wake, descriptors: this.#descriptors.shared };
    this.#worker = startThread(new URL('./media-worker.ts', import.meta.url), {
      workerData,
      name: 'media',
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    this.#worker.on('message', (event: MediaEvent) => {
      if (event.is === 'tapped') Atomics.sub(this.#wake, BATCHES_WORD, 1);
      events.event(event);
    });
    this.#worker.on('error', (error) => {
      this.#error = error instanceof Error ? error : new Error(String(error));
    });
    this.#worker.once('exit', (code) => this.#onExit(code));
  }

  send(command: MediaCommand, transfer?: readonly MessagePort[]): void {
    this.#worker.postMessage(command, transfer && [...transfer]);
    // The next slot is early enough for audio that is queued there.
    if (command.do === 'feed-audio') return;
    // Ends the sleep between slots.
    Atomics.add(this.#wake, 0, 1);
    Atomics.notify(this.#wake, 0);
  }

  /** An idle worker does not keep the process alive; one with legs does. */
  keepAlive(wanted: boolean): void {
    if (wanted) this.#worker.ref();
    else this.#worker.unref();
  }

  /** Ends the thread in the midst of what it does, as a fault would: how tests see what follows. */
  crash(): void {
    void this.#worker.terminate();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker.terminate();
  }

  #onExit(code: number): void {
    this.#descriptors.closeAll();
    if (this.#closed) return;
    this.#closed = true;
    this.#events.died(this.#error ?? new Error(`media worker ended with code ${code}`));
  }
}
