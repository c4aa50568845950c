/**
 * Where we send to and whom we believe (symmetric RTP, RFC 4961): first the address the SDP names, then the source of the
 * first valid packets, because a peer behind a NAT cannot know its own address.
 *
 * | state     | packet from                          | becomes                                                        |
 * | --------- | ------------------------------------ | -------------------------------------------------------------- |
 * | signalled | the signalled address                | latched to it; nobody can take that away while it speaks       |
 * | signalled | another address, n times in a row    | latched to that address                                        |
 * | latched   | the latched address                  | stays                                                          |
 * | latched   | the signalled address, n in a row    | latched to it (of two forks that were heard, it has answered)   |
 * | latched   | another, same SSRC, after a silence  | latched to that address (a NAT gave the peer another binding)  |
 * | latched   | another, any SSRC, after long silence| latched to that address (the peer started anew elsewhere)      |
 * | latched   | another, otherwise                   | stray: dropped and counted                                     |
 */

/** Packets an address that no SDP named must send one after another, so that one stray packet captures nothing. */
const LATCH_AFTER_PACKETS = 3;
/** The latched address must have been silent for this long before the same SSRC may go on from another one. */
export const RELATCH_SAME_SOURCE_MS = 500;
/** ... and for this long before another SSRC may: longer than the gaps of a peer that suppresses silence. */
export const RELATCH_OTHER_SOURCE_MS = 5_000;

export class Latch {
  address = '';
  port = 0;
  #latched = false;
  #signalledAddress = '';
  #signalledPort = 0;
  #ssrc = 0;
  #lastMs = 0;
  #candidateAddress = '';
  #candidatePort = 0;
  #candidateCount = 0;

  /** A new SDP. The same address again keeps the latch; another one begins anew. */
  signal(address: string, port: number): void {
    if (address === this.#signalledAddress && port === this.#signalledPort) return;
    this.#signalledAddress = address;
    this.#signalledPort = port;
    this.address = address;
    this.port = port;
    this.#latched = false;
    this.#candidateCount = 0;
  }

  /** @returns whether the packet counts; false = stray. Call it only with packets that are valid RTP of an agreed payload type. */
  accept(address: string, port: number, ssrc: number, nowMs: number): boolean {
    if (port === this.port && address === this.address) {
      this.#latched = true;
      this.#ssrc = ssrc;
      this.#lastMs = nowMs;
      this.#candidateCount = 0;
      return true;
    }
    if (this.#latched) {
      const silentMs = nowMs - this.#lastMs;
      const isSignalled = port === this.#signalledPort && address === this.#signalledAddress;
      if (!isSignalled && silentMs < (ssrc === this.#ssrc ? RELATCH_SAME_SOURCE_MS : RELATCH_OTHER_SOURCE_MS)) return false;
    }
    if (port !== this.#candidatePort || address !== this.#candidateAddress) {
      this.#candidateAddress = address;
      this.#candidatePort = port;
      this.#candidateCount = 0;
    }
    if (++this.#candidateCount < LATCH_AFTER_PACKETS) return false;
    this.address = address;
    this.port = port;
    this.#latched = true;
    this.#ssrc = ssrc;
    this.#lastMs = nowMs;
    this.#candidateCount = 0;
    return true;
  }
}
