import { Problem } from '../errors/catalogue.ts';
import { GroupCommit, QueueFullError } from '../storage/group-commit.ts';
import type { AcceptEntry, AcceptResult, AcceptStore } from './accept-store.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { AcceptedMessage } from './outbound.ts';
import { queuedFromAccepted } from './queued-outbound.ts';

/** A bulk request of 1000 destinations still fits one statement with some neighbours. */
const MAX_BATCH = 1_200;
/** Two transactions at once: one commits while the other's statement runs. */
const LANES = 2;
/** 20 bulk requests of 1000; beyond it requests are answered 503 instead of growing the heap. */
const MAX_WAITING = 20_000;

/**
 * The way in: messages of all requests of a moment are stored by one statement, and once it has committed (design rule 1)
 * they go to the dispatcher in memory, or stay in the table when it is full.
 */
export class Acceptance {
  readonly #commit: GroupCommit<AcceptEntry, AcceptResult>;
  readonly #dispatcher: Dispatcher;
  readonly #node: string;
  /** Accounts that have messages waiting in the table: later ones queue behind them, or order would be lost. */
  readonly #overflowing = new Set<string>();

  constructor(store: AcceptStore, dispatcher: Dispatcher, node: string) {
    this.#dispatcher = dispatcher;
    this.#node = node;
    this.#commit = new GroupCommit({
      write: (entries) => store.write(entries),
      maxBatch: MAX_BATCH,
      lanes: LANES,
      maxWaiting: MAX_WAITING,
    });
  }

  /** Accounts whose messages the queue loader has to fetch. */
  get overflowing(): Set<string> {
    return this.#overflowing;
  }

  /** Stores the messages; resolves when they are committed. Throws `unavailable` when storage does not keep up. */
  async accept(messages: readonly AcceptedMessage[]): Promise<void> {
    try {
      await Promise.all(messages.map((message) => this.#acceptOne(message)));
    } catch (error) {
      if (error instanceof QueueFullError) {
        throw new Problem('unavailable', 'too many messages are waiting to be stored, try again', {
          retryAfterSeconds: 1,
          cause: error,
        });
      }
      throw error;
    }
  }

  /** Stores an automatic answer to a STOP, which the opt-out it answers does not block. */
  acceptReply(message: AcceptedMessage): Promise<void> {
    return this.#acceptOne(message, true);
  }

  /** Waits for what is being stored. */
  drain(): Promise<void> {
    return this.#commit.drain();
  }

  async #acceptOne(message: AcceptedMessage, despiteOptOut = false): Promise<void> {
    const account = message.accountId;
    const quick = this.#dispatcher.isQuick;
    const held = message.failure === undefined && !this.#overflowing.has(account) && this.#dispatcher.reserve(account);
    if (!held && message.failure === undefined) this.#overflowing.add(account);
    try {
      const result = await this.#commit.add({
        message,
        node: held ? this.#node : undefined,
        inFlight: held && quick,
        despiteOptOut,
      });
      if (held && result.failure === undefined) this.#dispatcher.pushReserved(queuedFromAccepted(message, quick));
      else if (held) this.#dispatcher.unreserve();
    } catch (error) {
      if (held) this.#dispatcher.unreserve();
      throw error;
    }
  }
}
