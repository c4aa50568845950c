import { type Kysely, type SelectQueryBuilder, sql, type Transaction } from 'kysely';
import type pg from 'pg';
import { MAX_COUNTED, type Reach } from '../accounts/reach.ts';
import { Problem } from '../errors/catalogue.ts';
import { firstUuidOf, isUuid, lastUuidOf } from '../runtime/ids.ts';
import { likePrefix } from '../storage/like.ts';
import type { Storage, Tables } from '../storage/storage.ts';
import type { CallDirection, CnamLookup } from './call-facts.ts';
import type { CallFilter, CallRecord } from './call-record.ts';
import type { HangupCode, HangupSource } from './hangup-cause.ts';

interface CallTable {
  call_id: string;
  account_id: string;
  owner_id: string;
  direction: CallDirection;
  from_number: string;
  to_number: string;
  caller_name: string;
  request_id: string | null;
  parent_call_id: string | null;
  conference_id: string | null;
  application_id: string | null;
  trunk: string | null;
  secure: boolean;
  cnam_lookup: CnamLookup | '';
  carrier_failover: boolean;
  carrier_cost_micros: number;
  rate_micros: number;
  amount_micros: number;
  bill_seconds: number;
  billed_seconds: number;
  hangup_code: HangupCode;
  hangup_source: HangupSource;
  sip_status: number | null;
  stir_verification: string;
  stir_attestation: string;
  source_ip: string | null;
  initiated_at: Date;
  ringing_at: Date | null;
  answered_at: Date | null;
  ended_at: Date;
}

type CallTables = { calls: CallTable };

const COLUMNS = [
  'call_id',
  'account_id',
  'owner_id',
  'direction',
  'from_number',
  'to_number',
  'caller_name',
  'request_id',
  'parent_call_id',
  'conference_id',
  'application_id',
  'trunk',
  'secure',
  'cnam_lookup',
  'carrier_failover',
  'carrier_cost_micros',
  'rate_micros',
  'amount_micros',
  'bill_seconds',
  'billed_seconds',
  'hangup_code',
  'hangup_source',
  'sip_status',
  'stir_verification',
  'stir_attestation',
  'source_ip',
  'initiated_at',
  'ringing_at',
  'answered_at',
  'ended_at',
] as const satisfies readonly (keyof CallTable)[];

/** A search that finds little reads all of its time range; it may not hold a connection for longer. */
const SEARCH_TIMEOUT_MS = 5_000;
/** PostgreSQL: query_canceled. */
const CANCELLED = '57014';
/**
 * A leg lasts at most a day from its answer, and waits for its turn before that. Partitions are by when it began, so those that began
 * longer before the range than this are not looked into.
 */
const LONGEST_MS = 7 * 24 * 3_600_000;
/** Clocks of nodes disagree by less: a leg does not end before the time in its id by more. */
const CLOCK_SKEW_MS = 60_000;

const COUNT_TIMEOUT_MS = 200;

export interface FoundCalls {
  /** Undefined: too many to be counted. */
  readonly total: number | undefined;
  readonly items: readonly CallRecord[];
  readonly hasMore: boolean;
}

/** Call detail records as the API shows them. They are written by `CallStore.end` alone. */
export class CallRecordStore {
  readonly #pool: pg.Pool;
  readonly #db: Kysely<Tables & CallTables>;

  constructor(storage: Storage) {
    this.#pool = storage.pool;
    this.#db = storage.kysely.withTables<CallTables>();
  }

  async find(reach: Reach, callId: string): Promise<CallRecord | undefined> {
    if (!isUuid(callId)) return undefined;
    const { rows } = await this.#pool.query<CallTable>({
      name: 'find-call-record',
      text: `select ${COLUMNS.join(', ')} from calls where call_id = $1 and account_id = $2 and ($3::text is null or owner_id = $3)`,
      values: [callId, reach.accountId, reach.subaccountId ?? null],
    });
    return rows[0] && toRecord(rows[0]);
  }

  /** The latest end first. @throws Problem when the search takes too long */
  async list(reach: Reach, filter: CallFilter, limit: number, offset: number): Promise<FoundCalls> {
    if (filter.toMs < filter.fromMs) return { total: 0, items: [], hasMore: false };
    const rows = await this.#within(SEARCH_TIMEOUT_MS, (transaction) =>
      filtered(transaction.selectFrom('calls'), reach, filter)
        .select(COLUMNS)
        .orderBy('ended_at', 'desc')
        .orderBy('call_id', 'desc')
        .limit(limit + 1)
        .offset(offset)
        .execute(),
    );
    if (!rows) {
      const text = `the search takes longer than ${SEARCH_TIMEOUT_MS} ms: narrow end_time`;
      throw new Problem('invalid_parameter', text, { parameter: 'end_time' });
    }
    const hasMore = rows.length > limit;
    const items = rows.slice(0, limit).map(toRecord);
    // The last page tells by itself how many there are.
    if (!hasMore && (items.length > 0 || offset === 0)) return { total: offset + items.length, items, hasMore };
    return { total: await this.#count(reach, filter), items, hasMore };
  }

  async #count(reach: Reach, filter: CallFilter): Promise<number | undefined> {
    const counted = await this.#within(COUNT_TIMEOUT_MS, (transaction) =>
      transaction
        .selectFrom(
          filtered(transaction.selectFrom('calls'), reach, filter)
            .select('call_id')
            .limit(MAX_COUNTED + 1)
            .as('matching'),
        )
        .select((eb) => eb.fn.countAll<number>().as('total'))
        .executeTakeFirstOrThrow(),
    );
    return counted && counted.total <= MAX_COUNTED ? counted.total : undefined;
  }

  /** Undefined when the time is over. */
  #within<Result>(
    timeoutMs: number,
    query: (transaction: Transaction<Tables & CallTables>) => Promise<Result>,
  ): Promise<Result | undefined> {
    return this.#db
      .transaction()
      .execute(async (transaction) => {
        await sql`set local statement_timeout = ${sql.lit(timeoutMs)}`.execute(transaction);
        return query(transaction);
      })
      .catch((error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === CANCELLED) return undefined;
        throw error;
      });
  }
}

function filtered<Output>(
  query: SelectQueryBuilder<Tables & CallTables, 'calls', Output>,
  reach: Reach,
  filter: CallFilter,
): SelectQueryBuilder<Tables & CallTables, 'calls', Output> {
  let narrowed = query
    .where('account_id', '=', reach.accountId)
    .where('ended_at', '>=', new Date(filter.fromMs))
    .where('ended_at', '<', new Date(filter.toMs + 1))
    .where('call_id', '>=', firstUuidOf(filter.fromMs - LONGEST_MS))
    .where('call_id', '<=', lastUuidOf(filter.toMs + CLOCK_SKEW_MS));
  const equal = {
    owner_id: reach.subaccountId ?? filter.ownerId,
    direction: filter.direction,
    parent_call_id: filter.parentCallId,
    hangup_code: filter.hangupCode,
    hangup_source: filter.hangupSource,
    stir_verification: filter.stirVerification,
  };
  // What the index of subaccounts holds.
  const { owner_id: ownerId } = equal;
  if (ownerId !== undefined && ownerId !== reach.accountId) narrowed = narrowed.where(sql<boolean>`owner_id <> account_id`);
  for (const [column, value] of Object.entries(equal)) {
    if (value !== undefined) narrowed = narrowed.where(sql.ref<string | number>(column), '=', value);
  }
  if (filter.applicationIds !== undefined) narrowed = narrowed.where('application_id', 'in', ['', ...filter.applicationIds]);
  if (filter.fromPrefix !== undefined) narrowed = narrowed.where('from_number', 'like', likePrefix(filter.fromPrefix));
  if (filter.toPrefix !== undefined) narrowed = narrowed.where('to_number', 'like', likePrefix(filter.toPrefix));
  for (const { comparison, seconds } of filter.billSeconds ?? []) narrowed = narrowed.where('bill_seconds', comparison, seconds);
  return narrowed;
}

const toRecord = (row: CallTable): CallRecord => ({
  callId: row.call_id,
  accountId: row.account_id,
  ownerId: row.owner_id,
  direction: row.direction,
  from: row.from_number,
  to: row.to_number,
  callerName: row.caller_name,
  requestId: row.request_id,
  parentCallId: row.parent_call_id,
  conferenceId: row.conference_id,
  applicationId: row.application_id,
  trunk: row.trunk,
  secure: row.secure,
  cnamLookup: row.cnam_lookup,
  carrierFailover: row.carrier_failover,
  carrierCostMicros: row.carrier_cost_micros,
  rateMicros: row.rate_micros,
  amountMicros: row.amount_micros,
  billSeconds: row.bill_seconds,
  billedSeconds: row.billed_seconds,
  hangupCode: row.hangup_code,
  hangupSource: row.hangup_source,
  sipStatus: row.sip_status,
  stirVerification: row.stir_verification,
  stirAttestation: row.stir_attestation,
  sourceIp: row.source_ip,
  initiatedAt: row.initiated_at,
  ringingAt: row.ringing_at,
  answeredAt: row.answered_at,
  endedAt: row.ended_at,
});
