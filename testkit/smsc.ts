import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { ShortMessage } from '../src/carriers/smpp/message-pdu.ts';
import type { BindPdu, Pdu } from '../src/carriers/smpp/pdu.ts';
import { Status } from '../src/carriers/smpp/statuses.ts';
import { deliverBody, receiptBody, type SmscReceipt } from './smsc-receipts.ts';
import { SmscSession } from './smsc-session.ts';
import { joinTexts, type ReceivedSubmit, type ReceivedText } from './smsc-texts.ts';

/** How a submit is answered. */
export type SmscReply =
  | { readonly kind: 'ok'; readonly messageId?: string; readonly delayMs?: number }
  /** Refused with this command_status: ESME_RTHROTTLED, ESME_RINVDSTADR, ... */
  | { readonly kind: 'status'; readonly status: number; readonly delayMs?: number }
  /** Taken, and never answered. */
  | { readonly kind: 'stall' }
  /** Taken, and the link goes down before the answer. */
  | { readonly kind: 'drop' }
  /** These octets instead of an answer. */
  | { readonly kind: 'octets'; readonly octets: Uint8Array };

export interface SmscOptions {
  readonly port?: number;
  readonly host?: string;
  /** PEM; the SMSC then speaks TLS. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** When given, other credentials are refused as SMSCs do. */
  readonly systemId?: string;
  readonly password?: string;
  /** Script: called for every submit in order of arrival. Default: ok. */
  readonly reply?: (submit: ReceivedSubmit, index: number) => SmscReply;
  /** Status of the answer to each bind in turn; default ESME_ROK. `stall` leaves it unanswered. */
  readonly bindReply?: (bind: BindPdu, index: number) => number | 'stall';
  /** Receipts sent of its own accord for every submit it takes; `early` ones go out before the answer. */
  readonly receipts?: (
    submit: ReceivedSubmit,
  ) => readonly (SmscReceipt & { readonly early?: boolean; readonly delayMs?: number })[];
  /** Leaves enquire_link unanswered. */
  readonly deaf?: boolean;
  /** Whether submits are kept for `submits` and `texts`; without, only `taken` counts. Default true. */
  readonly record?: boolean;
  /** How ids are written. Default decimal. */
  readonly idForm?: 'decimal' | 'hex';
}

const OK: SmscReply = { kind: 'ok' };
/** Ids begin here, so that hex and decimal writings differ. */
const FIRST_ID = 1_000_000;

/** A scriptable SMSC in this process: real sockets, the carrier's own codec, everything it got open to inspection. */
export class Smsc {
  readonly port: number;
  readonly host: string;
  /** Submits taken, that is answered ok, stalled or dropped, but not refused. In order of arrival. */
  readonly submits: ReceivedSubmit[] = [];
  readonly binds: BindPdu[] = [];
  /** Submits that arrived, refused ones too. */
  arrived = 0;
  taken = 0;
  /** enquire_link received. */
  enquiries = 0;
  unbinds = 0;
  /** Most submits that were unanswered at a time, over all sessions. */
  mostOutstanding = 0;
  #outstanding = 0;
  #options: SmscOptions;
  readonly #server: Server;
  readonly #sessions = new Set<SmscSession>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #nextId = FIRST_ID;

  static async listen(options: SmscOptions = {}): Promise<Smsc> {
    const { port = 0, host = '127.0.0.1', tls } = options;
    const server = tls === undefined ? createServer() : createTlsServer({ ...tls });
    server.listen(port, host);
    await once(server, 'listening');
    return new Smsc(server, host, options);
  }

  private constructor(server: Server, host: string, options: SmscOptions) {
    this.#server = server;
    this.#options = options;
    this.host = host;
    const address = server.address();
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
    server.on(options.tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => this.#accept(socket));
    server.on('tlsClientError', () => undefined);
  }

  /** For the carrier: `smpp://id:password@127.0.0.1:port`. */
  get url(): string {
    const { systemId = 'ringdown', password = 'secret', tls } = this.#options;
    const user = `${encodeURIComponent(systemId)}:${encodeURIComponent(password)}`;
    return `${tls === undefined ? 'smpp' : 'ssmpp'}://${user}@${this.host}:${this.port}`;
  }

  /** Sessions that are bound, in order of their binds. */
  get sessions(): readonly SmscSession[] {
    return [...this.#sessions].filter((session) => session.bind !== undefined);
  }

  /** What handsets would show of everything taken so far. */
  texts(): readonly ReceivedText[] {
    return joinTexts(this.submits);
  }

  /** Changes the script while running. */
  script(changes: Partial<SmscOptions>): void {
    this.#options = { ...this.#options, ...changes };
  }

  /** Sends a receipt over the first receiving bind; resolves with the status of its answer. */
  receipt(receipt: SmscReceipt): Promise<number> {
    return this.deliver(receiptBody(receipt));
  }

  /** Sends a deliver_sm over the first receiving bind; resolves with the status of its answer. */
  deliver(body: Partial<ShortMessage>): Promise<number> {
    const session = this.#receiver();
    if (session === undefined) return Promise.reject(new Error('no receiving bind'));
    const whole = deliverBody(body);
    return session.ask('deliver_sm', (sequence) => ({ command: 'deliver_sm', status: Status.ok, sequence, body: whole }));
  }

  /** Cuts all connections as a crash would. */
  dropAll(): void {
    for (const session of this.#sessions) session.drop();
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.dropAll();
    await closed;
  }

  #receiver(): SmscSession | undefined {
    return this.sessions.find((session) => session.bind !== 'bind_transmitter');
  }

  #accept(socket: Socket): void {
    const session = new SmscSession(socket, {
      request: (from, pdu) => this.#request(from, pdu),
      closed: (from) => this.#sessions.delete(from),
    });
    this.#sessions.add(session);
  }

  #request(session: SmscSession, pdu: Pdu): void {
    switch (pdu.command) {
      case 'submit_sm':
        this.#submit(session, pdu.sequence, pdu.body);
        return;
      case 'bind_receiver':
      case 'bind_transmitter':
      case 'bind_transceiver':
        this.#bind(session, pdu);
        return;
      case 'enquire_link':
        this.enquiries++;
        if (this.#options.deaf !== true)
          session.send({ command: 'enquire_link_resp', status: Status.ok, sequence: pdu.sequence });
        return;
      case 'unbind':
        this.unbinds++;
        session.send({ command: 'unbind_resp', status: Status.ok, sequence: pdu.sequence });
        session.end();
        return;
      default:
        session.send({ command: 'generic_nack', status: Status.invalidCommandId, sequence: pdu.sequence });
    }
  }

  #bind(session: SmscSession, pdu: BindPdu): void {
    this.binds.push(pdu);
    const status = this.#options.bindReply?.(pdu, this.binds.length - 1) ?? this.#judge(pdu);
    if (status === 'stall') return;
    if (status === Status.ok) session.bind = pdu.command;
    const body = { systemId: 'testkit', tlvs: [] };
    session.send({ command: `${pdu.command}_resp`, status, sequence: pdu.sequence, body });
  }

  #judge({ body }: BindPdu): number {
    const { systemId, password } = this.#options;
    if (systemId !== undefined && body.systemId !== systemId) return Status.invalidSystemId;
    return password !== undefined && body.password !== password ? Status.invalidPassword : Status.ok;
  }

  #submit(session: SmscSession, sequence: number, body: ShortMessage): void {
    const { reply, receipts, record = true, idForm = 'decimal' } = this.#options;
    const id = (this.#nextId++).toString(idForm === 'hex' ? 16 : 10);
    const index = this.arrived++;
    if (!record && reply === undefined && receipts === undefined) {
      this.taken++;
      this.#answer(session, sequence, Status.ok, id);
      return;
    }
    const received = { messageId: id, at: Date.now(), body: detached(body) };
    const answer = reply?.(received, index) ?? OK;
    const messageId = answer.kind === 'ok' ? (answer.messageId ?? id) : id;
    this.#outstanding++;
    this.mostOutstanding = Math.max(this.mostOutstanding, this.#outstanding);
    if (answer.kind !== 'status') {
      this.taken++;
      if (record) this.submits.push({ ...received, messageId });
    }
    const planned = answer.kind === 'ok' ? (receipts?.({ ...received, messageId }) ?? []) : [];
    for (const receipt of planned) if (receipt.early === true) this.#sendReceipt(receipt);
    this.#perform(session, sequence, answer, messageId);
    for (const receipt of planned)
      if (receipt.early !== true) this.#later(receipt.delayMs ?? 0, () => this.#sendReceipt(receipt));
  }

  #perform(session: SmscSession, sequence: number, answer: SmscReply, messageId: string): void {
    switch (answer.kind) {
      case 'ok':
      case 'status': {
        const status = answer.kind === 'ok' ? Status.ok : answer.status;
        this.#later(answer.delayMs ?? 0, () => {
          this.#outstanding--;
          this.#answer(session, sequence, status, status === Status.ok ? messageId : '');
        });
        return;
      }
      case 'drop':
        this.#outstanding--;
        session.drop();
        return;
      case 'octets':
        this.#outstanding--;
        session.sendOctets(answer.octets);
        return;
      case 'stall':
        return;
    }
  }

  #answer(session: SmscSession, sequence: number, status: number, messageId: string): void {
    session.send({ command: 'submit_sm_resp', status, sequence, body: { messageId, tlvs: [] } });
  }

  /** An unanswered one is the affair of the test, which sees it by `receipt()`; those of the script are sent and forgotten. */
  #sendReceipt(receipt: SmscReceipt): void {
    this.receipt(receipt).catch(() => undefined);
  }

  #later(ms: number, task: () => void): void {
    if (ms === 0) {
      task();
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      task();
    }, ms);
    this.#timers.add(timer);
  }
}

function detached(body: ShortMessage): ShortMessage {
  return {
    ...body,
    shortMessage: new Uint8Array(body.shortMessage),
    tlvs: body.tlvs.map(({ tag, value }) => ({ tag, value: new Uint8Array(value) })),
  };
}
