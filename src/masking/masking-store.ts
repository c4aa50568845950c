import type pg from 'pg';
import { type Found, MAX_COUNTED, type PageRequest, pageOf, type Reach } from '../accounts/reach.ts';
import { isUuid } from '../runtime/ids.ts';
import { countMatching } from '../storage/count-rows.ts';
import { inTransaction } from '../storage/storage.ts';
import type { MaskingEvent, MaskingNotifier } from './notices.ts';
import type { Interaction, MaskingSession, ShownMasking } from './session.ts';

export type NewMasking = Omit<MaskingSession, 'virtualNumber' | 'state' | 'lastCaller' | 'modifiedAt'> & {
  /** The number's country must be this; undefined = any. */
  readonly country: string | undefined;
};

export interface MaskingFilter {
  readonly subaccountId?: string | undefined;
  readonly firstParty?: string | undefined;
  readonly secondParty?: string | undefined;
  readonly virtualNumber?: string | undefined;
  readonly state?: 'active' | 'expired' | undefined;
  readonly createdAfter?: number | undefined;
  readonly createdBefore?: number | undefined;
  readonly expiresAfter?: number | undefined;
  readonly expiresBefore?: number | undefined;
  /** Seconds that the session lasts. */
  readonly durationFrom?: number | undefined;
  readonly durationTo?: number | undefined;
}

export interface NumberedEvent {
  readonly event: MaskingEvent;
  readonly from: string;
  readonly to: string;
  readonly at: number;
}

type SessionRow = Omit<MaskingSession, 'callback'> & {
  readonly callbackUrl: string | null;
  readonly callbackMethod: string;
};

const COLUMNS = `s.session_id as "sessionId", s.account_id as "accountId", s.owner_id as "ownerId", s.virtual_number as "virtualNumber",
  s.first_party as "firstParty", s.second_party as "secondParty", s.last_caller as "lastCaller", s.pin_required as "pinRequired",
  s.first_pin as "firstPin", s.second_pin as "secondPin", s.plan, s.callback_url as "callbackUrl", s.callback_method as "callbackMethod",
  s.created_at as "createdAt", s.modified_at as "modifiedAt", s.expires_at as "expiresAt"`;
/** At the time $1: what its time is over for has expired, whether or not that is written down yet. */
const STATE = `case when s.state = 'active' and s.expires_at <= $1 then 'expired' else s.state end`;
/** The same for a filter, in terms that indexes have. */
const STATE_IS = {
  active: `s.state = 'active' and s.expires_at > $1`,
  expired: `(s.state = 'expired' or s.state = 'active' and s.expires_at <= $1)`,
} as const;
const SHOWN = `${COLUMNS}, ${STATE} as state,
  exists (select from masking_interactions i join live_calls l on l.call_id = i.first_call_id
    where i.session_id = s.session_id and i.ended_at is null) as "isTalking"`;
const IN_REACH = `s.account_id = $2 and ($3::text is null or s.owner_id = $3)`;
/**
 * Sessions of one number that a new one would be mixed up with: they share a party or a PIN, one of the two takes calls from anybody,
 * or the number rests from them.
 */
const IN_THE_WAY = `s.virtual_number = n.number and s.free_at > $4
  and (s.first_party = any($5) or s.second_party = any($5) or s.first_pin = any($6) or s.second_pin = any($6)
    or $7 or ((s.plan ->> 'isSingleParty')::boolean and not s.pin_required))`;
const ACTIVE = `s.state = 'active' and s.expires_at > $2`;
const LAPSE_BATCH = 500;
/** Sessions of one number that a PIN is looked for in. */
const MOST_OF_NUMBER = 1_000;
/** Calls of a session that are shown, the newest. */
const MOST_INTERACTIONS = 100;

export class MaskingStore {
  readonly #pool: pg.Pool;
  readonly #notifier: MaskingNotifier;

  constructor(pool: pg.Pool, notifier: MaskingNotifier) {
    this.#pool = pool;
    this.#notifier = notifier;
  }

  /** Gives the session the number of its owner that fewest sessions have. Undefined: none is free for its parties. */
  async insert(session: NewMasking): Promise<MaskingSession | undefined> {
    return inTransaction(this.#pool, async (client) => {
      await client.query(`select pg_advisory_xact_lock(hashtextextended('masking ' || $1, 0))`, [session.accountId]);
      const { firstParty, secondParty, firstPin, secondPin, plan, accountId, ownerId, createdAt } = session;
      const parties = [firstParty, secondParty].filter((party) => party !== null);
      const { rows: free } = await client.query<{ number: string }>(
        `select n.number from numbers n
         where n.account_id = $1 and n.subaccount_id is not distinct from $2 and n.voice_enabled and ($3::text is null or n.country_iso = $3)
           and n.number <> all($5) and not exists (select from masking_sessions s where ${IN_THE_WAY})
         order by (select count(*) from masking_sessions s where s.virtual_number = n.number and s.free_at > $4), n.number limit 1`,
        [
          accountId,
          ownerId === accountId ? null : ownerId,
          session.country ?? null,
          createdAt,
          parties,
          [firstPin, secondPin].filter((pin) => pin !== null),
          plan.isSingleParty && !session.pinRequired,
        ],
      );
      const number = free[0]?.number;
      if (number === undefined) return undefined;
      const { rows } = await client.query<SessionRow>(
        `insert into masking_sessions as s (session_id, account_id, owner_id, virtual_number, first_party, second_party, state, pin_required,
           first_pin, second_pin, plan, callback_url, callback_method, created_at, modified_at, expires_at, free_at)
         values ($1, $2, $3, $4, $5, $6, 'active', $7, $8, $9, $10, $11, $12, $13, $13, $14, $15) returning ${COLUMNS}, s.state`,
        [
          session.sessionId,
          accountId,
          ownerId,
          number,
          firstParty,
          secondParty,
          session.pinRequired,
          firstPin,
          secondPin,
          JSON.stringify(plan),
          session.callback?.url ?? null,
          session.callback?.method ?? 'POST',
          createdAt,
          session.expiresAt,
          freeAt(session.expiresAt, plan.cooloffS),
        ],
      );
      const row = rows[0];
      if (!row) throw new Error('the session was not stored');
      return toSession(row);
    });
  }

  async find(reach: Reach, sessionId: string, at: Date): Promise<ShownMasking | undefined> {
    if (!isUuid(sessionId)) return undefined;
    const { rows } = await this.#pool.query<SessionRow & { isTalking: boolean }>(
      `select ${SHOWN} from masking_sessions s where ${IN_REACH} and s.session_id = $4`,
      [at, reach.accountId, reach.subaccountId ?? null, sessionId],
    );
    const [shown] = await this.#withInteractions(rows);
    return shown;
  }

  /** Newest first. */
  async list(reach: Reach, filter: MaskingFilter, page: PageRequest, at: Date): Promise<Found<ShownMasking>> {
    const values: unknown[] = [at, reach.accountId, filter.subaccountId ?? reach.subaccountId ?? null];
    const conditions = [IN_REACH];
    const add = (condition: (placeholder: string) => string, value: unknown) => {
      if (value === undefined) return;
      values.push(value);
      conditions.push(condition(`$${values.length}`));
    };
    const time = (given: string) => `to_timestamp(${given}::float8 / 1000)`;
    add((given) => `s.first_party = ${given}`, filter.firstParty);
    add((given) => `s.second_party = ${given}`, filter.secondParty);
    add((given) => `s.virtual_number = ${given}`, filter.virtualNumber);
    if (filter.state !== undefined) conditions.push(STATE_IS[filter.state]);
    add((given) => `s.created_at >= ${time(given)}`, filter.createdAfter);
    add((given) => `s.created_at <= ${time(given)}`, filter.createdBefore);
    add((given) => `s.expires_at >= ${time(given)}`, filter.expiresAfter);
    add((given) => `s.expires_at <= ${time(given)}`, filter.expiresBefore);
    add((given) => `(s.plan ->> 'sessionExpiryS')::int >= ${given}`, filter.durationFrom);
    add((given) => `(s.plan ->> 'sessionExpiryS')::int <= ${given}`, filter.durationTo);
    const where = conditions.join(' and ');
    const { rows } = await this.#pool.query<SessionRow & { isTalking: boolean }>(
      `select ${SHOWN} from masking_sessions s where ${where}
       order by s.created_at desc, s.session_id desc limit ${page.limit + 1} offset ${page.offset}`,
      values,
    );
    // `$1` is named once more, so that it has a type also where no condition asks for the state.
    const matching = `masking_sessions s where $1::timestamptz is not null and ${where}`;
    const { total, items } = await pageOf(rows, page, () => countMatching(this.#pool, matching, values, MAX_COUNTED + 1));
    return { total, items: await this.#withInteractions(items) };
  }

  /** Changes an active session; undefined = it is none. */
  async update(session: MaskingSession, at: Date): Promise<MaskingSession | undefined> {
    const { rows } = await this.#pool.query<SessionRow>(
      `update masking_sessions s set plan = $2, callback_url = $3, callback_method = $4, expires_at = $5, free_at = $6, first_party = $7,
         second_party = $8, modified_at = $9
       where session_id = $1 and state = 'active' and expires_at > $9 returning ${COLUMNS}, s.state`,
      [
        session.sessionId,
        JSON.stringify(session.plan),
        session.callback?.url ?? null,
        session.callback?.method ?? 'POST',
        session.expiresAt,
        freeAt(session.expiresAt, session.plan.cooloffS),
        session.firstParty,
        session.secondParty,
        at,
      ],
    );
    return rows[0] && toSession(rows[0]);
  }

  /** False: it has ended before. */
  async end(sessionId: string, at: Date): Promise<boolean> {
    const { rowCount } = await this.#pool.query(
      `update masking_sessions set state = 'expired', expires_at = $2, modified_at = $2,
         free_at = $2::timestamptz + make_interval(secs => (plan ->> 'cooloffS')::int)
       where session_id = $1 and state = 'active' and expires_at > $2`,
      [sessionId, at],
    );
    return rowCount === 1;
  }

  /** Ends the sessions whose time is over, and tells whoever asked. Answers how many. */
  async lapseDue(at: Date): Promise<number> {
    const committed: (() => void)[] = [];
    const count = await inTransaction(this.#pool, async (client) => {
      const { rows } = await client.query<{ id: string }>(
        `update masking_sessions set state = 'expired' where session_id in (
           select session_id from masking_sessions where state = 'active' and expires_at <= $1
           order by expires_at limit ${LAPSE_BATCH} for update skip locked)
         returning session_id as id`,
        [at],
      );
      const told = { event: { kind: 'timeout' }, from: '', to: '', at: at.getTime() } as const;
      for (const { id } of rows) committed.push(await this.#write(client, id, told));
      return rows.length;
    });
    for (const handOver of committed) handOver();
    return count;
  }

  /** Whether any active session has the number. */
  async has(virtualNumber: string, at: Date): Promise<boolean> {
    const { rowCount } = await this.#pool.query({
      name: 'masking-has',
      text: `select from masking_sessions s where virtual_number = $1 and free_at > $2 and ${ACTIVE} limit 1`,
      values: [virtualNumber, at],
    });
    return rowCount === 1;
  }

  /** Active sessions of a number as they matter to a caller: those that it is a party of, those with a PIN, the others; newest first. */
  async forCaller(virtualNumber: string, caller: string, at: Date): Promise<readonly MaskingSession[]> {
    const { rows } = await this.#pool.query<SessionRow>({
      name: 'masking-for-caller',
      text: `select ${COLUMNS}, s.state from masking_sessions s
        where virtual_number = $1 and free_at > $2 and ${ACTIVE}
        order by coalesce(first_party = $3, false) or coalesce(second_party = $3, false) desc, pin_required desc, created_at desc, session_id desc
        limit ${MOST_OF_NUMBER}`,
      values: [virtualNumber, at, caller],
    });
    return rows.map(toSession);
  }

  async called(sessionId: string, caller: string): Promise<void> {
    await this.#pool.query('update masking_sessions set last_caller = $2 where session_id = $1', [sessionId, caller]);
  }

  /** Stores what is known of a call between the parties; later tellings replace earlier ones. */
  async keepInteraction(sessionId: string, interaction: Interaction): Promise<void> {
    await this.#pool.query(
      `insert into masking_interactions (first_call_id, session_id, second_call_id, recording_id, first_status, second_status,
         duration_seconds, billed_seconds, amount_micros, started_at, ended_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
       on conflict (first_call_id) do update set second_call_id = excluded.second_call_id, recording_id = excluded.recording_id,
         first_status = excluded.first_status, second_status = excluded.second_status, duration_seconds = excluded.duration_seconds,
         billed_seconds = excluded.billed_seconds, amount_micros = excluded.amount_micros, ended_at = excluded.ended_at`,
      [
        interaction.firstCallId,
        sessionId,
        interaction.secondCallId,
        interaction.recordingId,
        interaction.firstStatus,
        interaction.secondStatus,
        interaction.durationS,
        interaction.billedS,
        interaction.amountMicros,
        interaction.startedAt,
        interaction.endedAt,
      ],
    );
  }

  /** Numbers an event and puts it into the delivery queue, if anybody wants to hear it. */
  async tell(sessionId: string, told: NumberedEvent): Promise<void> {
    const handOver = await inTransaction(this.#pool, (client) => this.#write(client, sessionId, told));
    handOver();
  }

  async #write(client: pg.ClientBase, sessionId: string, { event, from, to, at }: NumberedEvent): Promise<() => void> {
    const { rows } = await client.query<SessionRow & { sequence: number }>(
      `update masking_sessions s set notices = notices + 1 where session_id = $1 returning ${COLUMNS}, s.state, s.notices as sequence`,
      [sessionId],
    );
    const row = rows[0];
    if (!row) return () => undefined;
    const { accountId, ownerId, virtualNumber, callback, plan } = toSession(row);
    const target = event.kind.startsWith('recording') ? plan.recordingCallback : callback;
    if (!target) return () => undefined;
    const { sequence } = row;
    const format = plan.recordFormat;
    return this.#notifier.write(client, [
      { sessionId, accountId, ownerId, target, event, from, to, virtualNumber, format, sequence, at },
    ]);
  }

  async forgetBefore(ms: number): Promise<void> {
    await this.#pool.query(
      `delete from masking_sessions where state = 'expired' and created_at < to_timestamp($1::float8 / 1000)`,
      [ms],
    );
  }

  async #withInteractions(rows: readonly (SessionRow & { isTalking: boolean })[]): Promise<readonly ShownMasking[]> {
    if (rows.length === 0) return [];
    const { rows: interactions } = await this.#pool.query<Interaction & { sessionId: string }>(
      `select i.* from unnest($1::uuid[]) as s (session_id) cross join lateral (
         select session_id as "sessionId", first_call_id as "firstCallId", second_call_id as "secondCallId", recording_id as "recordingId",
           first_status as "firstStatus", second_status as "secondStatus", duration_seconds as "durationS", billed_seconds as "billedS",
           amount_micros as "amountMicros", started_at as "startedAt", ended_at as "endedAt"
         from masking_interactions where session_id = s.session_id order by started_at desc limit ${MOST_INTERACTIONS}) i
       order by "startedAt"`,
      [rows.map((row) => row.sessionId)],
    );
    const bySession = Map.groupBy(interactions, (interaction) => interaction.sessionId);
    return rows.map(({ isTalking, ...row }) => ({
      ...toSession(row),
      isTalking,
      interactions: bySession.get(row.sessionId) ?? [],
    }));
  }
}

const freeAt = (expiresAt: Date, cooloffS: number): Date => new Date(expiresAt.getTime() + cooloffS * 1000);

function toSession({ callbackUrl, callbackMethod, ...session }: SessionRow): MaskingSession {
  return { ...session, callback: callbackUrl === null ? undefined : { url: callbackUrl, method: callbackMethod } };
}
