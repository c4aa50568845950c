import type pg from 'pg';
import { takeDue } from '../billing/charge-store.ts';
import type { Charge } from '../billing/rates.ts';
import type { MessageService } from '../carriers/carrier.ts';
import { firstUuidOf } from '../runtime/ids.ts';
import { inTransaction } from '../storage/storage.ts';
import { LATE_AFTER_MS } from './lingering-store.ts';
import { type OptOutState, optOutScopes } from './opt-out.ts';
import type { LogSetting } from './redaction.ts';

/** An inbound message as it is stored. `from` and `text` are already what may be kept. Times are wall-clock milliseconds. */
export interface InboundRecord {
  readonly id: string;
  readonly accountId: string;
  readonly ownerId: string;
  readonly service: MessageService;
  readonly from: string;
  readonly to: string;
  readonly country: string | undefined;
  readonly units: number;
  readonly charge: Charge;
  readonly log: LogSetting;
  readonly text: string | undefined;
  readonly applicationId: string | undefined;
  readonly powerpackId: string | undefined;
  readonly intent: string | undefined;
  readonly carrier: string;
  readonly errorCode: string | undefined;
  readonly receivedAt: number;
}

export interface OptOutChange {
  /** The number that was texted. */
  readonly source: string;
  /** The 10DLC campaign that it is in. */
  readonly campaignId: string | undefined;
  readonly subscriber: string;
  readonly accountId: string;
  readonly change: 'opt_out' | 'opt_in';
  readonly at: number;
}

export class InboundStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Of each scope, in their order. */
  async optOutStates(scopes: readonly string[], subscriber: string, accountId: string): Promise<readonly OptOutState[]> {
    const { rows } = await this.#pool.query<{ source: string; since: number; acknowledged: number | null }>(
      `select source, (extract(epoch from since) * 1000)::float8 as since,
         (extract(epoch from acknowledged_at) * 1000)::float8 as acknowledged
       from opt_outs where source = any($1) and subscriber = $2 and account_id = $3`,
      [scopes, subscriber, accountId],
    );
    return scopes.map((scope) => {
      const row = rows.find(({ source }) => source === scope);
      return { optedOutAt: row?.since, acknowledgedAt: row?.acknowledged ?? undefined };
    });
  }

  /**
   * Stores the message with everything that must be true together; `also` adds its own rows to the transaction. `changed` is false
   * when another message has made the change at the same moment. Undefined when a message of this id is stored already.
   */
  async insert<T>(
    record: InboundRecord,
    change: OptOutChange | undefined,
    also: (client: pg.ClientBase) => Promise<T>,
  ): Promise<{ readonly changed: boolean; readonly result: T } | undefined> {
    return inTransaction(this.#pool, async (client) => {
      const { rowCount } = await client.query(
        `insert into messages (id, account_id, owner_id, direction, service, state, from_number, to_number, country, units, rate_micros,
           amount_micros, fee_rate_micros, fee_micros, log, text, application_id, intent, error_code, transitions, lingers, created_at, updated_at, powerpack_id)
         values ($1, $2, $3, 'inbound', $4, 'received', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
           $20, to_timestamp($19::float8 / 1000), to_timestamp($19::float8 / 1000), $21) on conflict (id) do nothing`,
        [
          record.id,
          record.accountId,
          record.ownerId,
          record.service,
          record.from,
          record.to,
          record.country ?? null,
          record.units,
          record.charge.rate,
          record.charge.amount,
          record.charge.carrierFeeRate,
          record.charge.carrierFees,
          record.log,
          record.text ?? null,
          record.applicationId ?? null,
          record.intent ?? null,
          record.errorCode ?? null,
          JSON.stringify([[record.receivedAt, 'received', `from ${record.carrier}`]]),
          record.receivedAt,
          record.id < firstUuidOf(record.receivedAt - LATE_AFTER_MS),
          record.powerpackId ?? null,
        ],
      );
      if (rowCount === 0) return undefined;
      const { accountId, ownerId, service, charge, receivedAt } = record;
      await takeDue(client, [{ accountId, ownerId, kind: service, micros: charge.total, at: receivedAt }]);
      const changed = change ? await this.#applyOptOut(client, change) : true;
      return { changed, result: await also(client) };
    });
  }

  /** Ends an inbound message; a state that is already final stays. */
  async finish(
    id: string,
    state: 'delivered' | 'undelivered',
    errorCode: string | undefined,
    cause: string,
    at: number,
  ): Promise<void> {
    await this.#pool.query(
      `update messages set state = $2, error_code = coalesce($3, error_code), transitions = transitions || $4::jsonb,
         final_at = to_timestamp($5::float8 / 1000), updated_at = to_timestamp($5::float8 / 1000)
       where id = $1 and direction = 'inbound' and state = 'received'`,
      [id, state, errorCode ?? null, JSON.stringify([[at, state, cause]]), at],
    );
  }

  async #applyOptOut(client: pg.ClientBase, change: OptOutChange): Promise<boolean> {
    const { source, campaignId = null, subscriber, accountId, at } = change;
    const scopes = optOutScopes(source, change.campaignId);
    if (change.change === 'opt_in') {
      const { rowCount } = await client.query(
        'delete from opt_outs where (source = any($1) or campaign_id = $4) and subscriber = $2 and account_id = $3',
        [scopes, subscriber, accountId, campaignId],
      );
      return rowCount !== 0;
    }
    const { rowCount } = await client.query(
      `insert into opt_outs as o (source, subscriber, account_id, since, campaign_id)
       select scope, $2, $3, to_timestamp($4::float8 / 1000), case when scope = $5 then $6 end
       from unnest($1::text[]) with ordinality as s (scope, place) order by place
       on conflict (source, subscriber, account_id) do update set campaign_id = excluded.campaign_id
         where excluded.campaign_id is not null and o.campaign_id is distinct from excluded.campaign_id`,
      [scopes, subscriber, accountId, at, source, campaignId],
    );
    return rowCount !== 0;
  }
}
