import type pg from 'pg';

export interface Balance {
  readonly isPrepaid: boolean;
  readonly micros: number;
  readonly isEnabled: boolean;
}

/** What accounts have left and whether they may send at all, read past every cache. */
export class CreditStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async balance(accountId: string): Promise<Balance | undefined> {
    const { rows } = await this.#pool.query<Balance>({
      name: 'read-balance',
      text: `select billing_mode = 'prepaid' as "isPrepaid", balance_micros as micros, enabled as "isEnabled" from accounts where auth_id = $1`,
      values: [accountId],
    });
    return rows[0];
  }
}
