import type pg from 'pg';
import { isAwaitingDocuments, isRegistered, type NumberDetails, type NumberType } from '../../numbers/number.ts';
import { SENDS_MMS } from './number-pool-store.ts';
import { classOf, type Powerpack } from './powerpack.ts';
import { type PowerpackRow, toPowerpack } from './powerpack-store.ts';
import type { PoolSender } from './sender-choice.ts';

interface SenderRow {
  readonly number: string;
  readonly account_id: string;
  readonly subaccount_id: string | null;
  readonly app_id: string | null;
  readonly country_iso: string;
  readonly type: NumberType;
  readonly sms_enabled: boolean;
  readonly mms_enabled: boolean;
  readonly mms: boolean;
  readonly details: NumberDetails;
}

/** The Powerpack that speaks for a number when something comes in. */
export interface InboundPowerpack {
  readonly powerpackId: string;
  readonly appId: string | null;
  readonly phloId: string | null;
}

/** What the messaging engine reads of Powerpacks; nothing of it once a message. */
export class PoolDirectoryStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async load(powerpackId: string): Promise<{ powerpack: Powerpack; senders: readonly PoolSender[] } | undefined> {
    const found = await this.#pool.query<PowerpackRow>('select * from powerpacks where powerpack_id = $1', [powerpackId]);
    const powerpack = found.rows[0] && toPowerpack(found.rows[0]);
    if (!powerpack) return undefined;
    const { rows } = await this.#pool.query<SenderRow>(
      `select n.number, n.account_id, n.subaccount_id, n.app_id, n.country_iso, n.type, n.sms_enabled, n.mms_enabled, n.details,
         ${SENDS_MMS} as mms
       from pool_numbers p join numbers n on n.number = p.number
       where p.pool_id = $1 and n.account_id = $2 and ($3::text is null or n.subaccount_id = $3) order by p.number`,
      [powerpack.poolId, powerpack.accountId, powerpack.subaccountId],
    );
    return { powerpack, senders: rows.map(toSender) };
  }

  /** By number; of several pools that a number is in, the one that it joined last. Nobody speaks for one that waits for its papers. */
  async ofNumbers(numbers: readonly string[]): Promise<ReadonlyMap<string, InboundPowerpack>> {
    const { rows } = await this.#pool.query<{
      number: string;
      powerpack_id: string;
      app_id: string | null;
      phlo_id: string | null;
    }>(
      `select distinct on (p.number) p.number, k.powerpack_id, k.app_id, k.phlo_id
       from pool_numbers p join powerpacks k using (pool_id) join numbers n on n.number = p.number and n.account_id = k.account_id
         and (k.subaccount_id is null or n.subaccount_id = k.subaccount_id)
       where p.number = any($1) and n.details->'awaitsDocuments' is distinct from 'true' order by p.number, p.added_at desc, k.powerpack_id`,
      [numbers],
    );
    return new Map(rows.map((row) => [row.number, { powerpackId: row.powerpack_id, appId: row.app_id, phloId: row.phlo_id }]));
  }
}

const toSender = (row: SenderRow): PoolSender => {
  const registered = isRegistered({ type: row.type, countryIso: row.country_iso, details: row.details });
  const isUsable = !isAwaitingDocuments(row);
  return {
    number: row.number,
    accountId: row.account_id,
    subaccountId: row.subaccount_id,
    appId: row.app_id,
    countryIso: row.country_iso,
    type: row.type,
    smsEnabled: row.sms_enabled && isUsable,
    mmsEnabled: row.mms_enabled && isUsable,
    isRegistered: registered,
    campaignId: registered ? row.details.tendlcCampaignId : undefined,
    senderClass: classOf(row.type),
    mms: row.mms,
  };
};
