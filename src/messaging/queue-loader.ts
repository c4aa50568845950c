import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { OutcomeWriter } from './outcome-writer.ts';
import type { Overflow } from './overflow.ts';
import type { QueueStore } from './queue-store.ts';

/** Messages of one account fetched at once: a turn for each account, none waits for another's thousands. */
const CLAIM_SIZE = 500;
/** Below this much room a fetch is not worth its statement. */
const MIN_ROOM = 50;
/** Rows left by other nodes or by this one's restart are found within this time. */
const POLL_MS = 1_000;
/** Commits in doubt are looked for less often; they happen when the database connection breaks. */
const MISLAID_EVERY_POLLS = 15;
/** Younger messages may still be on their way from their commit to memory. */
const MISLAID_AGE_MS = 15_000;

export interface QueueLoaderOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: Pick<QueueStore, 'accountsWaiting' | 'claim' | 'expired' | 'mislaid' | 'release'>;
  readonly dispatcher: Pick<Dispatcher, 'room' | 'push' | 'inHand'>;
  readonly writer: Pick<OutcomeWriter, 'add'>;
  readonly overflow: Overflow;
  /** Has the account at hand for those who ask for its limits without waiting. */
  readonly readAccount: (accountId: string) => Promise<unknown>;
}

/** Brings messages that wait in the table into memory, account by account, as there is room; ends those that expired there. */
export class QueueLoader {
  readonly #options: QueueLoaderOptions;
  #running = false;
  #again = false;
  #polls = 0;
  #polledAt = Number.NEGATIVE_INFINITY;
  #stopped = false;
  #cancel: (() => void) | undefined;
  #idle: (() => void)[] = [];

  constructor(options: QueueLoaderOptions) {
    this.#options = options;
  }

  start(): void {
    this.#tick();
  }

  /** There is room: fetch what is known to wait. Cheap while nothing is. */
  wantMore(): void {
    if (this.#options.overflow.size > 0) this.#tick();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    if (this.#running) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #tick(): void {
    if (this.#stopped) return;
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = true;
    this.#run()
      .catch((error: unknown) => this.#options.log.warn({ err: error }, 'queue could not be read'))
      .finally(() => {
        this.#running = false;
        for (const resolve of this.#idle.splice(0)) resolve();
        if (this.#again) {
          this.#again = false;
          this.#tick();
        } else {
          this.#cancel?.();
          this.#cancel = this.#stopped ? undefined : this.#options.clock.after(POLL_MS, () => this.#tick());
        }
      });
  }

  async #run(): Promise<void> {
    const { store, overflow, clock } = this.#options;
    // By time, not by who asks: under load somebody asks all the time, and what nobody asks for must be found too.
    if (clock.monotonic() - this.#polledAt >= POLL_MS) {
      this.#polledAt = clock.monotonic();
      for (const account of await store.accountsWaiting()) overflow.add(account);
      await this.#endExpired();
      if (++this.#polls % MISLAID_EVERY_POLLS === 0) await this.#findMislaid();
    }
    for (const account of overflow.accounts) if (!this.#stopped) await this.#load(account);
  }

  async #load(account: string): Promise<void> {
    const { store, dispatcher, overflow, clock } = this.#options;
    const room = dispatcher.room(account);
    if (room < MIN_ROOM) return;
    const limit = Math.min(room, CLAIM_SIZE);
    const mark = overflow.mark(account);
    await this.#options.readAccount(account);
    const messages = await store.claim(account, limit, clock.now());
    // From here on new messages of the account may go straight to memory again: they come after these.
    if (messages.length < limit) overflow.emptied(account, mark);
    else this.#again = true;
    const refused = messages.filter((message) => !dispatcher.inHand.has(message.id) && !dispatcher.push(message));
    if (refused.length > 0) {
      await store.release(refused.map((message) => message.id));
      overflow.add(account);
    }
  }

  async #endExpired(): Promise<void> {
    const { store, writer, clock, dispatcher } = this.#options;
    const ids = (await store.expired(clock.now())).filter((id) => !dispatcher.inHand.has(id));
    const at = clock.now();
    await Promise.all(
      ids.map((messageId) =>
        writer.add({ kind: 'failed', messageId, attempts: [], errorCode: '420', cause: 'expired in the queue', at }),
      ),
    );
  }

  async #findMislaid(): Promise<void> {
    const { store, dispatcher, clock, log } = this.#options;
    const found = await store.mislaid([...dispatcher.inHand.keys()], clock.now() - MISLAID_AGE_MS);
    if (found.length > 0) log.info({ messages: found.length }, 'messages whose commit was in doubt are taken up');
    for (const account of new Set(found.map((message) => message.account))) await this.#options.readAccount(account);
    for (const message of found) dispatcher.push(message);
  }
}
