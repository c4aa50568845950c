import type pg from 'pg';
import type { ChargeJournal } from '../billing/charge-journal.ts';
import { chargeOnce, type KeyedDue } from '../billing/charge-store.ts';
import type { Micros } from '../billing/money.ts';
import type { Surcharge } from '../billing/surcharges.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Ids } from '../runtime/ids.ts';
import type { Log } from '../runtime/log.ts';
import { isPassingFailure } from '../storage/failure.ts';
import { GroupCommit, QueueFullError } from '../storage/group-commit.ts';
import type { CallFacts } from './call-facts.ts';

/** What a call is charged with while it goes on, beside its minutes. */
export interface CallCharges {
  /** Answers the amount at once; it is taken from the balance a moment later, whatever becomes of the call. */
  take(
    call: Pick<CallFacts, 'callId' | 'accountId' | 'ownerId' | 'from'>,
    service: 'speech_recognition' | 'cnam_lookup',
    units: number,
  ): Micros;
}

export interface StoredCallChargesOptions {
  readonly pool: pg.Pool;
  readonly price: Surcharge;
  readonly journal: ChargeJournal;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

const MAX_BATCH = 200;
/** Beyond what the calls of a node cause in the minutes that a database may be away. */
const MAX_WAITING = 50_000;
const RETRY_MS = 200;

/**
 * Entries of the ledger, those of a moment in one statement. While the database is away they are tried again until `stop`; the journal
 * has them meanwhile, and what is left in it then, or when the process is killed, is charged by `start` of the next one.
 */
export class StoredCallCharges implements CallCharges {
  readonly #options: StoredCallChargesOptions;
  readonly #writes: GroupCommit<KeyedDue, true>;
  #stopped = false;

  constructor(options: StoredCallChargesOptions) {
    this.#options = options;
    this.#writes = new GroupCommit({
      write: (batch) => this.#write(batch),
      maxBatch: MAX_BATCH,
      lanes: 1,
      maxWaiting: MAX_WAITING,
    });
  }

  /** Charges what the process before could not. */
  start(): void {
    for (const due of this.#options.journal.left) this.#add(due);
  }

  take(...[call, service, units]: Parameters<CallCharges['take']>): Micros {
    const { price, ids, clock, journal } = this.#options;
    const micros = units * price(service, call.from);
    if (micros === 0) return 0;
    const { callId, accountId, ownerId } = call;
    const key = `${service}:${callId}:${ids.uuid()}`;
    const due: KeyedDue = { accountId, ownerId, kind: service, micros, key, detail: callId, at: clock.now() };
    journal.note(due);
    this.#add(due);
    return micros;
  }

  /** Writes what is waiting, without trying for ever. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#writes.drain();
  }

  #add(due: KeyedDue): void {
    const { journal, log } = this.#options;
    this.#writes.add(due).then(
      () => journal.settle(),
      (error: unknown) => {
        const about = { err: error, call_uuid: due.detail, service: due.kind, micros: due.micros };
        if (isPassingFailure(error) || error instanceof QueueFullError) {
          log.warn(about, 'a charge could not be written, the next start does it');
          return;
        }
        journal.settle();
        log.error(about, 'a charge was not written');
      },
    );
  }

  async #write(batch: readonly KeyedDue[]): Promise<readonly true[]> {
    const { pool, clock, log } = this.#options;
    for (;;) {
      try {
        await chargeOnce(pool, batch);
        return batch.map(() => true);
      } catch (error) {
        if (!isPassingFailure(error) || this.#stopped) throw error;
        log.warn({ err: error, charges: batch.length }, 'charges of calls could not be written, trying again');
        await clock.sleep(RETRY_MS);
      }
    }
  }
}
