import type { Clock } from '../runtime/clock.ts';

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
  /** Dials one. */
  start(planned: Planned): void;
}

interface Lane<Planned> {
  readonly waiting: Planned[];
  /** Calls that may start now; refilled with time up to one second's worth. */
  tokens: number;
  refilledAt: number;
  cancel: (() => void) | undefined;
}

/** Paces the outbound calls of each account: those beyond its rate wait in their order, none is refused. */
export class OutboundQueue<Planned extends Waiting> {
  readonly #options: OutboundQueueOptions<Planned>;
  readonly #lanes = new Map<string, Lane<Planned>>();
  #stopped = false;

  constructor(options: OutboundQueueOptions<Planned>) {
    this.#options = options;
  }

  get size(): number {
    let size = 0;
    for (const lane of this.#lanes.values()) size += lane.waiting.length;
    return size;
  }

  /** Whether it has to wait. */
  add(planned: Planned): boolean {
    const lane = this.#lane(planned.accountId);
    lane.waiting.push(planned);
    this.#serve(planned.accountId, lane);
    return lane.waiting.includes(planned);
  }

  /** Whether it was still waiting. */
  remove(callId: string): boolean {
    for (const lane of this.#lanes.values()) {
      const index = lane.waiting.findIndex((planned) => planned.callId === callId);
      if (index !== -1) {
        lane.waiting.splice(index, 1);
        return true;
      }
    }
    return false;
  }

  /** Starts no more; what waits stays in storage for the next start. */
  stop(): void {
    this.#stopped = true;
    for (const lane of this.#lanes.values()) lane.cancel?.();
    this.#lanes.clear();
  }

  #lane(accountId: string): Lane<Planned> {
    let lane = this.#lanes.get(accountId);
    if (!lane) {
      lane = {
        waiting: [],
        tokens: this.#options.rateOf(accountId),
        refilledAt: this.#options.clock.monotonic(),
        cancel: undefined,
      };
      this.#lanes.set(accountId, lane);
    }
    return lane;
  }

  #serve(accountId: string, lane: Lane<Planned>): void {
    if (this.#stopped) return;
    const rate = this.#options.rateOf(accountId);
    const now = this.#options.clock.monotonic();
    lane.tokens = Math.min(Math.max(1, rate), lane.tokens + ((now - lane.refilledAt) * rate) / 1000);
    lane.refilledAt = now;
    while (lane.tokens >= 1 - EPSILON) {
      const planned = lane.waiting.shift();
      if (!planned) break;
      lane.tokens -= 1;
      this.#options.start(planned);
    }
    if (lane.cancel) return;
    // With nothing waiting the lane stays until its tokens are full again: then it says nothing that a new one would not.
    const missing = lane.waiting.length > 0 ? 1 - lane.tokens : rate - lane.tokens;
    lane.cancel = this.#options.clock.after(Math.max(1, Math.ceil((missing * 1000) / rate)), () => {
      lane.cancel = undefined;
      if (lane.waiting.length === 0) this.#lanes.delete(accountId);
      else this.#serve(accountId, lane);
    });
  }
}

/** Refilling in fractions leaves a token a rounding error short. */
const EPSILON = 1e-6;
