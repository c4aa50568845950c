import type pg from 'pg';
import { ownerOf, type Scope } from '../accounts/account.ts';
import { Problem } from '../errors/catalogue.ts';
import type { Clock } from '../runtime/clock.ts';
import { inTransaction } from '../storage/storage.ts';
import type { ChargeKind } from './charge-kind.ts';
import { chargeOnce, type KeyedDue } from './charge-store.ts';
import type { Micros } from './money.ts';
import { affordable } from './standing-store.ts';

/** Charges of what a request gets at once, such as a look-up: whoever cannot pay gets a 402 instead. */
export class Charges {
  readonly #pool: pg.Pool;
  readonly #clock: Clock;

  constructor(pool: pg.Pool, clock: Clock) {
    this.#pool = pool;
    this.#clock = clock;
  }

  /** Once for each key. @throws Problem `insufficient_credit` when balance or spend limit do not cover it */
  async take(scope: Scope, kind: ChargeKind, micros: Micros, key: string, detail = ''): Promise<void> {
    const due = { accountId: scope.account.authId, ownerId: ownerOf(scope), kind, micros, key, detail, at: this.#clock.now() };
    if (micros !== 0) await inTransaction(this.#pool, (client) => pay(client, due));
  }
}

/** The same as part of a transaction, which is to be rolled back when it throws. @throws Problem `insufficient_credit` */
export async function pay(client: pg.ClientBase, due: KeyedDue): Promise<void> {
  if (due.micros === 0) return;
  if (!(await affordable(client, due.accountId, due.ownerId, due.micros, due.at)))
    throw new Problem('insufficient_credit', 'Insufficient Credit');
  await chargeOnce(client, [due]);
}
