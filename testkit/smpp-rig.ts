import type {
  CarrierEvents,
  CarrierInbound,
  CarrierReceipt,
  MessageCarrier,
  OutboundMessage,
  PartReport,
} from '../src/carriers/carrier.ts';
import type { SmppCarrierOptions } from '../src/carriers/smpp/options.ts';
import type { PartStore } from '../src/carriers/smpp/part-store.ts';
import type { MalformedPdu, Pdu } from '../src/carriers/smpp/pdu.ts';
import { createSmppCarrier } from '../src/carriers/smpp/smpp-carrier.ts';
import { Status } from '../src/carriers/smpp/statuses.ts';
import { type Clock, systemClock } from '../src/runtime/clock.ts';
import type { Random } from '../src/runtime/random.ts';
import { MemoryNetwork, type MemoryPeer } from './memory-wire.ts';
import { silentLog } from './silent-log.ts';
import { VirtualClock } from './virtual-clock.ts';

/** No jitter: a redial waits the whole of its time. */
const steadyRandom: Random = { bytes: (length) => Buffer.alloc(length), fraction: () => 1 };

/** What a carrier told, kept for the test. */
export class HeardEvents implements CarrierEvents {
  readonly receipts: CarrierReceipt[] = [];
  readonly inbounds: CarrierInbound[] = [];
  changes = 0;
  /** Waited for before a receipt or message counts as stored; rejecting makes the carrier refuse it. */
  storing: () => Promise<void> = async () => undefined;
  onChanged: () => void = () => undefined;

  async receipt(receipt: CarrierReceipt): Promise<void> {
    this.receipts.push(receipt);
    await this.storing();
  }

  async inbound(message: CarrierInbound): Promise<void> {
    this.inbounds.push(message);
    await this.storing();
  }

  changed(): void {
    this.changes++;
    this.onChanged();
  }
}

/** A message of one part, or of those given. */
export function outbound(changes: Partial<OutboundMessage> = {}): OutboundMessage {
  const parts = changes.parts ?? [changes.text ?? 'Hello'];
  return {
    id: 'message',
    attempt: 1,
    service: 'sms',
    src: '14155550100',
    dst: '4917012345678',
    text: parts.join(''),
    encoding: 'gsm7',
    parts,
    pendingParts: parts.map((_, index) => index),
    concatReference: 0x1234,
    validityMs: 3_600_000,
    media: [],
    ...changes,
  };
}

/** A carrier on a virtual clock and a network in memory; the test plays the SMSC. */
export interface VirtualRig {
  readonly clock: VirtualClock;
  readonly network: MemoryNetwork;
  readonly events: HeardEvents;
  readonly carrier: MessageCarrier;
}

export function virtualRig(options: Partial<SmppCarrierOptions> = {}, parts?: PartStore): VirtualRig {
  const clock = new VirtualClock();
  const network = new MemoryNetwork();
  const events = new HeardEvents();
  const carrier = createSmppCarrier(
    { name: 'lab', url: 'smpp://esme:secret@smsc.test', ...options },
    { clock, random: steadyRandom, log: silentLog, dial: network.dial, ...(parts === undefined ? {} : { parts }) },
  );
  return { clock, network, events, carrier };
}

/** Accepts the connection and every bind, and answers unbind; what else the client sends is left to the test. */
export function bindAll(network: MemoryNetwork, answer?: (peer: MemoryPeer, pdu: Pdu | MalformedPdu) => void): void {
  network.onDial = (peer) => {
    peer.answer = (pdu) => {
      switch (pdu.command) {
        case 'bind_transceiver':
        case 'bind_transmitter':
        case 'bind_receiver': {
          const body = { systemId: 'smsc', tlvs: [] };
          peer.send({ command: `${pdu.command}_resp`, status: 0, sequence: pdu.sequence, body });
          return;
        }
        case 'unbind':
          peer.send({ command: 'unbind_resp', status: 0, sequence: pdu.sequence });
          return;
        default:
          answer?.(peer, pdu);
      }
    };
    peer.accept();
  };
}

/** A carrier on real time and real sockets. */
export function realCarrier(options: SmppCarrierOptions, clock: Clock = systemClock) {
  const events = new HeardEvents();
  const carrier = createSmppCarrier(options, { clock, random: steadyRandom, log: silentLog });
  return { carrier, events };
}

/** Resolves when the condition holds; looks whenever the carrier tells of a change and every few milliseconds. */
export async function until(condition: () => boolean, what: string, limitMs = 5000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`waited ${limitMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export type Sequenced = { readonly sequence: number };

/** Lets time go by, and at its end what was written in one turn be answered in the next ones. */
export async function passTime(clock: VirtualClock, ms: number): Promise<void> {
  await clock.advance(ms);
  for (let turn = 0; turn < 3; turn++) await clock.advance(0);
}

export async function boundRig(options: Partial<SmppCarrierOptions> = {}): Promise<VirtualRig> {
  const rig = virtualRig(options);
  bindAll(rig.network);
  rig.carrier.start(rig.events);
  await passTime(rig.clock, 0);
  if (rig.carrier.health().state !== 'up') throw new Error('the carrier did not bind');
  return rig;
}

export function submitsAt(peer: MemoryPeer): readonly Sequenced[] {
  return peer.received.filter(({ command }) => command === 'submit_sm');
}

export function answerSubmit(peer: MemoryPeer, { sequence }: Sequenced, status: number = Status.ok): void {
  const body = { messageId: status === Status.ok ? `id-${sequence}` : '', tlvs: [] };
  peer.send({ command: 'submit_sm_resp', status, sequence, body });
}

export function outcomeKinds(reports: readonly PartReport[]): readonly string[] {
  return reports.map(({ outcome }) => outcome.kind);
}
