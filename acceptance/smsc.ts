/**
 * A scriptable SMSC on loopback, written against SMPP 3.4 without a library: every submit is kept with the octets of its text, with
 * whether it was answered, and with the link it came on and when that link ended, so that a test can tell a lawful duplicate from a bug.
 */
import { createServer, type Server, type Socket } from 'node:net';

const HEADER_OCTETS = 16;
const MAX_PDU_OCTETS = 70_000;

export const command = {
  genericNack: 0x80000000,
  bindReceiver: 0x1,
  bindTransmitter: 0x2,
  submitSm: 0x4,
  deliverSm: 0x5,
  unbind: 0x6,
  bindTransceiver: 0x9,
  enquireLink: 0x15,
} as const;
const RESPONSE = 0x80000000;

/** SMPP 3.4 §5.1.3. */
export const status = { ok: 0x00, queueFull: 0x14, submitFailed: 0x45, throttled: 0x58, invalidDestination: 0x0b } as const;

export interface Submit {
  readonly src: string;
  readonly dst: string;
  readonly esmClass: number;
  readonly dataCoding: number;
  readonly registeredDelivery: number;
  /** short_message, or message_payload when that was used; a UDH is part of it. */
  readonly body: Buffer;
  readonly tlvs: ReadonlyMap<number, Buffer>;
  readonly link: Link;
  /** Monotonic milliseconds. */
  readonly at: number;
  /** Message id given in an ESME_ROK answer that was written to the link. */
  messageId: string | undefined;
  /** Status of the answer, undefined while or when none was written. */
  answered: number | undefined;
  answeredAt: number | undefined;
}

export interface Link {
  readonly number: number;
  /** Command id of the bind, undefined before it. */
  bound: number | undefined;
  systemId: string;
  password: string;
  endedAt: number | undefined;
  readonly received: { command: number; status: number }[];
}

/** What to do with a submit: answer with a status (0 unless given) after a while, never answer, or cut the link. */
export type Reaction = { readonly status?: number; readonly afterMs?: number } | 'silent' | 'cut';

export interface Delivery {
  readonly from: string;
  readonly to: string;
  readonly body: Buffer;
  readonly esmClass?: number;
  readonly dataCoding?: number;
  readonly tlvs?: readonly (readonly [number, Buffer])[];
}

function pdu(commandId: number, statusCode: number, sequence: number, body: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(HEADER_OCTETS);
  header.writeUInt32BE(HEADER_OCTETS + body.length, 0);
  header.writeUInt32BE(commandId >>> 0, 4);
  header.writeUInt32BE(statusCode, 8);
  header.writeUInt32BE(sequence, 12);
  return Buffer.concat([header, body]);
}

const cString = (text: string) => Buffer.from(`${text}\0`, 'latin1');

class Reader {
  readonly #octets: Buffer;
  #at = HEADER_OCTETS;
  constructor(octets: Buffer) {
    this.#octets = octets;
  }
  get left(): number {
    return this.#octets.length - this.#at;
  }
  text(): string {
    const end = this.#octets.indexOf(0, this.#at);
    const value = this.#octets.toString('latin1', this.#at, end);
    this.#at = end + 1;
    return value;
  }
  byte(): number {
    return this.#octets.readUInt8(this.#at++);
  }
  bytes(length: number): Buffer {
    const value = Buffer.from(this.#octets.subarray(this.#at, this.#at + length));
    this.#at += length;
    return value;
  }
  tlvs(): Map<number, Buffer> {
    const found = new Map<number, Buffer>();
    while (this.left >= 4) {
      const head = this.bytes(4);
      found.set(head.readUInt16BE(0), this.bytes(head.readUInt16BE(2)));
    }
    return found;
  }
}

function readSubmit(octets: Buffer, link: Link): Submit {
  const reader = new Reader(octets);
  reader.text(); // service_type
  reader.bytes(2);
  const src = reader.text();
  reader.bytes(2);
  const dst = reader.text();
  const esmClass = reader.byte();
  reader.bytes(2); // protocol_id, priority_flag
  reader.text(); // schedule_delivery_time
  reader.text(); // validity_period
  const registeredDelivery = reader.byte();
  reader.byte(); // replace_if_present_flag
  const dataCoding = reader.byte();
  reader.byte(); // sm_default_msg_id
  const shortMessage = reader.bytes(reader.byte());
  const tlvs = reader.tlvs();
  return {
    src,
    dst,
    esmClass,
    dataCoding,
    registeredDelivery,
    body: tlvs.get(0x0424) ?? shortMessage,
    tlvs,
    link,
    at: performance.now(),
    messageId: undefined,
    answered: undefined,
    answeredAt: undefined,
  };
}

export class Smsc {
  readonly submits: Submit[] = [];
  readonly links: Link[] = [];
  /** Called after each submit was taken down; its answer is the reaction. */
  reaction: (submit: Submit, count: number) => Reaction = () => ({});
  /** Answer to binds. */
  bindStatus = 0;
  readonly #server: Server;
  readonly #sockets = new Map<Socket, Link>();
  readonly #awaiting = new Map<number, (statusCode: number | undefined) => void>();
  #sequence = 0;
  #messageId = 0;
  #port = 0;

  constructor() {
    this.#server = createServer({ noDelay: true }, (socket) => this.#serve(socket));
  }

  static async start(port = 0): Promise<Smsc> {
    const smsc = new Smsc();
    await smsc.listen(port);
    return smsc;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `smpp://tester:secret@127.0.0.1:${this.#port}`;
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    const address = this.#server.address();
    if (address !== null && typeof address === 'object') this.#port = address.port;
  }

  get bound(): Link[] {
    return [...this.#sockets.values()].filter((link) => link.bound !== undefined);
  }

  /** Cuts every link with a reset. */
  cutLinks(): void {
    for (const socket of this.#sockets.keys()) socket.resetAndDestroy();
  }

  /** Writes octets to every bound link as they are. */
  inject(octets: Buffer): void {
    for (const [socket, link] of this.#sockets) if (link.bound !== undefined) socket.write(octets);
  }

  /** Sends a deliver_sm on one link that can receive; resolves with the status of the answer, undefined when the link ended first. */
  async deliver(delivery: Delivery, timeoutMs = 10_000): Promise<number | undefined> {
    const receiver = [...this.#sockets].find(([, link]) => link.bound !== undefined && link.bound !== command.bindTransmitter);
    if (receiver === undefined) return undefined;
    const sequence = ++this.#sequence;
    const tlvs = (delivery.tlvs ?? []).map(([tag, value]) => {
      const head = Buffer.alloc(4);
      head.writeUInt16BE(tag, 0);
      head.writeUInt16BE(value.length, 2);
      return Buffer.concat([head, value]);
    });
    const body = Buffer.concat([
      cString(''),
      Buffer.from([1, 1]),
      cString(delivery.from),
      Buffer.from([1, 1]),
      cString(delivery.to),
      Buffer.from([delivery.esmClass ?? 0, 0, 0]),
      cString(''),
      cString(''),
      Buffer.from([0, 0, delivery.dataCoding ?? 0, 0, delivery.body.length]),
      delivery.body,
      ...tlvs,
    ]);
    return await new Promise((resolve) => {
      const finish = (statusCode: number | undefined) => {
        clearTimeout(timer);
        receiver[0].off('close', gone);
        this.#awaiting.delete(sequence);
        resolve(statusCode);
      };
      const gone = () => finish(undefined);
      const timer = setTimeout(gone, timeoutMs);
      receiver[0].once('close', gone);
      this.#awaiting.set(sequence, finish);
      receiver[0].write(pdu(command.deliverSm, 0, sequence, body));
    });
  }

  /** Sends the delivery receipt of a submit in text form (SMPP 3.4 appendix B), again until it is acknowledged. */
  async receipt(submit: Submit, stat = 'DELIVRD', err = '000'): Promise<boolean> {
    const text = `id:${submit.messageId ?? ''} sub:001 dlvrd:001 submit date:2601010000 done date:2601010001 stat:${stat} err:${err} text:`;
    for (let attempt = 0; attempt < 30; attempt++) {
      const answer = await this.deliver({ from: submit.dst, to: submit.src, esmClass: 0x04, body: Buffer.from(text, 'latin1') });
      if (answer === 0) return true;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    return false;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.keys()) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    const link: Link = {
      number: this.links.length + 1,
      bound: undefined,
      systemId: '',
      password: '',
      endedAt: undefined,
      received: [],
    };
    // One listener for each receipt that is under way.
    socket.setMaxListeners(0);
    this.links.push(link);
    this.#sockets.set(socket, link);
    let pending = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 4) {
        const length = pending.readUInt32BE(0);
        if (length < HEADER_OCTETS || length > MAX_PDU_OCTETS) {
          socket.destroy();
          return;
        }
        if (pending.length < length) return;
        const octets = pending.subarray(0, length);
        pending = pending.subarray(length);
        this.#take(octets, socket, link);
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      link.endedAt = performance.now();
      this.#sockets.delete(socket);
    });
  }

  #take(octets: Buffer, socket: Socket, link: Link): void {
    const commandId = octets.readUInt32BE(4);
    const sequence = octets.readUInt32BE(12);
    link.received.push({ command: commandId, status: octets.readUInt32BE(8) });
    switch (commandId) {
      case command.bindReceiver:
      case command.bindTransmitter:
      case command.bindTransceiver: {
        const reader = new Reader(octets);
        link.systemId = reader.text();
        link.password = reader.text();
        if (this.bindStatus === 0) link.bound = commandId;
        socket.write(pdu(RESPONSE + commandId, this.bindStatus, sequence, this.bindStatus === 0 ? cString('tester') : undefined));
        return;
      }
      case command.enquireLink:
        socket.write(pdu(RESPONSE + commandId, 0, sequence));
        return;
      case command.unbind:
        socket.end(pdu(RESPONSE + commandId, 0, sequence));
        return;
      case command.submitSm:
        this.#submit(readSubmit(octets, link), sequence, socket);
        return;
      case RESPONSE + command.deliverSm:
        this.#awaiting.get(sequence)?.(octets.readUInt32BE(8));
        return;
    }
  }

  #submit(submit: Submit, sequence: number, socket: Socket): void {
    this.submits.push(submit);
    const reaction = this.reaction(submit, this.submits.length);
    if (reaction === 'silent') return;
    if (reaction === 'cut') {
      socket.resetAndDestroy();
      return;
    }
    const answer = () => {
      if (socket.destroyed) return;
      const statusCode = reaction.status ?? 0;
      submit.answered = statusCode;
      submit.answeredAt = performance.now();
      if (statusCode === 0) submit.messageId = String(++this.#messageId);
      socket.write(
        pdu(RESPONSE + command.submitSm, statusCode, sequence, statusCode === 0 ? cString(submit.messageId ?? '') : undefined),
      );
    };
    if (reaction.afterMs === undefined) answer();
    else setTimeout(answer, reaction.afterMs);
  }
}
