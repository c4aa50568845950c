import { Problem } from '../errors/catalogue.ts';
import { isDataFailure } from '../storage/failure.ts';
import { GroupCommit, QueueFullError } from '../storage/group-commit.ts';
import { type AcceptEntry, type AcceptResult, type AcceptStore, RepeatedAtOnceError } from './accept-store.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { AcceptedMessage } from './outbound.ts';
import { Overflow } from './overflow.ts';
import { queuedFromAccepted } from './queued-outbound.ts';

/** A bulk request of 1000 destinations still fits one statement with some neighbours. */
const MAX_BATCH = 1_200;
/**
 * The second of two transactions at once (one commits while the other's statement runs) begins when so many messages wait. With
 * fewer, two small transactions cost more than one that is twice as large: at 8 connections one took 0.35 ms of CPU a message
 * instead of 0.42 and 3,500 messages a second instead of 2,570, at 64 connections there was no difference.
 */
const WAITING_FOR_SECOND_LANE = 16;
/**
 * With so many outcomes unwritten the database is the limit, and acceptance leaves it one connection: what has been promised goes
 * out before more is promised. At 64 connections the backlog grew by 1,000 messages a second without it.
 */
const BUSY_OUTCOMES = 200;
/** 20 bulk requests of 1000; beyond it requests are answered 503 instead of growing the heap. */
const MAX_WAITING = 20_000;

/**
 * The way in: messages of all requests of a moment are stored by one statement, a request's all together or not at all, and once it
 * has committed (design rule 1) they go to the dispatcher in memory, or stay in the table when it is full.
 */
export class Acceptance {
  /** Accounts whose messages the queue loader has to fetch. */
  readonly overflow = new Overflow();
  readonly #commit: GroupCommit<readonly AcceptEntry[], readonly AcceptResult[]>;
  readonly #dispatcher: Dispatcher;
  readonly #node: string;

  constructor(store: AcceptStore, dispatcher: Dispatcher, node: string, unwrittenOutcomes: () => number) {
    this.#dispatcher = dispatcher;
    this.#node = node;
    this.#commit = new GroupCommit({
      write: (requests) => writeRequests(store, requests),
      sizeOf: (request) => request.length,
      isFaultOfEntry: (error) => isDataFailure(error) || error instanceof Problem || error instanceof RepeatedAtOnceError,
      maxBatch: MAX_BATCH,
      lanes: () => (unwrittenOutcomes() > BUSY_OUTCOMES || this.#commit.waiting < WAITING_FOR_SECOND_LANE ? 1 : 2),
      maxWaiting: MAX_WAITING,
    });
  }

  /** Stores the messages of a request; resolves when they are committed. Throws `unavailable` when storage does not keep up. */
  accept(messages: readonly AcceptedMessage[]): Promise<void> {
    return this.#accept(messages, false);
  }

  /** Stores an automatic answer to a STOP, which the opt-out it answers does not block. */
  acceptReply(message: AcceptedMessage): Promise<void> {
    return this.#accept([message], true);
  }

  /** Waits for what is being stored. */
  drain(): Promise<void> {
    return this.#commit.drain();
  }

  async #accept(messages: readonly AcceptedMessage[], despiteOptOut: boolean): Promise<void> {
    if (messages.length === 0) return;
    const entries = messages.map((message) => this.#entry(message, despiteOptOut));
    let results: readonly AcceptResult[] = [];
    try {
      results = await this.#commit.add(entries);
    } catch (error) {
      if (!(error instanceof QueueFullError)) throw error;
      throw new Problem('unavailable', 'too many messages are waiting to be stored, try again', {
        retryAfterSeconds: 1,
        cause: error,
      });
    } finally {
      for (const [index, entry] of entries.entries()) this.#settle(entry, results[index]);
    }
  }

  #entry(message: AcceptedMessage, despiteOptOut: boolean): AcceptEntry {
    const account = message.accountId;
    const quick = this.#dispatcher.isQuick;
    const held = message.failure === undefined && !this.overflow.has(account) && this.#dispatcher.reserve(account);
    if (!held && message.failure === undefined) this.overflow.storing(account);
    return { message, node: held ? this.#node : undefined, inFlight: held && quick, despiteOptOut };
  }

  /** What was reserved for an entry is used or given up. */
  #settle(entry: AcceptEntry, result: AcceptResult | undefined): void {
    const { message } = entry;
    if (entry.node === undefined) {
      if (message.failure === undefined) this.overflow.stored(message.accountId);
    } else if (result?.kind === 'queued') this.#dispatcher.pushReserved(queuedFromAccepted(message, entry.inFlight));
    else this.#dispatcher.unreserve();
  }
}

async function writeRequests(
  store: AcceptStore,
  requests: readonly (readonly AcceptEntry[])[],
): Promise<readonly (readonly AcceptResult[])[]> {
  const results = await store.write(requests.flat());
  let from = 0;
  return requests.map((request) => {
    const first = from;
    from += request.length;
    return results.slice(first, from);
  });
}
