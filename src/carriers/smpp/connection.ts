import type { Clock } from '../../runtime/clock.ts';
import { Framer, MAX_PDU_LENGTH } from './framer.ts';
import { Outbox } from './outbox.ts';
import { decodePdu, encodePdu, MAX_SEQUENCE, type MalformedPdu, type Pdu } from './pdu.ts';
import type { Dial, Wire, WireTarget } from './wire.ts';

/** Answers the peer does not read: above this we stop reading its requests, so that neither side's memory grows. */
const UNWRITTEN_LIMIT = 262_144;

export interface ConnectionEvents {
  connected(): void;
  pdu(pdu: Pdu | MalformedPdu): void;
  /** An impossible command_length: the stream cannot be followed any more. */
  unframeable(commandLength: number): void;
  closed(reason: string, permanent: boolean): void;
}

/**
 * One connection to an SMSC as a stream of PDUs: written together at the end of the event-loop turn, read one by one, and held up
 * while the link processes enough already or the peer does not read. After `end` or `drop` nothing is told any more.
 */
export class Connection {
  /** Monotonic time at which the peer last sent anything. */
  heardAt = 0;
  readonly #clock: Clock;
  readonly #outbox = new Outbox();
  readonly #framer: Framer;
  readonly #wire: Wire;
  #alive = true;
  #sequence = 0;
  #ordinal = 0;
  #flushedOrdinal = 0;
  #flushPlanned = false;
  #heldUp = false;
  #peerSlow = false;

  constructor(clock: Clock, dial: Dial, target: WireTarget, events: ConnectionEvents) {
    this.#clock = clock;
    this.#framer = new Framer(MAX_PDU_LENGTH, (buffer, start, end) => {
      if (this.#alive) events.pdu(decodePdu(buffer, start, end));
    });
    this.#wire = dial(target, {
      connected: () => {
        if (this.#alive) events.connected();
      },
      data: (chunk) => {
        if (!this.#alive) return;
        this.heardAt = this.#clock.monotonic();
        this.#framer.push(chunk);
        if (this.#alive && this.#framer.broken) events.unframeable(this.#framer.brokenLength);
      },
      closed: (reason, permanent) => {
        if (!this.#alive) return;
        this.#alive = false;
        events.closed(reason, permanent);
      },
    });
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Nothing is read at the moment, by our own decision. */
  get readingPaused(): boolean {
    return this.#heldUp || this.#peerSlow;
  }

  nextSequence(): number {
    this.#sequence = this.#sequence === MAX_SEQUENCE ? 1 : this.#sequence + 1;
    return this.#sequence;
  }

  /** Queues the PDU for the write at the end of this turn; returns its number for `left`. RangeError when it cannot be encoded. */
  send(pdu: Pdu): number {
    encodePdu(this.#outbox, pdu);
    if (!this.#flushPlanned) {
      this.#flushPlanned = true;
      setImmediate(this.#flush);
    }
    return ++this.#ordinal;
  }

  /** Whether the PDU that `send` gave this number has been handed to the socket. */
  left(ordinal: number): boolean {
    return ordinal <= this.#flushedOrdinal;
  }

  /** Stops or resumes reading for the link's own reasons. */
  holdUp(hold: boolean): void {
    if (this.#heldUp === hold) return;
    this.#heldUp = hold;
    this.#regulate();
  }

  /** Closes after what is queued has gone out. */
  end(): void {
    if (!this.#alive) return;
    this.#flush();
    this.#alive = false;
    this.#framer.pause();
    this.#wire.end();
  }

  /** Closes at once. */
  drop(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#framer.pause();
    this.#wire.drop();
  }

  readonly #flush = (): void => {
    this.#flushPlanned = false;
    if (!this.#alive || this.#outbox.empty) return;
    this.#flushedOrdinal = this.#ordinal;
    this.#wire.write(this.#outbox.take(), this.#written);
    if (!this.#peerSlow && this.#wire.unwritten > UNWRITTEN_LIMIT) {
      this.#peerSlow = true;
      this.#regulate();
    }
  };

  readonly #written = (): void => {
    this.#outbox.written();
    if (!this.#peerSlow || this.#wire.unwritten > UNWRITTEN_LIMIT) return;
    this.#peerSlow = false;
    this.#regulate();
  };

  #regulate(): void {
    if (!this.#alive) return;
    if (this.readingPaused) {
      this.#framer.pause();
      this.#wire.pause();
    } else {
      this.#wire.resume();
      this.#framer.resume();
    }
  }
}
