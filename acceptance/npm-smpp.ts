/** The npm package `smpp` as an SMSC: another reading of the specification than ours, with its own codecs. */
import { createRequire } from 'node:module';
import { eventually } from './wait.ts';

export interface ForeignPdu {
  readonly command: string;
  readonly source_addr: string;
  readonly destination_addr: string;
  readonly esm_class: number;
  readonly data_coding: number;
  readonly registered_delivery: number;
  /** Text decoded by the package according to data_coding, and the UDH it took off. */
  readonly short_message?: {
    readonly message: string | Buffer;
    readonly udh?: readonly { id: number; data?: Buffer }[] | Buffer;
  };
  readonly message_payload?: { readonly message: string | Buffer } | string | Buffer;
  response(values?: Record<string, unknown>): ForeignPdu;
}

interface ForeignSession {
  on(event: string, listener: (pdu: ForeignPdu) => void): void;
  send(pdu: ForeignPdu): void;
  deliver_sm(values: Record<string, unknown>, answered: (pdu: { command_status: number }) => void): void;
  close(): void;
  destroy(): void;
}

interface ForeignServer {
  listen(port: number, host: string, listening: () => void): void;
  address(): { port: number };
  close(closed: () => void): void;
}

interface ForeignModule {
  createServer(accept: (session: ForeignSession) => void): ForeignServer;
  encodings: Record<'ASCII' | 'LATIN1' | 'UCS2', { encode(text: string): Buffer; decode(octets: Buffer): string }>;
}

const require = createRequire(import.meta.url);
const smpp: ForeignModule = require('smpp');

export const encodings = smpp.encodings;

export class NpmSmsc {
  readonly submits: ForeignPdu[] = [];
  readonly binds: string[] = [];
  readonly #sessions = new Set<ForeignSession>();
  readonly #server: ForeignServer;
  #ids = 0;

  constructor() {
    this.#server = smpp.createServer((session) => {
      this.#sessions.add(session);
      for (const bind of ['bind_transceiver', 'bind_transmitter', 'bind_receiver']) {
        session.on(bind, (pdu) => {
          this.binds.push(bind);
          session.send(pdu.response({ system_id: 'npm' }));
        });
      }
      session.on('enquire_link', (pdu) => session.send(pdu.response()));
      session.on('unbind', (pdu) => {
        session.send(pdu.response());
        session.close();
      });
      session.on('submit_sm', (pdu) => {
        this.submits.push(pdu);
        const id = (++this.#ids).toString(16).padStart(8, '0');
        session.send(pdu.response({ message_id: id }));
        if (pdu.registered_delivery !== 0) this.#receipt(session, pdu, id);
      });
      session.on('error', () => this.#sessions.delete(session));
      session.on('close', () => this.#sessions.delete(session));
    });
  }

  static async start(): Promise<NpmSmsc> {
    const smsc = new NpmSmsc();
    await new Promise<void>((resolve) => smsc.#server.listen(0, '127.0.0.1', resolve));
    return smsc;
  }

  get url(): string {
    return `smpp://npm:secret@127.0.0.1:${this.#server.address().port}`;
  }

  /** A deliver_sm on the first session; resolves with the status of its answer. */
  async deliver(values: Record<string, unknown>): Promise<number> {
    const session = await eventually('session', () => [...this.#sessions][0]);
    return await new Promise((resolve) => session.deliver_sm(values, (answer) => resolve(answer.command_status)));
  }

  async stop(): Promise<void> {
    for (const session of this.#sessions) session.destroy();
    await new Promise<void>((resolve) => this.#server.close(resolve));
  }

  /** Ids go out as hex in the answer and as decimal in the receipt, as some SMSCs do. */
  #receipt(session: ForeignSession, pdu: ForeignPdu, id: string): void {
    const decimal = Number.parseInt(id, 16).toString().padStart(10, '0');
    session.deliver_sm(
      {
        source_addr: pdu.destination_addr,
        destination_addr: pdu.source_addr,
        esm_class: 4,
        short_message: `id:${decimal} sub:001 dlvrd:001 submit date:2601010000 done date:2601010001 stat:DELIVRD err:000 text:`,
      },
      () => {},
    );
  }
}
