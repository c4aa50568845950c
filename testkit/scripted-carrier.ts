import type {
  CarrierEvents,
  CarrierHealth,
  CarrierInbound,
  CarrierReceipt,
  MessageCarrier,
  MessageService,
  OutboundMessage,
  PartOutcome,
  PartReport,
} from '../src/carriers/carrier.ts';
import type { Clock } from '../src/runtime/clock.ts';

/** What becomes of one part of a message. May wait: the place in the window is taken until it answers. */
export type PartScript = (message: OutboundMessage, part: number) => PartOutcome | Promise<PartOutcome>;

export interface ScriptedCarrierOptions {
  readonly name?: string;
  readonly services?: readonly MessageService[];
  /** Messages submitted at a time. */
  readonly window?: number;
}

/** A carrier for tests that does as told: accepts everything under ids of its own by default, and keeps what it was given. */
export class ScriptedCarrier implements MessageCarrier {
  readonly name: string;
  readonly kind = 'scripted';
  readonly services: ReadonlySet<MessageService>;
  /** Every submit, in order. */
  readonly submits: OutboundMessage[] = [];
  window: number;
  /** Chooses the outcome of each part; `accepted` by default. */
  script: PartScript;
  #state: CarrierHealth['state'] = 'up';
  readonly #clock: Clock;
  #events: CarrierEvents | undefined;
  #inFlight = 0;
  #accepted = 0;
  readonly #idsOf = new Map<string, string>();
  #stopped = false;

  constructor(clock: Clock, options: ScriptedCarrierOptions = {}) {
    this.#clock = clock;
    this.name = options.name ?? 'lab';
    this.services = new Set(options.services ?? ['sms', 'mms', 'whatsapp']);
    this.window = options.window ?? 100;
    this.script = () => this.accept();
  }

  /** Numbers that were submitted to, in order. */
  get destinations(): readonly string[] {
    return this.submits.map((message) => message.dst);
  }

  /** Submits that have no answer yet. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** The outcome `accepted` with the next id. */
  accept(carrierMessageId = `${this.name}-${++this.#accepted}`): PartOutcome {
    return { kind: 'accepted', carrierMessageId };
  }

  capacity(): number {
    return this.#state === 'up' && !this.#stopped ? Math.max(0, this.window - this.#inFlight) : 0;
  }

  health(): CarrierHealth {
    return { state: this.#state, links: [{ link: `${this.name}#1`, state: this.#state }] };
  }

  /** The link changes. */
  become(state: CarrierHealth['state']): void {
    this.#state = state;
    this.changed();
  }

  changed(): void {
    this.#events?.changed(this.name);
  }

  start(events: CarrierEvents): void {
    this.#events = events;
    events.changed(this.name);
  }

  async submit(message: OutboundMessage): Promise<readonly PartReport[]> {
    this.submits.push(message);
    this.#inFlight++;
    const submittedAt = this.#clock.now();
    try {
      return await Promise.all(
        message.pendingParts.map(async (part) => {
          const outcome = await this.script(message, part);
          if (outcome.kind === 'accepted') this.#idsOf.set(`${message.id} ${part}`, outcome.carrierMessageId);
          const answeredAt = this.#clock.now();
          return { part, outcome, link: `${this.name}#1`, submittedAt, answeredAt, summary: `submit ${part} -> ${outcome.kind}` };
        }),
      );
    } finally {
      this.#inFlight--;
      this.changed();
    }
  }

  /** Sends the receipt of a part; resolves when it is stored. */
  async receipt(messageId: string, state: CarrierReceipt['state'], change: Partial<CarrierReceipt> & { part?: number } = {}) {
    const { part = 0, ...rest } = change;
    await this.#events?.receipt({
      carrier: this.name,
      link: `${this.name}#1`,
      carrierMessageId: this.#idsOf.get(`${messageId} ${part}`) ?? 'unknown',
      state,
      errorCode: state === 'delivered' || state === 'read' ? '000' : '80',
      detail: `stat:${state}`,
      receivedAt: this.#clock.now(),
      ...rest,
    });
  }

  /** A text comes in; resolves when it is stored. */
  async inbound(from: string, to: string, text: string, change: Partial<CarrierInbound> = {}): Promise<void> {
    await this.#events?.inbound({
      carrier: this.name,
      link: `${this.name}#1`,
      from,
      to,
      service: 'sms',
      text,
      parts: 1,
      media: [],
      receivedAt: this.#clock.now(),
      ...change,
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
  }
}
