import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Random } from '../../runtime/random.ts';
import { type RateLimit, TokenBucket, unlimited } from '../../runtime/token-bucket.ts';
import type {
  CarrierEvents,
  CarrierHealth,
  MessageCarrier,
  MessageService,
  OutboundMessage,
  PartOutcome,
  PartReport,
} from '../carrier.ts';
import { bindCommands } from './bind-kinds.ts';
import { ErrorCodes } from './error-codes.ts';
import { Inbound } from './inbound.ts';
import { SmppLink } from './link.ts';
import type { LinkOwner } from './link-options.ts';
import { MemoryPartStore } from './memory-part-store.ts';
import { MessageIds } from './message-ids.ts';
import { type SmppCarrierOptions, type SmppSettings, settleOptions } from './options.ts';
import type { PartStore } from './part-store.ts';
import type { DataSmPdu, ShortMessagePdu } from './pdu.ts';
import { parseSmppUrl, type SmppAddress } from './smpp-url.ts';
import { Status } from './statuses.ts';
import { PartTicket, Submission } from './submission.ts';
import { SubmitBodies } from './submit-body.ts';
import { checkTls, type Dial, dialSocket } from './wire.ts';

/** What is handed in; `dial` and `parts` have defaults for trying out. */
export interface SmppCarrierSurroundings {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Real sockets when left out. */
  readonly dial?: Dial;
  /** Where parts of incoming long messages wait; in memory when left out, which loses them with the process. */
  readonly parts?: PartStore;
}

/** Throws an Error naming the option that is wrong: TypeError for the URL, RangeError for numbers, that of OpenSSL for certificates. Nothing connects before `start`. */
export function createSmppCarrier(options: SmppCarrierOptions, surroundings: SmppCarrierSurroundings): MessageCarrier {
  return new SmppCarrier(options, surroundings);
}

const SERVICES: ReadonlySet<MessageService> = new Set(['sms']);

/** Submits saved up while idle, in seconds: an SMSC that counts in short spans sees no burst. */
const BURST_SECONDS = 0.1;

/** Submits a second; 0 = unlimited. */
const throughputLimit = (perSecond: number): RateLimit =>
  perSecond === 0 ? unlimited : { ratePerSecond: perSecond, burst: Math.max(1, perSecond * BURST_SECONDS) };

/** SMPP 3.4 client: one or several binds to an SMSC as one way out and in for text messages. */
class SmppCarrier implements MessageCarrier, LinkOwner {
  readonly name: string;
  readonly kind = 'smpp';
  readonly services = SERVICES;
  readonly clock: Clock;
  readonly codes: ErrorCodes;
  readonly ids: MessageIds;
  readonly bodies: SubmitBodies;
  readonly #log: Log;
  readonly #settings: SmppSettings;
  readonly #parts: PartStore;
  readonly #bucket: TokenBucket;
  readonly #links: readonly SmppLink[];
  readonly #senders: readonly SmppLink[];
  #events: CarrierEvents | undefined;
  #inbound: Inbound | undefined;
  #stopping = false;
  /** Somebody used up the room or found none, and is to be told when there is some. */
  #lookedInVain = false;
  #tellPlanned = false;
  #cancelBucket: (() => void) | undefined;
  #drained: (() => void) | undefined;

  constructor(options: SmppCarrierOptions, surroundings: SmppCarrierSurroundings) {
    this.name = options.name;
    this.clock = surroundings.clock;
    this.#log = surroundings.log;
    this.#settings = settleOptions(options);
    this.codes = new ErrorCodes(this.#settings.errorCodes, this.#settings.throttlingStatuses);
    this.ids = new MessageIds(this.#settings.submitIdForm, this.#settings.receiptIdForm);
    this.bodies = new SubmitBodies(this.#settings);
    this.#parts = surroundings.parts ?? new MemoryPartStore();
    this.#bucket = new TokenBucket(throughputLimit(this.#settings.throughput));
    this.#links = this.#makeLinks(parseSmppUrl(options.url), options, surroundings);
    this.#senders = this.#links.filter((link) => link.sends);
  }

  capacity(): number {
    const room = this.#room();
    if (room === 0) this.#lookedInVain = true;
    return room;
  }

  health(): CarrierHealth {
    const links = this.#links.map((link) => link.health());
    const relevant = this.#senders.length > 0 ? this.#senders : this.#links;
    if (relevant.some((link) => link.up)) return { state: 'up', links };
    return { state: relevant.every((link) => link.hopeless) ? 'failed' : 'down', links };
  }

  start(events: CarrierEvents): void {
    const { clock, codes, ids } = this;
    this.#events = events;
    this.#inbound = new Inbound({
      carrier: this.name,
      alphabet: this.#settings.defaultAlphabet,
      clock,
      log: this.#log,
      codes,
      ids,
      parts: this.#parts,
      events,
    });
    for (const link of this.#links) link.start();
  }

  /**
   * Placed by the hash of source and destination, so that messages of one pair keep their order; on another bind only when that one
   * has no place. A message with more parts than there is room for is taken whole as long as there is room for one: the rest waits
   * in the link, which takes nothing else meanwhile.
   */
  submit(message: OutboundMessage): Promise<readonly PartReport[]> {
    const { pendingParts } = message;
    if (pendingParts.length === 0) return Promise.resolve([]);
    const envelope = this.bodies.envelope(message);
    if (envelope === 'source')
      return this.#refuse(message, { kind: 'rejected', errorCode: '40', reason: 'source address does not fit SMPP' });
    if (envelope === 'dest') {
      return this.#refuse(message, { kind: 'rejected', errorCode: '50', reason: 'destination address does not fit SMPP' });
    }
    const link = this.#place(message);
    if (link === undefined) {
      this.#lookedInVain = true;
      return this.#refuse(message, { kind: 'unsent', reason: this.#whyNot() });
    }
    return new Promise((resolve) => {
      const whole = this.bodies.wholeText(message);
      const tickets = whole ? 1 : pendingParts.length;
      this.#bucket.take(this.clock.monotonic(), tickets);
      const submission = new Submission(this, envelope, link.name, tickets, resolve);
      if (whole) link.submit(new PartTicket(submission, undefined));
      else for (const part of pendingParts) link.submit(new PartTicket(submission, part));
      if (this.#room() === 0) this.#lookedInVain = true;
    });
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    this.#cancelBucket?.();
    if (this.#outstanding() > 0) {
      await new Promise<void>((resolve) => {
        const cancel = this.clock.after(graceMs, resolve);
        this.#drained = () => {
          cancel();
          resolve();
        };
      });
    }
    this.#drained = undefined;
    await Promise.all(this.#links.map((link) => link.stop()));
    this.#inbound?.stop();
  }

  linkChanged(_link: SmppLink): void {
    this.#tell();
  }

  roomAppeared(_link: SmppLink): void {
    if (this.#stopping) {
      if (this.#drained !== undefined && this.#outstanding() === 0) this.#drained();
      return;
    }
    if (this.#lookedInVain && this.#room() > 0) this.#tell();
  }

  async deliver(link: SmppLink, pdu: ShortMessagePdu | DataSmPdu): Promise<number> {
    if (this.#inbound === undefined) return Status.temporaryAppError;
    try {
      await this.#inbound.take(link.name, pdu.body);
      return Status.ok;
    } catch (error) {
      this.#log.warn({ link: link.name, err: error }, 'smpp delivery not stored, the SMSC is asked to repeat it');
      return Status.temporaryAppError;
    }
  }

  #makeLinks(address: SmppAddress, options: SmppCarrierOptions, surroundings: SmppCarrierSurroundings): readonly SmppLink[] {
    const settings = this.#settings;
    const target = { host: address.host, port: address.port, tls: address.secure ? (options.tls ?? {}) : undefined };
    if (target.tls !== undefined) checkTls(target.tls);
    const around = { ...surroundings, dial: surroundings.dial ?? dialSocket };
    const links: SmppLink[] = [];
    for (let index = 0; index < settings.binds; index++) {
      for (const bind of bindCommands(settings.bind)) {
        const role = settings.bind === 'separate' ? (bind === 'bind_transmitter' ? '-tx' : '-rx') : '';
        const linkOptions = {
          name: `${settings.name}#${index + 1}${role}`,
          target,
          bind,
          systemId: address.systemId,
          password: address.password,
          systemType: settings.systemType,
          addressRange: settings.addressRange,
          window: settings.window,
          enquireLinkIntervalMs: settings.enquireLinkIntervalMs,
          enquireLinkTimeoutMs: settings.enquireLinkTimeoutMs,
          responseTimeoutMs: settings.responseTimeoutMs,
          inboundLimit: settings.inboundLimit,
          inboundTimeoutMs: settings.inboundTimeoutMs,
          isThrottle: (status: number) => this.codes.isThrottle(status),
        };
        links.push(new SmppLink(linkOptions, this, around));
      }
    }
    return links;
  }

  #room(): number {
    if (this.#stopping) return 0;
    const tokens = this.#bucket.available(this.clock.monotonic());
    if (tokens === 0) {
      this.#waitForTokens();
      return 0;
    }
    let free = 0;
    for (const link of this.#senders) free += link.free();
    return Math.min(free, tokens);
  }

  #waitForTokens(): void {
    this.#cancelBucket ??= this.clock.after(Math.max(0, Math.ceil(this.#bucket.readyAt - this.clock.monotonic())), () => {
      this.#cancelBucket = undefined;
      if (this.#lookedInVain && this.#room() > 0) this.#tell();
    });
  }

  #place(message: OutboundMessage): SmppLink | undefined {
    const senders = this.#senders;
    if (this.#stopping || senders.length === 0 || this.#bucket.available(this.clock.monotonic()) === 0) return undefined;
    const first = senders.length === 1 ? 0 : pairHash(message.src, message.dst) % senders.length;
    for (let offset = 0; offset < senders.length; offset++) {
      const link = senders[(first + offset) % senders.length];
      if (link !== undefined && link.free() > 0) return link;
    }
    return undefined;
  }

  #whyNot(): string {
    if (this.#stopping) return `carrier ${this.name} is stopping`;
    return this.#senders.some((link) => link.up) ? `carrier ${this.name} has no room` : `carrier ${this.name} is not bound`;
  }

  #refuse(message: OutboundMessage, outcome: PartOutcome): Promise<readonly PartReport[]> {
    const now = this.clock.now();
    const summary = `submit_sm -> ${outcome.kind}`;
    return Promise.resolve(
      message.pendingParts.map((part) => ({ part, outcome, link: this.name, submittedAt: now, answeredAt: now, summary })),
    );
  }

  #outstanding(): number {
    let open = 0;
    for (const link of this.#links) open += link.outstanding;
    return open;
  }

  /** Once for everything that one read brought, so that the dispatcher looks at the whole room. */
  #tell(): void {
    if (this.#tellPlanned) return;
    this.#tellPlanned = true;
    queueMicrotask(() => {
      this.#tellPlanned = false;
      this.#lookedInVain = false;
      this.#events?.changed(this.name);
    });
  }
}

/** FNV-1a over both addresses. */
function pairHash(src: string, dst: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < src.length; index++) hash = Math.imul(hash ^ src.charCodeAt(index), 0x01000193);
  for (let index = 0; index < dst.length; index++) hash = Math.imul(hash ^ dst.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
