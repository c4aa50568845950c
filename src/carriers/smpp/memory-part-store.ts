import type { InboundPart, PartSet, PartStore, PutOutcome } from './part-store.ts';

/** Parts of one message arrive within seconds unless the network retries one; a reader should not wait longer than this for the rest. */
const WAIT_MS = 300_000;
/** Weight of the incomplete messages held at a time: some 50,000 ordinary parts. Beyond it the oldest are delivered as they are. */
const MOST_WEIGHT = 16 * 1024 * 1024;
/** What a part weighs beside its octets. */
const PART_WEIGHT = 200;
/** Completed messages remembered to recognise repeats. */
const MOST_COMPLETED = 10_000;

interface Held {
  readonly key: string;
  readonly carrier: string;
  readonly since: number;
  readonly total: number;
  readonly parts: Map<number, InboundPart>;
  weight: number;
}

export interface PartLimits {
  readonly waitMs?: number;
  readonly mostWeight?: number;
}

/** Parts in memory: lost with the process. */
export class MemoryPartStore implements PartStore {
  readonly #waitMs: number;
  readonly #mostWeight: number;
  /** Oldest first, apart from sets whose reference came round again. */
  readonly #held = new Map<string, Held>();
  /** Fingerprint of each part by its number. */
  readonly #completed = new Map<string, ReadonlyMap<number, number>>();
  #weight = 0;
  #superseded = 0;

  constructor(limits: PartLimits = {}) {
    this.#waitMs = limits.waitMs ?? WAIT_MS;
    this.#mostWeight = limits.mostWeight ?? MOST_WEIGHT;
  }

  /** Incomplete messages held. */
  get size(): number {
    return this.#held.size;
  }

  async put(part: InboundPart): Promise<PutOutcome> {
    const key = keyOf(part);
    let held = this.#held.get(key);
    if (held === undefined && this.#completed.get(key)?.get(part.part) === fingerprint(part)) return { kind: 'duplicate' };
    const stored = held?.parts.get(part.part);
    if (held !== undefined && stored !== undefined && fingerprint(stored) !== fingerprint(part)) {
      this.#moveAway(held);
      held = undefined;
    }
    if (held === undefined) {
      held = { key, carrier: part.carrier, since: part.receivedAt, total: part.total, parts: new Map(), weight: 0 };
      this.#held.set(key, held);
    }
    if (!held.parts.has(part.part)) {
      const weight = part.octets.length + PART_WEIGHT;
      held.weight += weight;
      this.#weight += weight;
    }
    // A copy, because the octets are a view into a receive buffer that would be kept alive with them.
    held.parts.set(part.part, { ...part, octets: new Uint8Array(part.octets) });
    if (held.parts.size === held.total) return { kind: 'complete', set: inOrder(held) };
    return { kind: 'held', crowded: this.#weight > this.#mostWeight };
  }

  async complete(set: PartSet): Promise<void> {
    const held = this.#held.get(set.key);
    if (held !== undefined) {
      this.#held.delete(set.key);
      this.#weight -= held.weight;
    }
    this.#completed.delete(set.key);
    this.#completed.set(set.key, new Map(set.parts.map((part) => [part.part, fingerprint(part)])));
    if (this.#completed.size <= MOST_COMPLETED) return;
    for (const oldest of this.#completed.keys()) {
      this.#completed.delete(oldest);
      break;
    }
  }

  async expire(carrier: string, now: number): Promise<readonly PartSet[]> {
    const sets: PartSet[] = [];
    let beyond = this.#weight - this.#mostWeight;
    for (const held of this.#held.values()) {
      if (held.carrier !== carrier) continue;
      if (beyond <= 0 && held.since + this.#waitMs > now) continue;
      beyond -= held.weight;
      sets.push(inOrder(held));
    }
    return sets;
  }

  /** Makes room for a new set under the same key; the old one goes on waiting for its expiry. */
  #moveAway(held: Held): void {
    this.#held.delete(held.key);
    const key = `${held.key}\n${++this.#superseded}`;
    this.#held.set(key, { ...held, key });
  }
}

function keyOf({ carrier, from, to, reference, total }: InboundPart): string {
  return [carrier, from, to, reference, total].join('\n');
}

/** FNV-1a over coding and octets: enough to tell a repeated part from another with the same number. */
function fingerprint({ dataCoding, octets }: InboundPart): number {
  let hash = (0x811c9dc5 ^ dataCoding) >>> 0;
  for (const octet of octets) hash = Math.imul(hash ^ octet, 0x01000193) >>> 0;
  return hash;
}

function inOrder(held: Held): PartSet {
  return { key: held.key, parts: [...held.parts.values()].sort((a, b) => a.part - b.part) };
}
