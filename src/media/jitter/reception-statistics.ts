/** A sequence number that is further ahead than this begins a new count (RFC 3550 appendix A.1). */
const MAX_DROPOUT = 3000;
/** One that is further behind than this is not a late packet. */
const MAX_MISORDER = 100;
const SEQUENCE_MODULUS = 0x10000;
/** Cumulative loss has 24 bits, signed, in a report (RFC 3550 §6.4.1). */
const MOST_LOST = 0x7fffff;
/** Share of a new difference in the running jitter (RFC 3550 §6.4.1). */
const JITTER_GAIN = 1 / 16;
/** A difference of transit times above this is no jitter: the timestamp jumped or wrapped, or it is the first packet. */
const MAX_TRANSIT_STEP_MS = 2000;

/** What `observe` makes of a sequence number. `restarted`: the count begins anew; `suspect`: a jump, believed when the next follows it. */
export type SequenceVerdict = 'ok' | 'restarted' | 'suspect';

/** Block of a receiver report (RFC 3550 §6.4.1). */
export interface ReceptionReport {
  /** Share lost since the last report, in 1/256. */
  readonly fractionLost: number;
  readonly cumulativeLost: number;
  readonly highestSequence: number;
  /** In ticks of the RTP clock. */
  readonly jitter: number;
}

/** Counts one source's packets as RFC 3550 §6.4.1 and appendix A.1, A.3, A.8 have it. */
export class ReceptionStatistics {
  received = 0;
  /** Sequence number, cycles counted in, of the packet observed last. It begins a cycle up, so that it is never negative. */
  extended = 0;
  #highest = 0;
  #base = 0;
  #suspect = -1;
  #started = false;
  /** Expected and received under numbers given up since: by a jump or a new source. */
  #expectedBefore = 0;
  #jitter = 0;
  #transit = Number.NEGATIVE_INFINITY;
  #reportedExpected = 0;
  #reportedReceived = 0;
  readonly #ticksPerMs: number;

  constructor(rtpClockRate: number) {
    this.#ticksPerMs = rtpClockRate / 1000;
  }

  /** RTP jitter in milliseconds. */
  get jitterMs(): number {
    return this.#jitter / this.#ticksPerMs;
  }

  /** Packets expected so far but not received; duplicates make up for lost ones, as in RFC 3550. */
  get lost(): number {
    return Math.max(0, this.#expected() - this.received);
  }

  /** Begins to count a new source (a changed SSRC); what was counted stays. */
  restart(): void {
    this.#expectedBefore = this.#expected();
    this.#started = false;
    this.#suspect = -1;
  }

  /** Takes a packet. After `suspect` the packet is not counted and `extended` not set. */
  observe(sequence: number): SequenceVerdict {
    const verdict = this.#count(sequence);
    if (verdict !== 'suspect') this.received += 1;
    return verdict;
  }

  /** Takes the times of a packet of audio, for the jitter. Packets whose timestamps stand still (telephone events) are left out. */
  observeTiming(timestamp: number, arrivalMs: number): void {
    const transit = arrivalMs * this.#ticksPerMs - timestamp;
    const difference = Math.abs(transit - this.#transit);
    this.#transit = transit;
    if (difference <= MAX_TRANSIT_STEP_MS * this.#ticksPerMs) this.#jitter += (difference - this.#jitter) * JITTER_GAIN;
  }

  /** Takes the figures for a report; the next one counts its fraction from here. */
  report(): ReceptionReport {
    const expected = this.#expected();
    const expectedSince = expected - this.#reportedExpected;
    const lostSince = expectedSince - (this.received - this.#reportedReceived);
    this.#reportedExpected = expected;
    this.#reportedReceived = this.received;
    return {
      fractionLost: expectedSince <= 0 || lostSince <= 0 ? 0 : Math.min(255, Math.floor((lostSince * 256) / expectedSince)),
      cumulativeLost: Math.max(-MOST_LOST, Math.min(MOST_LOST, expected - this.received)),
      highestSequence: this.#highest >>> 0,
      jitter: Math.round(this.#jitter),
    };
  }

  #expected(): number {
    return this.#expectedBefore + (this.#started ? this.#highest - this.#base + 1 : 0);
  }

  #count(sequence: number): SequenceVerdict {
    if (!this.#started) return this.#begin(sequence);
    const ahead = (sequence - this.#highest) & (SEQUENCE_MODULUS - 1);
    if (ahead < MAX_DROPOUT) {
      this.#highest += ahead;
      this.extended = this.#highest + SEQUENCE_MODULUS;
      return 'ok';
    }
    const behind = SEQUENCE_MODULUS - ahead;
    if (behind <= MAX_MISORDER) {
      this.extended = this.#highest + SEQUENCE_MODULUS - behind;
      return 'ok';
    }
    if (sequence === this.#suspect) {
      this.restart();
      return this.#begin(sequence);
    }
    this.#suspect = (sequence + 1) & (SEQUENCE_MODULUS - 1);
    return 'suspect';
  }

  #begin(sequence: number): SequenceVerdict {
    this.#started = true;
    this.#suspect = -1;
    this.#base = sequence;
    this.#highest = sequence;
    this.extended = sequence + SEQUENCE_MODULUS;
    return 'restarted';
  }
}
