import { firstUuidOf } from '../runtime/ids.ts';
import type { MessageFacts, StatusChange } from './outbound.ts';

/** Columns of `messages m` that a status callback is made of, as `FactsRow` names them. */
export const MESSAGE_FACTS = `m.id, m.account_id as "accountId", m.owner_id as "ownerId", m.service, m.from_number as "from", m.to_number as "to", m.units,
  m.rate_micros as "rateMicros", m.amount_micros as "amountMicros", m.mcc, m.mnc, m.log, m.requester_ip as "requesterIp",
  m.powerpack_id as "powerpackId", m.callback_url as "callbackUrl", m.callback_method as "callbackMethod",
  m.details -> 'verification' as verification, m.callbacks, m.state,
  m.error_code as "errorCode", (extract(epoch from m.created_at) * 1000)::float8 as "createdAt",
  (extract(epoch from m.queued_at) * 1000)::float8 as "queuedAt", (extract(epoch from m.sent_at) * 1000)::float8 as "sentAt",
  (extract(epoch from m.final_at) * 1000)::float8 as "finalAt"`;

export type FactsRow = MessageFacts & {
  readonly callbacks: number;
  readonly state: StatusChange['state'];
  readonly errorCode: string | null;
};

/** Callbacks for the records that have a callback URL and have just entered a state. */
export function statusChangesOf(rows: readonly FactsRow[], at: ReadonlyMap<string, number>): readonly StatusChange[] {
  return rows
    .filter((row) => row.callbackUrl !== null)
    .map((row) => ({ facts: row, state: row.state, errorCode: row.errorCode, sequence: row.callbacks, at: at.get(row.id) ?? 0 }));
}

/** Receipts find messages of the last week: carriers give up on a message after at most three days. */
export const RECEIPT_REACH_MS = 7 * 24 * 3_600_000;
export const receiptHorizon = (now: number): string => firstUuidOf(now - RECEIPT_REACH_MS);
