/** A sequence number that is further ahead than this begins a new count (RFC 3550 appendix A.1). */
const MAX_DROPOUT = 3000;
/** One that is further behind than this is not a late packet. */
const MAX_MISORDER = 100;
const SEQUENCE_MODULUS = 0x10000;

/** What `observe` makes of a sequence number. `restarted`: the count begins anew; `suspect`: a jump, believed when the next follows it. */
export type SequenceVerdict = 'ok' | 'restarted' | 'suspect';

/** Counts the cycles of one source's sequence numbers in, so that they never wrap (RFC 3550 appendix A.1). */
export class SequenceExtender {
  /** Number, cycles counted in, of the packet observed last. It begins a cycle up, so that it is never negative. */
  extended = 0;
  #highest = 0;
  #suspect = -1;
  #started = false;

  /** Begins to count a new source (a changed SSRC). */
  restart(): void {
    this.#started = false;
    this.#suspect = -1;
  }

  /** Takes the number of a packet. After `suspect` `extended` is not set. */
  observe(sequence: number): SequenceVerdict {
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
    if (sequence === this.#suspect) return this.#begin(sequence);
    this.#suspect = (sequence + 1) & (SEQUENCE_MODULUS - 1);
    return 'suspect';
  }

  #begin(sequence: number): SequenceVerdict {
    this.#started = true;
    this.#suspect = -1;
    this.#highest = sequence;
    this.extended = sequence + SEQUENCE_MODULUS;
    return 'restarted';
  }
}
