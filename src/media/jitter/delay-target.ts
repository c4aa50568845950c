/** Shortest and longest delay that the buffer aims at, and the one it begins with. */
export const MIN_TARGET_MS = 20;
export const MAX_TARGET_MS = 200;
export const FIRST_TARGET_MS = 40;

/** Classes of the histogram of delays. */
const CLASS_MS = 10;
const CLASSES = MAX_TARGET_MS / CLASS_MS + 1;
/**
 * Packets that the first target counts for. With the share below it stands for some 80 packets of an even network, a second and a half,
 * which is as long as a histogram of such packets needs to be worth more than a guess.
 */
const FIRST_WEIGHT = 3;
/** Share of packets that should arrive in time. */
const WANTED_IN_TIME = 0.97;
/** Weight that a packet loses with each further one: the last 4 s or so count. */
const MEMORY = 0.995;
/** The shortest delay seen may rise by this much a packet: follows clocks that drift by up to 500 ppm at 20 ms a packet. */
const DRIFT_MS = 0.01;
/** Room for the unevenness of whoever reads: frames are read on a timer that is some milliseconds off. */
const READER_MS = 10;
/** More than this is no delay but a new timing of the sender. */
const NEW_TIMING_MS = 1000;

/**
 * How long packets must be held back so that nearly all of them are there when their turn comes: a histogram of how much later than
 * the fastest each packet arrived, the old ones fading.
 */
export class DelayTarget {
  readonly #histogram = new Float64Array(CLASSES);
  #fastest = Number.POSITIVE_INFINITY;
  #ms = FIRST_TARGET_MS;

  constructor() {
    this.reset();
  }

  get ms(): number {
    return this.#ms;
  }

  reset(): void {
    this.#fastest = Number.POSITIVE_INFINITY;
    this.#ms = FIRST_TARGET_MS;
    // The first target stands until so many packets have said otherwise.
    this.#histogram.fill(0);
    this.#histogram[(FIRST_TARGET_MS - READER_MS) / CLASS_MS - 1] = FIRST_WEIGHT;
  }

  /** Takes the time of arrival less the time of sending, both of any origin. */
  observe(transitMs: number): void {
    if (Math.abs(transitMs - this.#fastest) > NEW_TIMING_MS) this.#fastest = transitMs;
    this.#fastest = Math.min(this.#fastest + DRIFT_MS, transitMs);
    const late = transitMs - this.#fastest;
    const index = Math.min(CLASSES - 1, Math.floor(late / CLASS_MS));
    let total = 1;
    for (let at = 0; at < CLASSES; at++) {
      const weight = (this.#histogram[at] ?? 0) * MEMORY;
      this.#histogram[at] = weight;
      total += weight;
    }
    this.#histogram[index] = (this.#histogram[index] ?? 0) + 1;
    this.#ms = this.#percentile(total * WANTED_IN_TIME);
  }

  #percentile(wanted: number): number {
    let below = 0;
    for (let at = 0; at < CLASSES; at++) {
      below += this.#histogram[at] ?? 0;
      if (below >= wanted) return Math.max(MIN_TARGET_MS, Math.min(MAX_TARGET_MS, (at + 1) * CLASS_MS + READER_MS));
    }
    return MAX_TARGET_MS;
  }
}
