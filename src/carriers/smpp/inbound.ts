import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { CarrierEvents, InboundOrigin } from '../carrier.ts';
import type { ErrorCodes } from './error-codes.ts';
import type { MessageIds } from './message-ids.ts';
import { type DataMessage, EsmClass, messageOctets, type ShortMessage } from './message-pdu.ts';
import type { DefaultAlphabet } from './options.ts';
import type { InboundPart, PartSet, PartStore } from './part-store.ts';
import { isReceipt, judgeReceipt, readReceipt } from './receipt.ts';
import { readText } from './text-coding.ts';
import { type Tlv, TlvTag, tlvInteger } from './tlv.ts';
import { type Concatenation, plausible, readUserDataHeader } from './udh.ts';

/** How often incomplete messages are looked through for those that have waited long enough. */
const SWEEP_MS = 10_000;

export interface InboundContext {
  readonly carrier: string;
  readonly alphabet: DefaultAlphabet;
  readonly clock: Clock;
  readonly log: Log;
  readonly codes: ErrorCodes;
  readonly ids: MessageIds;
  readonly parts: PartStore;
  readonly events: CarrierEvents;
}

/** What comes in by deliver_sm and data_sm: receipts, messages, and parts of long messages until they are joined. */
export class Inbound {
  readonly #context: InboundContext;
  #cancelSweep: (() => void) | undefined;
  #sweeping: Promise<void> | undefined;
  #stopped = false;

  constructor(context: InboundContext) {
    this.#context = context;
    this.#armSweep();
  }

  /** Resolves when what the PDU carries is stored; rejects when it could not be. */
  async take(link: string, body: ShortMessage | DataMessage): Promise<void> {
    if (isReceipt(body.esmClass, body.tlvs)) await this.#receipt(link, body);
    else await this.#message(link, body);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelSweep?.();
  }

  async #receipt(link: string, body: ShortMessage | DataMessage): Promise<void> {
    const { carrier, alphabet, clock, log, codes, ids, events } = this.#context;
    const { octets } = withoutHeader(body);
    // Receipts are ASCII whatever data_coding 0 means: the GSM alphabet would turn an underscore of an id into another sign.
    const text = readText(octets, body.dataCoding, alphabet === 'gsm' ? 'ascii' : alphabet);
    const receipt = readReceipt(body.esmClass, text, body.tlvs);
    const carrierMessageId = ids.receipted(receipt.parameterId, receipt.textId);
    if (carrierMessageId === undefined) {
      // Refusing it would only bring it back.
      log.warn({ link, state: receipt.state }, 'smpp receipt without a message id is dropped');
      return;
    }
    await events.receipt({ carrier, link, carrierMessageId, ...judgeReceipt(receipt, codes), receivedAt: clock.now() });
  }

  async #message(link: string, body: ShortMessage | DataMessage): Promise<void> {
    const { carrier, clock, parts } = this.#context;
    const { octets, concatenation } = withoutHeader(body);
    const place = concatenation ?? sarPlace(body.tlvs);
    const part: InboundPart = {
      carrier,
      link,
      from: digits(body.source),
      to: digits(body.dest),
      reference: place?.reference ?? 0,
      total: place?.total ?? 1,
      part: place?.part ?? 1,
      dataCoding: body.dataCoding,
      octets,
      receivedAt: clock.now(),
    };
    if (part.total === 1) {
      await this.#handOver([part], undefined);
      return;
    }
    const outcome = await parts.put(part);
    if (outcome.kind === 'complete') {
      await this.#handOver(outcome.set.parts, originOf(outcome.set));
      await parts.complete(outcome.set);
    } else if (outcome.kind === 'held' && outcome.crowded) {
      await this.#sweep();
    }
  }

  async #handOver(parts: readonly InboundPart[], origin: InboundOrigin | undefined): Promise<void> {
    const first = parts[0];
    if (first === undefined) return;
    const { carrier, from, to, link } = first;
    const text = this.#join(parts);
    const receivedAt = this.#context.clock.now();
    await this.#context.events.inbound({
      carrier,
      link,
      from,
      to,
      service: 'sms',
      text,
      parts: parts.length,
      media: [],
      receivedAt,
      ...(origin && { origin }),
    });
  }

  /** Joins octets before decoding them as far as the coding stays the same. */
  #join(parts: readonly InboundPart[]): string {
    let text = '';
    let run: Uint8Array[] = [];
    parts.forEach((part, index) => {
      run.push(part.octets);
      if (parts[index + 1]?.dataCoding === part.dataCoding) return;
      text += readText(run.length === 1 ? part.octets : Buffer.concat(run), part.dataCoding, this.#context.alphabet);
      run = [];
    });
    return text;
  }

  #armSweep(): void {
    this.#cancelSweep = this.#context.clock.after(SWEEP_MS, () => {
      void this.#sweep().then(() => {
        if (!this.#stopped) this.#armSweep();
      });
    });
  }

  /** One at a time; whoever asks meanwhile waits for the one under way. */
  #sweep(): Promise<void> {
    this.#sweeping ??= this.#deliverExpired().finally(() => {
      this.#sweeping = undefined;
    });
    return this.#sweeping;
  }

  async #deliverExpired(): Promise<void> {
    const { carrier, clock, log, parts } = this.#context;
    try {
      for (const set of await parts.expire(carrier, clock.now())) await this.#deliverIncomplete(set);
    } catch (error) {
      log.error({ carrier, err: error }, 'smpp incomplete messages could not be delivered, will be tried again');
    }
  }

  async #deliverIncomplete(set: PartSet): Promise<void> {
    const { log, parts } = this.#context;
    const first = set.parts[0];
    log.warn(
      { link: first?.link, from: first?.from, to: first?.to, arrived: set.parts.map(({ part }) => part), total: first?.total },
      'smpp long message is incomplete and delivered as far as it came',
    );
    await this.#handOver(set.parts, originOf(set));
    await parts.complete(set);
  }
}

/** A set is handed over before it is forgotten: should the process end in between, the next one hands it over under the same name. */
const originOf = ({ key, parts }: PartSet): InboundOrigin => ({
  name: `set ${key}, parts ${parts.map(({ part }) => part).join(' ')}`,
  at: Math.min(...parts.map(({ receivedAt }) => receivedAt)),
});

interface Content {
  readonly octets: Uint8Array;
  readonly concatenation: Concatenation | undefined;
}

/** The text octets without their user data header. What claims to have one and has not is taken as text. */
function withoutHeader(body: ShortMessage | DataMessage): Content {
  const octets = messageOctets(body);
  const header = (body.esmClass & EsmClass.udhi) === 0 ? undefined : readUserDataHeader(octets);
  if (header === undefined) return { octets, concatenation: undefined };
  return { octets: octets.subarray(header.length), concatenation: header.concatenation };
}

function sarPlace(tlvs: readonly Tlv[]): Concatenation | undefined {
  if (tlvs.length === 0) return undefined;
  const reference = tlvInteger(tlvs, TlvTag.sarMsgRefNum);
  const total = tlvInteger(tlvs, TlvTag.sarTotalSegments);
  const part = tlvInteger(tlvs, TlvTag.sarSegmentSeqnum);
  if (reference === undefined || total === undefined || part === undefined) return undefined;
  const place = { reference, total, part };
  return plausible(place) && total <= 255 ? place : undefined;
}

function digits(address: string): string {
  return address.startsWith('+') ? address.slice(1) : address;
}
