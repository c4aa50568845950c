import type { Clock } from '../../runtime/clock.ts';

/** voice-xml.md §8: ten failures within a minute lock a source for a minute. */
const MAX_FAILURES = 10;
const WINDOW_MS = 60_000;
const LOCK_MS = 60_000;
/** Sources remembered; beyond, the oldest is forgotten. */
const MAX_SOURCES = 10_000;

interface Failures {
  count: number;
  since: number;
  lockedUntil: number;
}

/** Locks sources out that guess passwords. */
export class FailedLogins {
  readonly #clock: Clock;
  readonly #sources = new Map<string, Failures>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  isLocked(address: string): boolean {
    return (this.#sources.get(address)?.lockedUntil ?? 0) > this.#clock.monotonic();
  }

  failed(address: string): void {
    const now = this.#clock.monotonic();
    const known = this.#sources.get(address);
    const failures = known && now - known.since < WINDOW_MS ? known : { count: 0, since: now, lockedUntil: 0 };
    failures.count += 1;
    if (failures.count >= MAX_FAILURES) failures.lockedUntil = now + LOCK_MS;
    this.#sources.delete(address);
    this.#sources.set(address, failures);
    const [oldest] = this.#sources.keys();
    if (this.#sources.size > MAX_SOURCES && oldest !== undefined) this.#sources.delete(oldest);
  }
}
