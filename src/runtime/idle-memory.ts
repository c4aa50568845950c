import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Share of a core that all threads computed since the last look; pollers of an idle server make 1 %, a scrape of its metrics every second
 * 2 % more. Of all threads, because a hundred calls that play a file keep the main thread at 4 %, and each collection holds up their
 * signalling and streams: they were a tenth of what such calls cost.
 */
const IDLE_UTILISATION = 0.06;
/** Looks in a row that must have found the server idle. */
const IDLE_LOOKS = 2;
/**
 * Looks after a collection at which there is one more: what work leaves for half a minute (SIP transactions live 32 s) is held at the first,
 * and was 35 MB after two thousand calls.
 */
const LOOKS_TO_THE_SECOND = 7;
/** Below this growth since the last collection there is nothing worth a pause. */
const WORTHWHILE_BYTES = 8 * 1024 * 1024;
/**
 * Or below this growth of what objects and their buffers take: garbage that lies in pages which were resident before is no growth of the
 * process, and 45 MB of it were kept after six thousand calls. An idle server makes less than this in minutes.
 */
const WORTHWHILE_GARBAGE_BYTES = 16 * 1024 * 1024;
/**
 * A full collection takes about 2 ms a megabyte that is still in use (66 ms for 30 MB). What the heap has taken is mostly garbage after a
 * busy hour: 1000 calls leave 250 MB of it with 50 MB in use. Beyond this it is perhaps not, and the pause would be felt.
 */
const MAX_HEAP_BYTES = 384 * 1024 * 1024;

export const IDLE_LOOK_EVERY_MS = 5_000;

/** What `IdleMemory` looks at and does; handed in by tests. */
export interface ProcessMemory {
  /** CPU time of all threads since the last call, as a share of the time that passed; above 1 on several cores. */
  utilisation(): number;
  /** Bytes: all that is resident, what the JavaScript heap has taken of it, and what objects and their buffers take, garbage included. */
  usage(): { readonly rss: number; readonly heapTotal: number; readonly heapUsed: number; readonly external: number };
  /** Collects everything and gives free pages back to the system. */
  collect(): void;
}

/**
 * Gives memory back once the server has nothing to do. V8 sizes its young generation for the busiest moment, which the start is, and
 * keeps it: 40 MB of an idle server. Limiting its size instead (`--max-semi-space-size`) costs a fifth of the throughput under load.
 */
export class IdleMemory {
  readonly #process: ProcessMemory;
  #idleLooks = 0;
  #rssAfterCollection = 0;
  #usedAfterCollection = 0;
  /** Looks that are left until what was still held at the last collection is collected; 0 = it has been. */
  #untilSecond = 0;

  constructor(process: ProcessMemory) {
    this.#process = process;
  }

  /** To be called every `IDLE_LOOK_EVERY_MS`. */
  look(): void {
    this.#idleLooks = this.#process.utilisation() < IDLE_UTILISATION ? this.#idleLooks + 1 : 0;
    if (this.#idleLooks < IDLE_LOOKS) return;
    const { rss, heapTotal, heapUsed, external } = this.#process.usage();
    const hasGrown =
      rss >= this.#rssAfterCollection + WORTHWHILE_BYTES ||
      heapUsed + external >= this.#usedAfterCollection + WORTHWHILE_GARBAGE_BYTES;
    const isSecond = this.#untilSecond > 0 && --this.#untilSecond === 0;
    if (heapTotal > MAX_HEAP_BYTES || !(hasGrown || isSecond)) return;
    this.#process.collect();
    if (!isSecond) this.#untilSecond = LOOKS_TO_THE_SECOND;
    const now = this.#process.usage();
    this.#rssAfterCollection = now.rss;
    this.#usedAfterCollection = now.heapUsed + now.external;
    // The collection itself is no work of the server.
    this.#process.utilisation();
  }
}

/** This process. */
export function thisProcess(): ProcessMemory {
  let since = performance.now();
  let last = process.cpuUsage();
  return {
    // By CPU time: on a machine with other work the event loop takes a multiple of it by the clock, and would never seem idle.
    utilisation() {
      const { user, system } = process.cpuUsage(last);
      const share = (user + system) / 1000 / Math.max(1, performance.now() - since);
      since = performance.now();
      last = process.cpuUsage();
      return share;
    },
    usage: () => process.memoryUsage(),
    collect() {
      setFlagsFromString('--expose-gc');
      const gc: NodeJS.GCFunction = runInNewContext('gc');
      gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    },
  };
}
