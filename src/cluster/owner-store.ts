import type pg from 'pg';
import { isUuid } from '../runtime/ids.ts';

/** Which node has a call or a multiparty call now. Conferences have no rows: only their node knows of them. */
export class OwnerStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Undefined: nobody has it, or it is not known. */
  async ofCall(callId: string): Promise<string | undefined> {
    if (!isUuid(callId)) return undefined;
    return this.#one('select node from live_calls where call_id = $1', [callId]);
  }

  async ofMultiParty(
    accountId: string,
    which: { readonly by: 'id' | 'name'; readonly value: string },
  ): Promise<string | undefined> {
    if (which.by === 'id') {
      if (!isUuid(which.value)) return undefined;
      return this.#one('select node from multiparty_calls where mpc_id = $1 and ended_at is null', [which.value]);
    }
    return this.#one(
      'select node from multiparty_calls where account_id = $1 and name = $2 and ended_at is null order by mpc_id desc limit 1',
      [accountId, which.value],
    );
  }

  async #one(query: string, values: readonly string[]): Promise<string | undefined> {
    const { rows } = await this.#pool.query<{ node: string | null }>(query, [...values]);
    return rows[0]?.node ?? undefined;
  }
}
