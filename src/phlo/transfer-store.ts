import type pg from 'pg';

/** A transfer that a member of a multiparty call has begun. */
export interface Transfer {
  readonly multiPartyId: string;
  /** Address of that member. */
  readonly initiator: string;
  /** Of the one who is called. */
  readonly callId: string;
  /** Ids of the members who hear the hold music meanwhile. */
  readonly held: readonly string[];
}

const COLUMNS = 'mpc_id as "multiPartyId", initiator, call_id as "callId", held';

export class TransferStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** In the place of an earlier one of the same member. */
  async put({ multiPartyId, initiator, callId, held }: Transfer, at: Date): Promise<void> {
    await this.#pool.query(
      `insert into phlo_transfers (mpc_id, initiator, call_id, held, created_at) values ($1, $2, $3, $4, $5)
       on conflict (mpc_id, initiator) do update set call_id = excluded.call_id, held = excluded.held, created_at = excluded.created_at`,
      [multiPartyId, initiator, callId, held, at],
    );
  }

  async of(multiPartyId: string, initiator: string): Promise<Transfer | undefined> {
    const { rows } = await this.#pool.query<Transfer>(
      `select ${COLUMNS} from phlo_transfers where mpc_id = $1 and initiator = $2`,
      [multiPartyId, initiator],
    );
    return rows[0];
  }

  /** Those that this member has begun, or is on hold for. */
  async with(multiPartyId: string, initiator: string, memberId: string): Promise<readonly Transfer[]> {
    const { rows } = await this.#pool.query<Transfer>(
      `select ${COLUMNS} from phlo_transfers where mpc_id = $1 and (initiator = $2 or held @> array[$3])`,
      [multiPartyId, initiator, memberId],
    );
    return rows;
  }

  async remove({ multiPartyId, initiator }: Pick<Transfer, 'multiPartyId' | 'initiator'>): Promise<void> {
    await this.#pool.query('delete from phlo_transfers where mpc_id = $1 and initiator = $2', [multiPartyId, initiator]);
  }
}
