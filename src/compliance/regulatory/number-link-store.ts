import type pg from 'pg';

export interface LinkedNumber {
  readonly number: string;
  readonly type: string;
}

/** Numbers and the application that each was put under. */
export class NumberLinkStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async link(accountId: string, number: string, applicationId: string): Promise<void> {
    await this.#pool.query(
      `update numbers set details = (details - 'awaitsDocuments') || jsonb_build_object('complianceId', $3::text)
       where number = $2 and account_id = $1`,
      [accountId, number, applicationId],
    );
  }

  /** Numbers of applications, by application. */
  async of(accountId: string, applicationIds: readonly string[]): Promise<ReadonlyMap<string, readonly LinkedNumber[]>> {
    const found = new Map<string, LinkedNumber[]>();
    if (applicationIds.length === 0) return found;
    const { rows } = await this.#pool.query<{ number: string; type: string; application: string }>(
      `select number, type, details->>'complianceId' as application from numbers
       where details ? 'complianceId' and details->>'complianceId' = any ($2) and account_id = $1 order by number`,
      [accountId, applicationIds],
    );
    for (const { number, type, application } of rows) {
      const numbers = found.get(application) ?? [];
      numbers.push({ number, type });
      found.set(application, numbers);
    }
    return found;
  }

  /** Numbers of an application that goes are under none. */
  async unlinkAll(client: pg.ClientBase, accountId: string, applicationId: string): Promise<void> {
    await client.query(
      `update numbers set details = details - 'complianceId'
       where details ? 'complianceId' and details->>'complianceId' = $2 and account_id = $1`,
      [accountId, applicationId],
    );
  }
}
