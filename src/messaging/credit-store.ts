import type pg from 'pg';

export interface Balance {
  readonly isPrepaid: boolean;
  readonly micros: number;
}

/** What accounts have left, read past every cache. */
export class CreditStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async balance(accountId: string): Promise<Balance | undefined> {
    const { rows } = await this.#pool.query<Balance>({
      name: 'read-balance',
      text: `select billing_mode = 'prepaid' as "isPrepaid", balance_micros as micros from accounts where auth_id = $1`,
      values: [accountId],
    });
    return rows[0];
  }
}
