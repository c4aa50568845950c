import type { PduSink } from './pdu-fields.ts';

/** Some 200 submit_sm of ordinary size: one event-loop turn of a busy link fits into one write. */
const CHUNK_OCTETS = 32_768;

/**
 * What is to be written at the end of the event-loop turn: PDUs are encoded one behind the other straight into a preallocated
 * chunk, so that a turn costs one write and no concatenation (6 µs CPU a submit at a window of 10, bench/smpp.ts). The chunk is used anew once the socket has written all of it.
 */
export class Outbox implements PduSink {
  buffer: Buffer = Buffer.allocUnsafeSlow(CHUNK_OCTETS);
  at = 0;
  #start = 0;
  #full: Buffer[] = [];
  /** Takes that the socket has not reported as written. */
  #underWay = 0;

  reserve(octets: number): void {
    if (this.buffer.length - this.at >= octets) return;
    if (this.at > this.#start) this.#full.push(this.buffer.subarray(this.#start, this.at));
    this.buffer = Buffer.allocUnsafeSlow(Math.max(CHUNK_OCTETS, octets));
    this.#start = 0;
    this.at = 0;
  }

  get empty(): boolean {
    return this.at === this.#start && this.#full.length === 0;
  }

  /** The octets to write, in order; `written` is to be called once when the last of them has left the process. */
  take(): readonly Buffer[] {
    const chunks = this.#full;
    if (this.at > this.#start) chunks.push(this.buffer.subarray(this.#start, this.at));
    this.#start = this.at;
    this.#full = [];
    this.#underWay++;
    return chunks;
  }

  readonly written = (): void => {
    this.#underWay--;
    if (this.#underWay > 0 || !this.empty) return;
    this.#start = 0;
    this.at = 0;
  };
}
