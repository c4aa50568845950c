import { Framer, MAX_PDU_LENGTH } from '../src/carriers/smpp/framer.ts';
import { decodePdu, encodePdu, type MalformedPdu, type Pdu } from '../src/carriers/smpp/pdu.ts';
import { BufferSink } from '../src/carriers/smpp/pdu-fields.ts';
import type { Dial, Wire, WireEvents } from '../src/carriers/smpp/wire.ts';

/** One connection as the far end of a memory network sees it. */
export class MemoryPeer {
  /** Everything the client has written, in order. */
  readonly received: (Pdu | MalformedPdu)[] = [];
  /** Calls of `write`: how often the client bothered the kernel. */
  writes = 0;
  paused = false;
  /** `ended` after an orderly close by the client, `dropped` after an abrupt one. */
  closing: 'ended' | 'dropped' | undefined;
  /** Called for each PDU of the client as it arrives. */
  answer: ((pdu: Pdu | MalformedPdu) => void) | undefined;
  readonly #events: WireEvents;
  readonly #sink = new BufferSink();
  readonly #framer: Framer;
  #held: Buffer[] = [];

  constructor(events: WireEvents) {
    this.#events = events;
    this.#framer = new Framer(MAX_PDU_LENGTH, (buffer, start, end) => {
      const pdu = decodePdu(Buffer.from(buffer.subarray(start, end)), 0, end - start);
      this.received.push(pdu);
      this.answer?.(pdu);
    });
  }

  readonly wire: Wire = {
    write: (chunks, written) => {
      this.writes++;
      for (const chunk of chunks) this.#framer.push(Buffer.from(chunk));
      queueMicrotask(written);
    },
    unwritten: 0,
    pause: () => {
      this.paused = true;
    },
    resume: () => {
      this.paused = false;
      for (const chunk of this.#held.splice(0)) this.sendOctets(chunk);
    },
    end: () => {
      this.closing = 'ended';
    },
    drop: () => {
      this.closing = 'dropped';
    },
  };

  accept(): void {
    this.#events.connected();
  }

  send(...pdus: readonly Pdu[]): void {
    for (const pdu of pdus) encodePdu(this.#sink, pdu);
    this.sendOctets(this.#sink.take());
  }

  sendOctets(octets: Uint8Array): void {
    if (this.paused) this.#held.push(Buffer.from(octets));
    else this.#events.data(Buffer.from(octets));
  }

  close(reason = 'ECONNRESET', permanent = false): void {
    this.#events.closed(reason, permanent);
  }
}

/** A network in memory: hands every connection attempt to the test as a `MemoryPeer`. */
export class MemoryNetwork {
  readonly peers: MemoryPeer[] = [];
  /** Called for each new peer; without it the test accepts by hand. */
  onDial: ((peer: MemoryPeer) => void) | undefined;

  readonly dial: Dial = (_target, events) => {
    const peer = new MemoryPeer(events);
    this.peers.push(peer);
    if (this.onDial !== undefined) {
      const { onDial } = this;
      queueMicrotask(() => onDial(peer));
    }
    return peer.wire;
  };

  /** The latest connection. */
  get peer(): MemoryPeer {
    const peer = this.peers.at(-1);
    if (peer === undefined) throw new Error('nobody has connected');
    return peer;
  }
}
