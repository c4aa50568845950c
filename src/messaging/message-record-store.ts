import { type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import type pg from 'pg';
import type { Reach } from '../accounts/reach.ts';
import type { MessageService } from '../carriers/carrier.ts';
import { Problem } from '../errors/catalogue.ts';
import { firstUuidOf, isUuid, lastUuidOf } from '../runtime/ids.ts';
import type { Storage, Tables } from '../storage/storage.ts';
import type { ConversionFeedback, MessageDetails, MessageDirection, MessageFilter, MessageRecord } from './message-record.ts';
import type { MessageState } from './message-state.ts';

interface MessageTable {
  id: string;
  account_id: string;
  owner_id: string;
  direction: MessageDirection;
  service: MessageService;
  state: MessageState;
  from_number: string;
  to_number: string;
  country: string | null;
  network: string;
  units: number;
  rate_micros: number;
  amount_micros: number;
  fee_rate_micros: number;
  fee_micros: number;
  error_code: string | null;
  log: string;
  requester_ip: string | null;
  is_domestic: boolean;
  replaced_sender: string | null;
  powerpack_id: string | null;
  campaign_id: string | null;
  campaign_status: string | null;
  expiry_seconds: number;
  trackable: boolean;
  details: MessageDetails | null;
  created_at: Date;
  sent_at: Date | null;
  updated_at: Date;
}

type RecordTables = { messages: MessageTable };

/** What a record is made of; neither the text nor the webhook's URL is read. */
const COLUMNS = [
  'id',
  'account_id',
  'owner_id',
  'direction',
  'service',
  'state',
  'from_number',
  'to_number',
  'country',
  'network',
  'units',
  'rate_micros',
  'amount_micros',
  'fee_rate_micros',
  'fee_micros',
  'error_code',
  'log',
  'requester_ip',
  'is_domestic',
  'replaced_sender',
  'powerpack_id',
  'campaign_id',
  'campaign_status',
  'expiry_seconds',
  'trackable',
  'details',
  'created_at',
  'sent_at',
  'updated_at',
] as const satisfies readonly (keyof MessageTable)[];

/**
 * A search whose matches are rare reads every row of its time range. Measured with this store on one account with 1,000,000 messages
 * over 30 days (2 cores, 32 MB of shared buffers, rows in the system's cache; milliseconds, p50 / p99):
 *
 * | read                                             | 10,000 rows | 1,000,000 rows |
 * |--------------------------------------------------|-------------|----------------|
 * | one message                                      | 0.3 / 1.0   | 0.3 / 0.6      |
 * | first page of the last 24 h                      | 1.0 / 4.2   | 0.9 / 2.7      |
 * | first page of 90 days                            | 1.2 / 5.0   | 1.1 / 4.0      |
 * | with a filter that many rows pass (a sender)     | 1.4 / 4.1   | 1.3 / 4.2      |
 * | with a filter that 1 row of 10,000 passes        | 2.2 / 3.2   | 100 / 180      |
 * | with a filter that none passes: all rows are read | 2.1 / 2.1  | 299 / 335      |
 * | page at offset 500,000                           | 4.6 / 4.7   | 320 / 321      |
 *
 * Plan: a backward scan of `messages_account (account_id, id)` on each partition of the range, merged, stopped at the limit. Further
 * indexes would make these faster at the expense of every insert: on `state` and `error_code` they would also forbid updating
 * rows in place, and on `to_number` each insert would touch a random page. At 20 lists a minute an account cannot make the slow
 * ones matter; this limit keeps a search over tens of millions of rows from holding a connection.
 */
const SEARCH_TIMEOUT_MS = 5_000;
/** PostgreSQL: query_canceled. */
const CANCELLED = '57014';

/** Message records as the API shows them. Sending, receiving and state changes write the same table through stores of their own. */
export class MessageRecordStore {
  readonly #pool: pg.Pool;
  readonly #db: Kysely<Tables & RecordTables>;
  readonly #searchTimeoutMs: number;

  constructor(storage: Storage, searchTimeoutMs = SEARCH_TIMEOUT_MS) {
    this.#pool = storage.pool;
    this.#db = storage.kysely.withTables<RecordTables>();
    this.#searchTimeoutMs = searchTimeoutMs;
  }

  async find(reach: Reach, messageId: string): Promise<MessageRecord | undefined> {
    if (!isUuid(messageId)) return undefined;
    const { rows } = await this.#pool.query<MessageTable>({
      name: 'find-message-record',
      text: `select ${COLUMNS.join(', ')} from messages where id = $1 and account_id = $2 and ($3::text is null or owner_id = $3)`,
      values: [messageId, reach.accountId, reach.subaccountId ?? null],
    });
    return rows[0] && toRecord(rows[0]);
  }

  /** Newest first. `hasMore` instead of a total: counting would read what paging avoids. */
  async list(
    reach: Reach,
    filter: MessageFilter,
    limit: number,
    offset: number,
  ): Promise<{ readonly items: readonly MessageRecord[]; readonly hasMore: boolean }> {
    if (filter.toMs !== undefined && filter.toMs < filter.fromMs) return { items: [], hasMore: false };
    const rows = await this.#db
      .transaction()
      .execute(async (transaction) => {
        await sql`set local statement_timeout = ${sql.lit(this.#searchTimeoutMs)}`.execute(transaction);
        return filtered(transaction.selectFrom('messages').select(COLUMNS), reach, filter)
          .orderBy('id', 'desc')
          .limit(limit + 1)
          .offset(offset)
          .execute();
      })
      .catch((error: unknown) => {
        if (!(error instanceof Error && 'code' in error && error.code === CANCELLED)) throw error;
        throw new Problem('invalid_parameter', `the search takes longer than ${this.#searchTimeoutMs} ms: narrow message_time`, {
          parameter: 'message_time',
          cause: error,
        });
      });
    return { items: rows.slice(0, limit).map(toRecord), hasMore: rows.length > limit };
  }

  /** Records what the recipient did; a later report replaces it. False when there is no such message within reach. */
  async recordConversion(reach: Reach, messageId: string, conversion: ConversionFeedback): Promise<boolean> {
    if (!isUuid(messageId)) return false;
    const { rowCount } = await this.#pool.query(
      `update messages set details = coalesce(details, '{}') || jsonb_build_object('conversion', $4::jsonb)
       where id = $1 and account_id = $2 and ($3::text is null or owner_id = $3)`,
      [messageId, reach.accountId, reach.subaccountId ?? null, JSON.stringify(conversion)],
    );
    return rowCount === 1;
  }
}

function filtered<Output>(
  query: SelectQueryBuilder<Tables & RecordTables, 'messages', Output>,
  reach: Reach,
  filter: MessageFilter,
): SelectQueryBuilder<Tables & RecordTables, 'messages', Output> {
  let narrowed = query.where('account_id', '=', reach.accountId).where('id', '>=', firstUuidOf(filter.fromMs));
  if (filter.toMs !== undefined) narrowed = narrowed.where('id', '<=', lastUuidOf(filter.toMs));
  const owner = reach.subaccountId ?? filter.ownerId;
  const equal = {
    owner_id: owner,
    direction: filter.direction,
    state: filter.state,
    service: filter.service,
    error_code: filter.errorCode,
    from_number: filter.fromNumber,
    to_number: filter.toNumber,
    country: filter.countryIso2,
    powerpack_id: filter.powerpackId,
    campaign_id: filter.campaignId,
    campaign_status: filter.campaignStatus,
  };
  for (const [column, value] of Object.entries(equal)) {
    if (value !== undefined) narrowed = narrowed.where(sql.ref<string>(column), '=', value);
  }
  if (filter.conversationId !== undefined)
    narrowed = narrowed.where(sql<string>`details -> 'conversation' ->> 'id'`, '=', filter.conversationId);
  if (filter.conversationOrigin !== undefined)
    narrowed = narrowed.where(sql<string>`details -> 'conversation' ->> 'origin'`, '=', filter.conversationOrigin);
  return narrowed;
}

const toRecord = (row: MessageTable): MessageRecord => ({
  id: row.id,
  accountId: row.account_id,
  ownerId: row.owner_id,
  direction: row.direction,
  service: row.service,
  state: row.state,
  fromNumber: row.from_number,
  toNumber: row.to_number,
  countryIso2: row.country,
  network: row.network,
  units: row.units,
  rateMicros: row.rate_micros,
  amountMicros: row.amount_micros,
  feeRateMicros: row.fee_rate_micros,
  feeMicros: row.fee_micros,
  errorCode: row.error_code,
  log: row.log,
  requesterIp: row.requester_ip,
  isDomestic: row.is_domestic,
  replacedSender: row.replaced_sender,
  powerpackId: row.powerpack_id,
  campaignId: row.campaign_id,
  campaignStatus: row.campaign_status,
  expirySeconds: row.expiry_seconds,
  trackable: row.trackable,
  details: row.details ?? {},
  createdAt: row.created_at,
  sentAt: row.sent_at,
  updatedAt: row.updated_at,
});
