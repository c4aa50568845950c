import type { Clock } from '../runtime/clock.ts';
import { CallPace } from './call-pace.ts';

/** A call that waits for its turn. */
export interface Waiting {
  readonly callId: string;
  /** Main account: calls per second are counted over all its subaccounts (voice-xml.md §12). */
  readonly accountId: string;
}

export interface OutboundQueueOptions<Planned extends Waiting> {
  readonly clock: Clock;
  /** Calls per second of an account. */
  rateOf(accountId: string): number;
  /** Its turn has come. */
  start(planned: Planned): void;
}

interface Lane<Planned> {
  readonly waiting: Planned[];
  readonly cancel: () => void;
}

/** Paces the outbound calls of each account: those beyond its rate wait in their order, none is refused. */
export class OutboundQueue<Planned extends Waiting> {
  readonly #options: OutboundQueueOptions<Planned>;
  readonly #pace: CallPace;
  /** Accounts with calls that wait. */
  readonly #lanes = new Map<string, Lane<Planned>>();
  #stopped = false;

  constructor(options: OutboundQueueOptions<Planned>) {
    this.#options = options;
    this.#pace = new CallPace(options.clock);
  }

  get size(): number {
    let size = 0;
    for (const lane of this.#lanes.values()) size += lane.waiting.length;
    return size;
  }

  /** Takes a place for one call that starts now; false when it has to wait behind others or for its second. */
  takePlace(accountId: string): boolean {
    return !this.#lanes.has(accountId) && this.#pace.take(accountId, this.#options.rateOf(accountId));
  }

  /** How many calls could start now. */
  placesOf(accountId: string): number {
    return this.#lanes.has(accountId) ? 0 : this.#pace.available(accountId, this.#options.rateOf(accountId));
  }

  add(planned: Planned): void {
    if (this.#stopped) return;
    const lane = this.#lanes.get(planned.accountId);
    if (lane) lane.waiting.push(planned);
    else this.#serve(planned.accountId, [planned]);
  }

  /** Whether it was still waiting. */
  remove(callId: string): boolean {
    for (const { waiting } of this.#lanes.values()) {
      const index = waiting.findIndex((planned) => planned.callId === callId);
      if (index === -1) continue;
      waiting.splice(index, 1);
      return true;
    }
    return false;
  }

  /** Starts no more. Answers the ids of those that wait. */
  stop(): readonly string[] {
    this.#stopped = true;
    const left: string[] = [];
    for (const { waiting, cancel } of this.#lanes.values()) {
      cancel();
      left.push(...waiting.map(({ callId }) => callId));
    }
    this.#lanes.clear();
    return left;
  }

  #serve(accountId: string, waiting: Planned[]): void {
    const rate = this.#options.rateOf(accountId);
    while (waiting.length > 0 && this.#pace.take(accountId, rate)) {
      const planned = waiting.shift();
      if (planned) this.#options.start(planned);
    }
    if (waiting.length === 0 || this.#stopped) {
      this.#lanes.delete(accountId);
      return;
    }
    const cancel = this.#options.clock.after(Math.max(1, this.#pace.waitMs(accountId, rate)), () =>
      this.#serve(accountId, waiting),
    );
    this.#lanes.set(accountId, { waiting, cancel });
  }
}
