import type { Socket } from 'node:net';
import { Framer, MAX_PDU_LENGTH } from '../src/carriers/smpp/framer.ts';
import { Outbox } from '../src/carriers/smpp/outbox.ts';
import { type BindCommand, decodePdu, encodePdu, type MalformedPdu, type Pdu } from '../src/carriers/smpp/pdu.ts';

/** How long the SMSC waits for a deliver_sm_resp before the delivery counts as unanswered. */
const DELIVER_TIMEOUT_MS = 10_000;

export interface SmscSessionEvents {
  request(session: SmscSession, pdu: Pdu): void;
  closed(session: SmscSession): void;
}

interface Delivery {
  readonly resolve: (status: number) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** One client of the test SMSC: PDUs in and out, written together once an event-loop turn. */
export class SmscSession {
  /** Set by the SMSC when it accepts the bind. */
  bind: BindCommand | undefined;
  /** Everything the client sent that was no valid PDU. */
  readonly malformed: MalformedPdu[] = [];
  /** generic_nack of the client. */
  readonly nacks: number[] = [];
  readonly #socket: Socket;
  readonly #outbox = new Outbox();
  readonly #framer: Framer;
  readonly #events: SmscSessionEvents;
  readonly #deliveries = new Map<number, Delivery>();
  #sequence = 0;
  #planned = false;
  #open = true;

  constructor(socket: Socket, events: SmscSessionEvents) {
    this.#socket = socket;
    this.#events = events;
    this.#framer = new Framer(MAX_PDU_LENGTH, (buffer, start, end) => this.#receive(decodePdu(buffer, start, end)));
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.#framer.push(chunk);
      if (this.#framer.broken) socket.destroy();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#closed());
  }

  get open(): boolean {
    return this.#open;
  }

  send(pdu: Pdu): void {
    if (!this.#open) return;
    encodePdu(this.#outbox, pdu);
    if (this.#planned) return;
    this.#planned = true;
    setImmediate(() => this.#flush());
  }

  /** Raw octets, after what has been sent so far. */
  sendOctets(octets: Uint8Array): void {
    this.#flush();
    if (this.#open) this.#socket.write(octets);
  }

  /** Sends a request of its own and resolves with the status of the answer; rejects when the link goes first. */
  ask(command: 'deliver_sm' | 'data_sm' | 'enquire_link' | 'unbind', make: (sequence: number) => Pdu): Promise<number> {
    const sequence = ++this.#sequence;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#deliveries.delete(sequence);
        reject(new Error(`no answer to ${command}`));
      }, DELIVER_TIMEOUT_MS);
      this.#deliveries.set(sequence, { resolve, reject, timer });
      this.send(make(sequence));
    });
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  drop(): void {
    this.#socket.destroy();
  }

  end(): void {
    this.#flush();
    this.#socket.end();
  }

  #flush(): void {
    this.#planned = false;
    if (!this.#open || this.#outbox.empty) return;
    const chunks = this.#outbox.take();
    const last = chunks.length - 1;
    this.#socket.cork();
    chunks.forEach((chunk, index) => {
      if (index === last) this.#socket.write(chunk, this.#outbox.written);
      else this.#socket.write(chunk);
    });
    this.#socket.uncork();
  }

  #receive(pdu: Pdu | MalformedPdu): void {
    switch (pdu.command) {
      case 'malformed':
        this.malformed.push(pdu);
        this.send({ command: 'generic_nack', status: pdu.fault, sequence: pdu.sequence });
        return;
      case 'generic_nack':
        this.nacks.push(pdu.status);
        this.#answered(pdu);
        return;
      case 'enquire_link':
      case 'bind_receiver':
      case 'bind_transmitter':
      case 'bind_transceiver':
      case 'submit_sm':
      case 'data_sm':
      case 'unbind':
        this.#events.request(this, pdu);
        return;
      default:
        this.#answered(pdu);
    }
  }

  #answered({ sequence, status }: Pdu): void {
    const delivery = this.#deliveries.get(sequence);
    if (delivery === undefined) return;
    this.#deliveries.delete(sequence);
    clearTimeout(delivery.timer);
    delivery.resolve(status);
  }

  #closed(): void {
    this.#open = false;
    for (const { reject, timer } of this.#deliveries.values()) {
      clearTimeout(timer);
      reject(new Error('the link went down'));
    }
    this.#deliveries.clear();
    this.#events.closed(this);
  }
}
