import type pg from 'pg';
import type { Reach } from '../accounts/reach.ts';
import { isUuid } from '../runtime/ids.ts';

/** What somebody thought of a call (voice-api.md §12). */
export interface CallFeedback {
  readonly callId: string;
  /** 1 to 5. */
  readonly rating: number;
  readonly issues: readonly string[];
  readonly notes: string;
  /** Wall-clock milliseconds. */
  readonly givenAt: number;
}

export class CallFeedbackStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Stores it in place of an earlier one. False when there is no such call within reach, live or ended. */
  async put(reach: Reach, feedback: CallFeedback): Promise<boolean> {
    if (!isUuid(feedback.callId)) return false;
    const { rowCount } = await this.#pool.query(
      `with found as (
         select account_id, owner_id from calls where call_id = $1
         union all select account_id, owner_id from live_calls where call_id = $1)
       insert into call_feedback (call_id, account_id, rating, issues, notes, given_at)
       select $1, account_id, $4, $5, $6, to_timestamp($7::float8 / 1000) from found
       where account_id = $2 and ($3::text is null or owner_id = $3)
       on conflict (call_id) do update set rating = excluded.rating, issues = excluded.issues, notes = excluded.notes,
         given_at = excluded.given_at`,
      [
        feedback.callId,
        reach.accountId,
        reach.subaccountId ?? null,
        feedback.rating,
        feedback.issues,
        feedback.notes,
        feedback.givenAt,
      ],
    );
    return rowCount === 1;
  }

  async find(callId: string): Promise<CallFeedback | undefined> {
    const { rows } = await this.#pool.query<CallFeedback>(
      `select call_id as "callId", rating, issues, notes, (extract(epoch from given_at) * 1000)::float8 as "givenAt"
       from call_feedback where call_id = $1`,
      [callId],
    );
    return rows[0];
  }

  /** Feedback goes with the records of its calls. */
  async forgetBefore(ms: number): Promise<void> {
    await this.#pool.query('delete from call_feedback where given_at < to_timestamp($1::float8 / 1000)', [ms]);
  }
}
