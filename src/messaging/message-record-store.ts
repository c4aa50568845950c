import type pg from 'pg';
import type { Reach } from '../accounts/reach.ts';
import type { MessageService } from '../carriers/carrier.ts';
import { isUuid } from '../runtime/ids.ts';
import type { ConversionFeedback, MessageDetails, MessageDirection, MessageRecord } from './message-record.ts';
import type { MessageState } from './message-state.ts';

/** Columns of `messages` that a record is made of. */
export interface RecordRow {
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

/** What a record is made of; neither the text nor the webhook's URL is read. */
export const RECORD_COLUMNS = [
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
] as const satisfies readonly (keyof RecordRow)[];

/** Message records as the API shows them. Sending, receiving and state changes write the same table through stores of their own. */
export class MessageRecordStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async find(reach: Reach, messageId: string): Promise<MessageRecord | undefined> {
    if (!isUuid(messageId)) return undefined;
    const { rows } = await this.#pool.query<RecordRow>({
      name: 'find-message-record',
      text: `select ${RECORD_COLUMNS.join(', ')} from messages where id = $1 and account_id = $2 and ($3::text is null or owner_id = $3)`,
      values: [messageId, reach.accountId, reach.subaccountId ?? null],
    });
    return rows[0] && toRecord(rows[0]);
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

export const toRecord = (row: RecordRow): MessageRecord => ({
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
