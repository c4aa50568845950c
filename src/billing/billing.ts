import type pg from 'pg';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { AlertStore } from './alert-store.ts';
import type { SpendAlertNotifier } from './alerts.ts';
import { Charges } from './charges.ts';
import { defaultRates } from './default-rates.ts';
import { LedgerStore } from './ledger-store.ts';
import { compileRates, type RateTable } from './rates.ts';
import { RentStore } from './rent-store.ts';
import { type Surcharge, surchargeOf } from './surcharges.ts';

export interface BillingDependencies {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly log: Log;
  readonly notifier: SpendAlertNotifier;
  /** An account that was given credit by itself is to be read anew. */
  readonly changed: (authId: string) => void;
}

/** A first day of the month is charged so late at most. */
const RENT_EVERY_MS = 600_000;
/** What is spent meanwhile is told so late. */
const ALERTS_EVERY_MS = 10_000;
const FORGET_EVERY_MS = 24 * 3_600_000;

/** Prices in force, what they are charged to, and what is told of it. */
export class Billing {
  readonly charges: Charges;
  readonly ledger: LedgerStore;
  readonly rents: RentStore;
  readonly alerts: AlertStore;
  readonly surcharge: Surcharge;
  readonly #needs: BillingDependencies;
  #rates: RateTable = compileRates(defaultRates);

  constructor(needs: BillingDependencies) {
    this.#needs = needs;
    const { pool, clock, notifier } = needs;
    this.charges = new Charges(pool, clock);
    this.ledger = new LedgerStore(pool);
    this.rents = new RentStore(pool);
    this.alerts = new AlertStore(pool, notifier);
    this.surcharge = surchargeOf(this.rates);
  }

  readonly rates = (): RateTable => this.#rates;

  setRates(table: RateTable): void {
    this.#rates = table;
  }

  /** What is to be done now and then on every node. */
  chores() {
    const { clock } = this.#needs;
    return [
      { name: 'rent of numbers', everyMs: RENT_EVERY_MS, run: () => this.rents.chargeNumbers(clock.now()) },
      {
        name: 'storage of recordings',
        everyMs: RENT_EVERY_MS,
        run: () => this.rents.chargeStorage(this.surcharge('recording_storage'), clock.now()),
      },
      { name: 'spend alerts', everyMs: ALERTS_EVERY_MS, run: () => this.watch() },
      { name: 'ledger retention', everyMs: FORGET_EVERY_MS, run: () => this.ledger.forgetOld(clock.now()) },
    ];
  }

  /** Recharges what is low, then tells of what is low all the same. */
  async watch(): Promise<void> {
    const { clock, log, changed } = this.#needs;
    for (const authId of await this.alerts.recharge(clock.now())) {
      log.info({ account: authId }, 'the balance was low and has been recharged');
      changed(authId);
    }
    await this.alerts.tell(clock.now());
  }
}
