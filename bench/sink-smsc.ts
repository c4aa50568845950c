/**
 * The SMSC at the far end of every measurement: accepts any bind, answers every submit_sm with ESME_ROK and a fresh message id, counts.
 * It parses no more of a PDU than it must, so that it is never what limits a run. Loopback only.
 *
 * As a process: `node bench/sink-smsc.ts <port> [receipts]` with an IPC channel; `{ "ask": "counts" }` is answered with `SinkCounts`.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { pathToFileURL } from 'node:url';

/** SMPP 3.4 §5.1.2.1 command ids that an ESME sends. */
const SUBMIT_SM = 0x00000004;
const BIND_RECEIVER = 0x00000001;
const BIND_TRANSMITTER = 0x00000002;
const BIND_TRANSCEIVER = 0x00000009;
const UNBIND = 0x00000006;
const ENQUIRE_LINK = 0x00000015;
const DELIVER_SM = 0x00000005;
const RESPONSE = 0x80000000;
const HEADER_OCTETS = 16;
/** Nothing an ESME sends here is longer; a larger length means the stream is out of step. */
const MAX_PDU_OCTETS = 70_000;
/** Highest sequence number of SMPP 3.4 §3.2. */
const MAX_SEQUENCE = 0x7fffffff;

export interface SinkCounts {
  readonly binds: number;
  /** submit_sm answered with ESME_ROK. */
  readonly submits: number;
  readonly receiptsSent: number;
  readonly receiptsAnswered: number;
}

export interface Sink {
  readonly port: number;
  counts(): SinkCounts;
  close(): Promise<void>;
}

export interface SinkOptions {
  readonly port?: number;
  /** Send a DELIVRD receipt for every submit that asks for one. */
  readonly receipts?: boolean;
}

function header(command: number, status: number, sequence: number, body: Buffer): Buffer {
  const pdu = Buffer.allocUnsafe(HEADER_OCTETS + body.length);
  pdu.writeUInt32BE(pdu.length, 0);
  pdu.writeUInt32BE(command >>> 0, 4);
  pdu.writeUInt32BE(status, 8);
  pdu.writeUInt32BE(sequence, 12);
  body.copy(pdu, HEADER_OCTETS);
  return pdu;
}

const NO_BODY = Buffer.alloc(0);
const SYSTEM_ID = Buffer.from('sink\0', 'latin1');

/** Source, destination and registered_delivery of a submit_sm (SMPP 3.4 §4.4.1), read only when receipts are on. */
function addresses(pdu: Buffer): { src: Buffer; dst: Buffer; registered: number } {
  let at = pdu.indexOf(0, HEADER_OCTETS) + 1 + 2;
  let end = pdu.indexOf(0, at) + 1;
  const src = pdu.subarray(at - 2, end);
  at = end + 2;
  end = pdu.indexOf(0, at) + 1;
  const dst = pdu.subarray(at - 2, end);
  at = end + 3;
  at = pdu.indexOf(0, at) + 1;
  at = pdu.indexOf(0, at) + 1;
  return { src, dst, registered: pdu[at] ?? 0 };
}

function receipt(sequence: number, id: string, src: Buffer, dst: Buffer): Buffer {
  const text = Buffer.from(
    `id:${id} sub:001 dlvrd:001 submit date:2601010000 done date:2601010000 stat:DELIVRD err:000 text:`,
    'latin1',
  );
  return header(
    DELIVER_SM,
    0,
    sequence,
    Buffer.concat([
      Buffer.from([0]),
      dst,
      src,
      Buffer.from([0x04, 0, 0, 0, 0, 0, 0, 0, 0, text.length]), // esm_class 0x04: SMSC delivery receipt
      text,
    ]),
  );
}

export async function startSink(options: SinkOptions = {}): Promise<Sink> {
  let binds = 0;
  let submits = 0;
  let receiptsSent = 0;
  let receiptsAnswered = 0;
  let nextSequence = 1;
  const sockets = new Set<Socket>();
  /** Receipts go out on a link that can receive; with separate binds that is another than the one that submitted. */
  const receivers = new Set<Socket>();

  function answer(pdu: Buffer, socket: Socket, out: Buffer[]): void {
    const command = pdu.readUInt32BE(4);
    const sequence = pdu.readUInt32BE(12);
    if (command === SUBMIT_SM) {
      const id = String(++submits);
      const length = HEADER_OCTETS + id.length + 1;
      const response = Buffer.allocUnsafe(length);
      response.writeUInt32BE(length, 0);
      response.writeUInt32BE(RESPONSE + SUBMIT_SM, 4);
      response.writeUInt32BE(0, 8);
      response.writeUInt32BE(sequence, 12);
      response.write(id, HEADER_OCTETS, 'latin1');
      response[length - 1] = 0;
      out.push(response);
      if (options.receipts === true) sendReceipt(pdu, id);
    } else if (command === ENQUIRE_LINK || command === UNBIND) {
      out.push(header(RESPONSE + command, 0, sequence, NO_BODY));
    } else if (command === BIND_TRANSCEIVER || command === BIND_RECEIVER || command === BIND_TRANSMITTER) {
      binds++;
      if (command !== BIND_TRANSMITTER) receivers.add(socket);
      out.push(header(RESPONSE + command, 0, sequence, SYSTEM_ID));
    } else if (command === RESPONSE + DELIVER_SM) {
      receiptsAnswered++;
    }
  }

  function sendReceipt(pdu: Buffer, id: string): void {
    const { src, dst, registered } = addresses(pdu);
    const [receiver] = receivers;
    if ((registered & 0x03) === 0 || receiver === undefined) return;
    nextSequence = nextSequence === MAX_SEQUENCE ? 1 : nextSequence + 1;
    receiptsSent++;
    receiver.write(receipt(nextSequence, id, src, dst));
  }

  const server: Server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    let pending: Buffer = NO_BODY;
    socket.on('data', (chunk: Buffer) => {
      const data = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      const out: Buffer[] = [];
      let at = 0;
      while (data.length - at >= 4) {
        const length = data.readUInt32BE(at);
        if (length < HEADER_OCTETS || length > MAX_PDU_OCTETS) {
          socket.destroy();
          return;
        }
        if (data.length - at < length) break;
        answer(data.subarray(at, at + length), socket, out);
        at += length;
      }
      pending = at === data.length ? NO_BODY : Buffer.from(data.subarray(at));
      if (out.length > 0) socket.write(out.length === 1 && out[0] !== undefined ? out[0] : Buffer.concat(out));
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      receivers.delete(socket);
    });
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('sink has no TCP port');

  return {
    port: address.port,
    counts: () => ({ binds, submits, receiptsSent, receiptsAnswered }),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const sink = await startSink({ port: Number(process.argv[2] ?? 2775), receipts: process.argv[3] === 'receipts' });
  process.on('message', () => process.send?.(sink.counts()));
  process.on('disconnect', () => process.exit(0));
  process.send?.({ port: sink.port });
  if (process.send === undefined) process.stdout.write(`sink SMSC on 127.0.0.1:${sink.port}\n`);
}
