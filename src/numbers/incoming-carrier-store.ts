import type { Kysely } from 'kysely';
import { type Found, MAX_COUNTED, type PageRequest, pageOf } from '../accounts/reach.ts';
import { countRows } from '../storage/count-rows.ts';
import type { Storage, Tables } from '../storage/storage.ts';

/** A carrier of the account's own whose calls and messages come in from certain addresses. */
export interface IncomingCarrier {
  /** 14 decimal digits. */
  readonly carrierId: string;
  readonly accountId: string;
  readonly name: string;
  /** Addresses joined by commas. */
  readonly ipSet: string;
  readonly sms: boolean;
  readonly voice: boolean;
  readonly createdAt: Date;
}

export type IncomingCarrierChange = Partial<Pick<IncomingCarrier, 'name' | 'ipSet' | 'sms' | 'voice'>>;

interface IncomingCarrierTable {
  carrier_id: string;
  account_id: string;
  name: string;
  ip_set: string;
  sms: boolean;
  voice: boolean;
  created_at: Date;
}
type Database = Tables & { incoming_carriers: IncomingCarrierTable };

export class IncomingCarrierStore {
  readonly #db: Kysely<Database>;

  constructor(storage: Storage) {
    this.#db = storage.kysely.withTables<Database>();
  }

  async find(accountId: string, carrierId: string): Promise<IncomingCarrier | undefined> {
    const row = await this.#db
      .selectFrom('incoming_carriers')
      .selectAll()
      .where('carrier_id', '=', carrierId)
      .where('account_id', '=', accountId)
      .executeTakeFirst();
    return row && toIncomingCarrier(row);
  }

  /** Newest first. */
  async list(accountId: string, name: string | undefined, page: PageRequest): Promise<Found<IncomingCarrier>> {
    let matching = this.#db.selectFrom('incoming_carriers').where('account_id', '=', accountId);
    if (name !== undefined) matching = matching.where('name', '=', name);
    const rows = await matching
      .selectAll()
      .orderBy('created_at', 'desc')
      .orderBy('carrier_id')
      .limit(page.limit + 1)
      .offset(page.offset)
      .execute();
    const count = () => countRows(this.#db, matching.select('carrier_id').limit(MAX_COUNTED + 1));
    return pageOf(rows.map(toIncomingCarrier), page, count);
  }

  /** Stores it unless its id exists: an asynchronous request that runs a second time changes nothing. */
  async insert(carrier: IncomingCarrier): Promise<void> {
    await this.#db
      .insertInto('incoming_carriers')
      .values({
        carrier_id: carrier.carrierId,
        account_id: carrier.accountId,
        name: carrier.name,
        ip_set: carrier.ipSet,
        sms: carrier.sms,
        voice: carrier.voice,
        created_at: carrier.createdAt,
      })
      .onConflict((conflict) => conflict.column('carrier_id').doNothing())
      .execute();
  }

  /** False when the account has no such carrier. */
  async update(accountId: string, carrierId: string, change: IncomingCarrierChange): Promise<boolean> {
    const row = {
      ...(change.name !== undefined && { name: change.name }),
      ...(change.ipSet !== undefined && { ip_set: change.ipSet }),
      ...(change.sms !== undefined && { sms: change.sms }),
      ...(change.voice !== undefined && { voice: change.voice }),
    };
    if (Object.keys(row).length === 0) return (await this.find(accountId, carrierId)) !== undefined;
    const { numUpdatedRows } = await this.#db
      .updateTable('incoming_carriers')
      .set(row)
      .where('carrier_id', '=', carrierId)
      .where('account_id', '=', accountId)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** Its numbers stay with the account. False when the account has no such carrier. */
  async delete(accountId: string, carrierId: string): Promise<boolean> {
    const { numDeletedRows } = await this.#db
      .deleteFrom('incoming_carriers')
      .where('carrier_id', '=', carrierId)
      .where('account_id', '=', accountId)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }
}

function toIncomingCarrier(row: IncomingCarrierTable): IncomingCarrier {
  return {
    carrierId: row.carrier_id,
    accountId: row.account_id,
    name: row.name,
    ipSet: row.ip_set,
    sms: row.sms,
    voice: row.voice,
    createdAt: row.created_at,
  };
}
