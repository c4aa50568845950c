import { Destination } from './destination.ts';

/** Servers remembered with their circuit and concurrency; idle ones go first. */
const MAX_DESTINATIONS = 4_096;

/** All destination servers, and the ring in which those that may start a request take turns. */
export class Destinations {
  readonly #requestsPerHost: number;
  readonly #waitingPerHost: number;
  /** Bounded by `MAX_DESTINATIONS` and, beyond it, by the jobs in memory. */
  readonly #all = new Map<string, Destination>();
  readonly #ring: Destination[] = [];

  constructor(requestsPerHost: number, waitingPerHost: number) {
    this.#requestsPerHost = requestsPerHost;
    this.#waitingPerHost = waitingPerHost;
  }

  [Symbol.iterator](): Iterator<Destination> {
    return this.#all.values();
  }

  get(origin: string): Destination {
    const known = this.#all.get(origin);
    if (known) return known;
    if (this.#all.size >= MAX_DESTINATIONS) {
      for (const [name, other] of this.#all) {
        if (!other.idle) continue;
        this.#all.delete(name);
        break;
      }
    }
    const destination = new Destination(origin, this.#requestsPerHost, this.#waitingPerHost);
    this.#all.set(origin, destination);
    return destination;
  }

  /** Whether more jobs for the server may be taken into memory. */
  hasRoom(origin: string): boolean {
    return !(this.#all.get(origin)?.full ?? false);
  }

  full(): string[] {
    return [...this.#all.values()].filter((destination) => destination.full).map(({ origin }) => origin);
  }

  /** Puts the destination into the ring if it may start something and is not there yet. */
  offer(destination: Destination, now: number): void {
    if (destination.inRing || !destination.mayStart(now)) return;
    destination.inRing = true;
    this.#ring.push(destination);
  }

  /** The destination whose turn it is. */
  next(now: number): Destination | undefined {
    for (;;) {
      const destination = this.#ring.shift();
      if (!destination) return undefined;
      destination.inRing = false;
      if (destination.mayStart(now)) return destination;
    }
  }
}
