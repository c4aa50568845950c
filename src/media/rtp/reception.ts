/**
 * What one RTP source sent and what arrived of it: sequence numbers (RFC 3550 appendix A.1), loss (A.3), interarrival jitter
 * (A.8).
 */

/** A jump of this many packets is a sender that started anew, not loss (RFC 3550 A.1, MAX_DROPOUT). */
const MAX_DROPOUT = 3_000;
/** How far behind the newest a packet may be and still be a late one (RFC 3550 A.1, MAX_MISORDER). */
const MAX_MISORDER = 100;
/** Sequence numbers remembered to tell a duplicate from a late packet; must exceed MAX_MISORDER and be a multiple of 32. */
const WINDOW = 128;

/** What a packet is, seen by its sequence number. */
export type Arrival = 'next' | 'late' | 'duplicate' | 'restart';

export class Reception {
  /** Units of the RTP timestamp in a millisecond: 8 with the codecs of telephony, G.722 included (RFC 3551 §4.5.2). */
  timestampsPerMs = 8;
  received = 0;
  bytes = 0;
  late = 0;
  duplicates = 0;
  jitterMs = 0;
  maxJitterMs = 0;
  /** Synchronisation source that is counted now; undefined before the first packet. */
  ssrc: number | undefined;
  #cycles = 0;
  #highest = 0;
  #base = 0;
  #receivedOfSource = 0;
  /** Loss of sources that came before this one. */
  #lostBefore = 0;
  #transit = 0;
  #hasTransit = false;
  #timestamp = 0;
  readonly #seen = new Uint32Array(WINDOW / 32);
  #expectedPrior = 0;
  #receivedPrior = 0;

  /** All that has been counted until now. */
  counts() {
    const { received, bytes, lost, late, duplicates, jitterMs, maxJitterMs } = this;
    return { packetsReceived: received, bytesReceived: bytes, lost, late, duplicates, jitterMs, maxJitterMs };
  }

  /** Counts one packet. `arrivedMs` is monotonic. */
  count(sequence: number, timestamp: number, ssrc: number, bytes: number, arrivedMs: number): Arrival {
    let arrival: Arrival;
    if (ssrc !== this.ssrc) {
      this.#begin(sequence, ssrc);
      arrival = 'restart';
    } else {
      const ahead = (sequence - this.#highest) & 0xffff;
      if (ahead === 0) arrival = 'duplicate';
      else if (ahead < MAX_DROPOUT) {
        if (sequence < this.#highest) this.#cycles += 0x10000;
        this.#forget(this.#highest, ahead);
        this.#highest = sequence;
        arrival = 'next';
      } else if (ahead > 0xffff - MAX_MISORDER) {
        arrival = this.#wasSeen(sequence) ? 'duplicate' : 'late';
      } else {
        this.#begin(sequence, ssrc);
        arrival = 'restart';
      }
    }
    if (arrival === 'duplicate') {
      this.duplicates++;
      return arrival;
    }
    this.#mark(sequence);
    this.received++;
    this.bytes += bytes;
    this.#receivedOfSource++;
    if (arrival === 'late') this.late++;
    else this.#measureJitter(timestamp, arrivedMs);
    return arrival;
  }

  /** Packets that were sent and did not arrive; duplicates are not set off against them. */
  get lost(): number {
    return this.#lostBefore + this.#lostOfSource();
  }

  /** Sequence number with its cycles, for a report block. */
  get extendedHighest(): number {
    return (this.#cycles + this.#highest) >>> 0;
  }

  /** Loss since the last call as a fraction of 256 (RFC 3550 A.3): the receiver report's field. */
  fractionLost(): number {
    const expected = this.#expected();
    const expectedNow = expected - this.#expectedPrior;
    const receivedNow = this.#receivedOfSource - this.#receivedPrior;
    this.#expectedPrior = expected;
    this.#receivedPrior = this.#receivedOfSource;
    const lost = expectedNow - receivedNow;
    return expectedNow <= 0 || lost <= 0 ? 0 : Math.min(255, Math.floor((lost * 256) / expectedNow));
  }

  #begin(sequence: number, ssrc: number): void {
    this.#lostBefore += this.#lostOfSource();
    this.ssrc = ssrc;
    this.#base = sequence;
    this.#highest = sequence;
    this.#cycles = 0;
    this.#receivedOfSource = 0;
    this.#expectedPrior = 0;
    this.#receivedPrior = 0;
    this.#hasTransit = false;
    this.#seen.fill(0);
  }

  #expected(): number {
    return this.ssrc === undefined ? 0 : this.#cycles + this.#highest - this.#base + 1;
  }

  #lostOfSource(): number {
    return Math.max(0, this.#expected() - this.#receivedOfSource);
  }

  #measureJitter(timestamp: number, arrivedMs: number): void {
    // Packets of one frame (a telephone event and its updates) share a timestamp and say nothing about the network.
    if (this.#hasTransit && timestamp === this.#timestamp) return;
    this.#timestamp = timestamp;
    const transit = (arrivedMs * this.timestampsPerMs - timestamp) / this.timestampsPerMs;
    if (this.#hasTransit) {
      const difference = Math.abs(transit - this.#transit);
      // A pause that the timestamps do not count, or their wrap: a new beginning, no jitter.
      if (difference < 1_000) {
        this.jitterMs += (difference - this.jitterMs) / 16;
        if (this.jitterMs > this.maxJitterMs) this.maxJitterMs = this.jitterMs;
      }
    }
    this.#transit = transit;
    this.#hasTransit = true;
  }

  #mark(sequence: number): void {
    const bit = sequence % WINDOW;
    const word = bit >> 5;
    this.#seen[word] = (this.#seen[word] ?? 0) | (1 << (bit & 31));
  }

  #wasSeen(sequence: number): boolean {
    const bit = sequence % WINDOW;
    return ((this.#seen[bit >> 5] ?? 0) & (1 << (bit & 31))) !== 0;
  }

  /** The numbers after `from` fall into the window anew. */
  #forget(from: number, count: number): void {
    if (count >= WINDOW) {
      this.#seen.fill(0);
      return;
    }
    for (let step = 1; step <= count; step++) {
      const bit = (from + step) % WINDOW;
      const word = bit >> 5;
      this.#seen[word] = (this.#seen[word] ?? 0) & ~(1 << (bit & 31));
    }
  }
}
