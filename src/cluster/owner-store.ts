import type pg from 'pg';
import type { Reach } from '../accounts/reach.ts';
import { isUuid } from '../runtime/ids.ts';

/** Whose it is: of the account, or of the one subaccount that asks. What is not theirs is nobody's to them. */
const THEIRS = 'account_id = $1 and ($2::text is null or owner_id = $2)';

/** Which node has a call or a multiparty call now. Conferences have no rows: only their node knows of them. */
export class OwnerStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Undefined: nobody has it, or it is not known. */
  async ofCall(reach: Reach, callId: string): Promise<string | undefined> {
    if (!isUuid(callId)) return undefined;
    return this.#one(`select node from live_calls where call_id = $3 and ${THEIRS}`, reach, callId);
  }

  async ofMultiParty(reach: Reach, which: { readonly by: 'id' | 'name'; readonly value: string }): Promise<string | undefined> {
    if (which.by === 'id') {
      if (!isUuid(which.value)) return undefined;
      return this.#one(
        `select node from multiparty_calls where mpc_id = $3 and ended_at is null and ${THEIRS}`,
        reach,
        which.value,
      );
    }
    return this.#one(
      `select node from multiparty_calls where name = $3 and ended_at is null and ${THEIRS} order by mpc_id desc limit 1`,
      reach,
      which.value,
    );
  }

  async #one(query: string, { accountId, subaccountId }: Reach, value: string): Promise<string | undefined> {
    const { rows } = await this.#pool.query<{ node: string | null }>(query, [accountId, subaccountId ?? null, value]);
    return rows[0]?.node ?? undefined;
  }
}
