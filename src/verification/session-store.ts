import type pg from 'pg';
import type { Found, PageRequest, Reach } from '../accounts/reach.ts';
import { after } from '../compliance/state-machine.ts';
import { isUuid } from '../runtime/ids.ts';
import { inTransaction } from '../storage/storage.ts';
import { sameDigest } from './codes.ts';
import type { VerifyNotice, VerifyNotifier } from './notices.ts';
import type { AttemptDetails, ShownSession, VerifyAttempt, VerifyChannel, VerifySession } from './session.ts';
import { type SessionState, sessionTable } from './session-machine.ts';

/** A session as it begins, with the digest of its code. */
export type NewSession = Omit<VerifySession, 'state' | 'attempts' | 'updatedAt'> & {
  readonly codeDigest: Buffer;
  readonly codeLength: number;
};

export interface NewAttempt {
  readonly attemptId: string;
  readonly details: AttemptDetails;
}

/** `spent`: no more codes are sent in this session. */
export type BegunAttempt =
  | {
      readonly kind: 'begun';
      readonly session: VerifySession;
      readonly sequence: number;
      readonly codeLength: number;
      /** Of the code that counts so far. */
      readonly codeDigest: Buffer;
    }
  | { readonly kind: 'spent'; readonly expiresAt: Date };

/** `lapsed`: expired, or this was the last wrong code that is taken. */
export type ValidationResult =
  | { readonly kind: 'verified'; readonly sessionId: string }
  | { readonly kind: 'wrong' | 'lapsed' | 'done' | 'unknown' };

export interface SessionFilter {
  readonly subaccountId?: string | undefined;
  readonly appId?: string | undefined;
  readonly state?: SessionState | undefined;
  readonly recipient?: string | undefined;
  readonly country?: string | undefined;
  readonly alias?: string | undefined;
  readonly brandName?: string | undefined;
  readonly appHash?: string | undefined;
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
}

interface SessionRow extends Omit<VerifySession, 'callback'> {
  readonly callbackUrl: string | null;
  readonly callbackMethod: 'GET' | 'POST';
}
interface LockedRow extends SessionRow {
  readonly codeDigest: Buffer;
  readonly codeLength: number;
  readonly validations: number;
}

/** Of `verify_sessions s` at the time $1: what its time is over for has expired, whether or not that is written down yet. */
const STATE = `case when s.state = 'in-progress' and s.expires_at <= $1 then 'expired' else s.state end`;
const COLUMNS = `s.session_id as "sessionId", s.account_id as "accountId", s.owner_id as "ownerId", s.app_id as "appId", s.alias, s.recipient,
  s.country, s.channel, s.locale, s.brand_name as "brandName", s.app_hash as "appHash", s.attempts, s.callback_url as "callbackUrl",
  s.callback_method as "callbackMethod", s.requester_ip as "requesterIp", s.expires_at as "expiresAt", s.created_at as "createdAt",
  s.updated_at as "updatedAt"`;
const LOCKED = `${COLUMNS}, s.state, s.code_digest as "codeDigest", s.code_length as "codeLength", s.validations`;
const IN_REACH = `s.account_id = $2 and ($3::text is null or s.owner_id = $3)`;
/** Attempts know their message or call by its id, and that knows the rest. */
const ATTEMPTS = `select a.attempt_id as "attemptId", a.session_id as "sessionId", a.channel, a.details, a.created_at as at,
    case when a.channel = 'sms' then coalesce(m.state, 'failed')
      when c.call_id is not null then case when c.answered_at is null then 'failed' else 'answer' end
      when l.call_id is not null then case l.state when 'answered' then 'in-progress' else 'ringing' end
      else 'failed' end as status,
    case when a.channel = 'sms' then case when m.state in ('queued', 'failed') then 0 else coalesce(m.amount_micros + m.fee_micros, 0) end
      else coalesce(c.amount_micros, 0) end as "amountMicros",
    coalesce(m.network, '') as network
  from verify_attempts a
  left join messages m on a.channel = 'sms' and m.id = a.attempt_id
  left join calls c on a.channel = 'voice' and c.call_id = a.attempt_id
  left join live_calls l on a.channel = 'voice' and l.call_id = a.attempt_id
  where a.session_id = any($1::uuid[]) order by a.session_id, a.sequence`;
/** Sessions that lapse in one statement. */
const LAPSE_BATCH = 500;
const UNIQUE_VIOLATION = '23505';

export class SessionStore {
  readonly #pool: pg.Pool;
  readonly #notifier: VerifyNotifier;

  constructor(pool: pg.Pool, notifier: VerifyNotifier) {
    this.#pool = pool;
    this.#notifier = notifier;
  }

  /** Notes a code that is about to be sent: in the recipient's open session, or in the new one where there is none. */
  async begin(session: NewSession, attempt: NewAttempt, maxAttempts: number): Promise<BegunAttempt> {
    try {
      return await this.#begin(session, attempt, maxAttempts);
    } catch (error) {
      // Two requests at once have found none: now there is one.
      if (!(error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION)) throw error;
      return this.#begin(session, attempt, maxAttempts);
    }
  }

  async #begin(session: NewSession, attempt: NewAttempt, maxAttempts: number): Promise<BegunAttempt> {
    const at = session.createdAt;
    let committed: (() => void) | undefined;
    const begun = await inTransaction(this.#pool, async (client): Promise<BegunAttempt> => {
      const { rows } = await client.query<LockedRow>(
        `select ${LOCKED} from verify_sessions s where owner_id = $1 and app_id = $2 and recipient = $3 and state = 'in-progress' for update`,
        [session.ownerId, session.appId, session.recipient],
      );
      let open = rows[0];
      if (open && open.expiresAt.getTime() <= at.getTime()) {
        committed = await this.#lapse(client, [open.sessionId], at);
        open = undefined;
      }
      if (!open) return this.#insert(client, session, attempt);
      if (open.attempts >= maxAttempts) return { kind: 'spent', expiresAt: open.expiresAt };
      const sequence = open.attempts + 1;
      const inserted = await insertAttempt(client, open.sessionId, sequence, session.channel, attempt, at);
      if (!inserted)
        return {
          kind: 'begun',
          session: toSession(open),
          sequence: open.attempts,
          codeLength: open.codeLength,
          codeDigest: open.codeDigest,
        };
      const { rows: updated } = await client.query<LockedRow>(
        `update verify_sessions s set attempts = $2, channel = $3, locale = $4, brand_name = $5, app_hash = $6, updated_at = $7,
           callback_url = $8, callback_method = $9
         where session_id = $1 returning ${LOCKED}`,
        [
          open.sessionId,
          sequence,
          session.channel,
          session.locale,
          session.brandName,
          session.appHash,
          at,
          session.callback?.url ?? open.callbackUrl,
          session.callback?.method ?? open.callbackMethod,
        ],
      );
      const row = updated[0];
      if (!row) throw new Error('a session that was locked is gone');
      return { kind: 'begun', session: toSession(row), sequence, codeLength: row.codeLength, codeDigest: row.codeDigest };
    });
    committed?.();
    return begun;
  }

  async #insert(client: pg.ClientBase, session: NewSession, attempt: NewAttempt): Promise<BegunAttempt> {
    const { rows } = await client.query<LockedRow>(
      `insert into verify_sessions as s (session_id, account_id, owner_id, app_id, alias, recipient, country, channel, locale, brand_name,
         app_hash, state, code_digest, code_length, attempts, callback_url, callback_method, requester_ip, expires_at, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'in-progress', $12, $13, 1, $14, $15, $16, $17, $18, $18)
       returning ${LOCKED}`,
      [
        session.sessionId,
        session.accountId,
        session.ownerId,
        session.appId,
        session.alias,
        session.recipient,
        session.country,
        session.channel,
        session.locale,
        session.brandName,
        session.appHash,
        session.codeDigest,
        session.codeLength,
        session.callback?.url ?? null,
        session.callback?.method ?? 'POST',
        session.requesterIp,
        session.expiresAt,
        session.createdAt,
      ],
    );
    const row = rows[0];
    if (!row) throw new Error('the session was not stored');
    await insertAttempt(client, row.sessionId, 1, session.channel, attempt, session.createdAt);
    return { kind: 'begun', session: toSession(row), sequence: 1, codeLength: row.codeLength, codeDigest: row.codeDigest };
  }

  /** A code of the request's own takes the place of the one that was sent before. */
  async setCode(sessionId: string, codeDigest: Buffer): Promise<void> {
    await this.#pool.query('update verify_sessions set code_digest = $2 where session_id = $1', [sessionId, codeDigest]);
  }

  /** The code could not be sent: as if it had not been asked for. */
  async abandon(sessionId: string, attemptId: string): Promise<void> {
    await inTransaction(this.#pool, async (client) => {
      await client.query('select from verify_sessions where session_id = $1 for update', [sessionId]);
      await client.query('delete from verify_attempts where attempt_id = $1', [attemptId]);
      await client.query(
        `update verify_sessions set attempts = (select coalesce(max(sequence), 0) from verify_attempts where session_id = $1)
         where session_id = $1`,
        [sessionId],
      );
      await client.query('delete from verify_sessions where session_id = $1 and attempts = 0', [sessionId]);
    });
  }

  /** Compares a code with the one that was sent. The row stays locked meanwhile, so that tries count one by one. */
  async validate(reach: Reach, sessionId: string, digest: Buffer, maxTries: number, at: Date): Promise<ValidationResult> {
    if (!isUuid(sessionId)) return { kind: 'unknown' };
    let committed: (() => void) | undefined;
    const result = await inTransaction(this.#pool, async (client): Promise<ValidationResult> => {
      const { rows } = await client.query<LockedRow>(
        `select ${LOCKED} from verify_sessions s where s.session_id = $1 and ${IN_REACH} for update`,
        [sessionId, reach.accountId, reach.subaccountId ?? null],
      );
      const row = rows[0];
      if (!row) return { kind: 'unknown' };
      const lapse = async (): Promise<ValidationResult> => {
        committed = await this.#lapse(client, [sessionId], at);
        return { kind: 'lapsed' };
      };
      if (after(sessionTable, row.state, 'match') === undefined) return { kind: row.state === 'verified' ? 'done' : 'lapsed' };
      if (row.expiresAt.getTime() <= at.getTime()) return lapse();
      if (sameDigest(row.codeDigest, digest)) {
        await client.query(`update verify_sessions set state = 'verified', updated_at = $2 where session_id = $1`, [
          sessionId,
          at,
        ]);
        return { kind: 'verified', sessionId };
      }
      await client.query('update verify_sessions set validations = validations + 1, updated_at = $2 where session_id = $1', [
        sessionId,
        at,
      ]);
      return row.validations + 1 >= maxTries ? lapse() : { kind: 'wrong' };
    });
    committed?.();
    return result;
  }

  /** Ends the sessions whose time is over, and tells whoever asked. Answers how many. */
  async lapseDue(at: Date): Promise<number> {
    let committed: (() => void) | undefined;
    const count = await inTransaction(this.#pool, async (client) => {
      const { rows } = await client.query<{ id: string }>(
        `select session_id as id from verify_sessions where state = 'in-progress' and expires_at <= $1
         order by expires_at limit ${LAPSE_BATCH} for update skip locked`,
        [at],
      );
      if (rows.length > 0)
        committed = await this.#lapse(
          client,
          rows.map(({ id }) => id),
          at,
        );
      return rows.length;
    });
    committed?.();
    return count;
  }

  async #lapse(client: pg.ClientBase, sessionIds: readonly string[], at: Date): Promise<() => void> {
    const { rows } = await client.query<SessionRow & { attemptId: string; requestedAt: Date }>(
      `with lapsed as (
         update verify_sessions s set state = 'expired', updated_at = $2
         where session_id = any($1::uuid[]) and state = 'in-progress' returning s.*
       )
       select ${COLUMNS}, s.state, a.attempt_id as "attemptId", a.created_at as "requestedAt"
       from lapsed s join verify_attempts a on a.session_id = s.session_id and a.sequence = s.attempts
       where s.callback_url is not null`,
      [sessionIds, at],
    );
    const notices = rows.flatMap((row): VerifyNotice[] => {
      const { callback, ...session } = toSession(row);
      if (!callback) return [];
      const { sessionId, ownerId, recipient, channel, state, attempts: sequence } = session;
      const { attemptId } = row;
      const attempt = { attemptId, sequence, status: undefined, errorCode: undefined, requestedAt: row.requestedAt.getTime() };
      return [{ sessionId, ownerId, callback, state, recipient, channel, attempt, at: at.getTime() }];
    });
    return notices.length > 0 ? this.#notifier.write(client, notices) : () => undefined;
  }

  async find(reach: Reach, sessionId: string, at: Date): Promise<ShownSession | undefined> {
    if (!isUuid(sessionId)) return undefined;
    const { rows } = await this.#pool.query<SessionRow>(
      `select ${COLUMNS}, ${STATE} as state from verify_sessions s where ${IN_REACH} and s.session_id = $4`,
      [at, reach.accountId, reach.subaccountId ?? null, sessionId],
    );
    const [shown] = await this.#withHistory(rows);
    return shown;
  }

  /** Newest first. `total` is one more than the page ends with where there are more. */
  async list(reach: Reach, filter: SessionFilter, page: PageRequest, at: Date): Promise<Found<ShownSession>> {
    const values: unknown[] = [at, reach.accountId, filter.subaccountId ?? reach.subaccountId ?? null];
    const conditions = [IN_REACH];
    const add = (condition: (placeholder: string) => string, value: unknown) => {
      if (value === undefined) return;
      values.push(value);
      conditions.push(condition(`$${values.length}`));
    };
    add((given) => `s.app_id::text = lower(${given})`, filter.appId);
    add((given) => `${STATE} = ${given}`, filter.state);
    add((given) => `s.recipient = ${given}`, filter.recipient);
    add((given) => `s.country = ${given}`, filter.country);
    add((given) => `s.alias = ${given}`, filter.alias);
    add((given) => `s.brand_name = ${given}`, filter.brandName);
    add((given) => `s.app_hash = ${given}`, filter.appHash);
    add((given) => `s.created_at >= to_timestamp(${given}::float8 / 1000)`, filter.fromMs);
    add((given) => `s.created_at < to_timestamp((${given}::float8 + 1) / 1000)`, filter.toMs);
    const { rows } = await this.#pool.query<SessionRow>(
      `select ${COLUMNS}, ${STATE} as state from verify_sessions s where ${conditions.join(' and ')}
       order by s.created_at desc, s.session_id desc limit ${page.limit + 1} offset ${page.offset}`,
      values,
    );
    const items = await this.#withHistory(rows.slice(0, page.limit));
    return { total: page.offset + rows.length, items };
  }

  /** Sessions are kept as long as the records of their messages and calls. */
  async forgetBefore(ms: number): Promise<void> {
    await this.#pool.query('delete from verify_sessions where created_at < to_timestamp($1::float8 / 1000)', [ms]);
  }

  async #withHistory(rows: readonly SessionRow[]): Promise<readonly ShownSession[]> {
    if (rows.length === 0) return [];
    const { rows: attempts } = await this.#pool.query<VerifyAttempt & { sessionId: string; network: string }>(ATTEMPTS, [
      rows.map((row) => row.sessionId),
    ]);
    const bySession = Map.groupBy(attempts, (attempt) => attempt.sessionId);
    return rows.map((row) => {
      const history = bySession.get(row.sessionId) ?? [];
      return { ...toSession(row), network: history.findLast((attempt) => attempt.network !== '')?.network ?? '', history };
    });
  }
}

/** False: the same attempt was noted before. */
async function insertAttempt(
  client: pg.ClientBase,
  sessionId: string,
  sequence: number,
  channel: VerifyChannel,
  { attemptId, details }: NewAttempt,
  at: Date,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `insert into verify_attempts (attempt_id, session_id, sequence, channel, details, created_at) values ($1, $2, $3, $4, $5, $6)
     on conflict (attempt_id) do nothing`,
    [attemptId, sessionId, sequence, channel, JSON.stringify(details), at],
  );
  return rowCount === 1;
}

function toSession(row: SessionRow): VerifySession {
  const { callbackUrl, callbackMethod, ...session } = row;
  return { ...session, callback: callbackUrl === null ? undefined : { url: callbackUrl, method: callbackMethod } };
}
