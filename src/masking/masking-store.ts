import type pg from 'pg';
import { type Found, MAX_COUNTED, type PageRequest, pageOf, type Reach } from '../accounts/reach.ts';
import { isUuid } from '../runtime/ids.ts';
import { countMatching } from '../storage/count-rows.ts';
import { inTransaction } from '../storage/storage.ts';
import { hangupCause } from '../voice/hangup-cause.ts';
import type { MaskingEvent, MaskingNotifier } from './notices.ts';
import type { Pins } from './pins.ts';
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

interface AbandonedRow {
  readonly sessionId: string;
  readonly from: string;
  readonly to: string;
  readonly durationS: number;
  readonly billedS: number;
  readonly amountMicros: number;
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
  and (s.first_party = any($5) or s.second_party = any($5) or s.first_pin_digest = any($6) or s.second_pin_digest = any($6)
    or $7 or ((s.plan ->> 'isSingleParty')::boolean and not s.pin_required))`;
const ACTIVE = `s.state = 'active' and s.expires_at > $2`;
const LAPSE_BATCH = 500;
/** Sessions of one number that a PIN is looked for in. */
const MOST_OF_NUMBER = 1_000;
/** After its last leg has ended, an interaction is left to who follows it for so long. */
const FOLLOWED_MS = 60_000;
const CLOSE_ABANDONED = `
with abandoned as (
  select i.first_call_id, c.from_number, c.to_number, greatest(c.ended_at, d.ended_at) as ended_at,
    case when c.answered_at is null then 'failed' else 'completed' end as first_status,
    case when d.call_id is null then '' when d.answered_at is null then 'failed' else 'completed' end as second_status,
    greatest(c.bill_seconds, d.bill_seconds) as duration, c.billed_seconds + coalesce(d.billed_seconds, 0) as billed,
    c.amount_micros + coalesce(d.amount_micros, 0) as amount
  from masking_interactions i join calls c on c.call_id = i.first_call_id left join calls d on d.call_id = i.second_call_id
  where i.ended_at is null and greatest(c.ended_at, d.ended_at) < $1
    and not exists (select from live_calls l where l.call_id = i.second_call_id)
  order by i.started_at limit 100 for update of i skip locked)
update masking_interactions i set ended_at = a.ended_at, first_status = a.first_status, second_status = a.second_status,
  duration_seconds = a.duration, billed_seconds = a.billed, amount_micros = a.amount
from abandoned a where a.first_call_id = i.first_call_id
returning i.session_id as "sessionId", a.from_number as "from", a.to_number as "to", i.duration_seconds as "durationS",
  i.billed_seconds as "billedS", i.amount_micros as "amountMicros"`;
/** Calls of a session that are shown, the newest. */
const MOST_INTERACTIONS = 100;

export class MaskingStore {
  readonly #pool: pg.Pool;
  readonly #notifier: MaskingNotifier;
  readonly #pins: Pins;

  constructor(pool: pg.Pool, notifier: MaskingNotifier, pins: Pins) {
    this.#pool = pool;
    this.#notifier = notifier;
    this.#pins = pins;
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
           and n.details->'awaitsDocuments' is distinct from 'true' and n.number <> all($5) and not exists (select from masking_sessions s where ${IN_THE_WAY})
         order by (select count(*) from masking_sessions s where s.virtual_number = n.number and s.free_at > $4), n.number limit 1`,
        [
          accountId,
          ownerId === accountId ? null : ownerId,
          session.country ?? null,
          createdAt,
          parties,
          [firstPin, secondPin].flatMap((pin) => this.#pins.digest(pin) ?? []),
          plan.isSingleParty && !session.pinRequired,
        ],
      );
      const number = free[0]?.number;
      if (number === undefined) return undefined;
      const { rows } = await client.query<SessionRow>(
        `insert into masking_sessions as s (session_id, account_id, owner_id, virtual_number, first_party, second_party, state, pin_required,
           first_pin, second_pin, first_pin_digest, second_pin_digest, plan, callback_url, callback_method, created_at, modified_at, expires_at, free_at)
         values ($1, $2, $3, $4, $5, $6, 'active', $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $16, $17) returning ${COLUMNS}, s.state`,
        [
          session.sessionId,
          accountId,
          ownerId,
          number,
          firstParty,
          secondParty,
          session.pinRequired,
          this.#pins.seal(firstPin),
          this.#pins.seal(secondPin),
          this.#pins.digest(firstPin),
          this.#pins.digest(secondPin),
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
      return this.#toSession(row);
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
    return rows[0] && this.#toSession(rows[0]);
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
    return rows.map((each) => this.#toSession(each));
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

  /** The same in a transaction of the caller's. Resolves with what must be called after its commit. */
  tellWithin(client: pg.ClientBase, sessionId: string, told: NumberedEvent): Promise<() => void> {
    return this.#write(client, sessionId, told);
  }

  async #write(client: pg.ClientBase, sessionId: string, { event, from, to, at }: NumberedEvent): Promise<() => void> {
    const { rows } = await client.query<SessionRow & { sequence: number }>(
      `update masking_sessions s set notices = notices + 1 where session_id = $1 returning ${COLUMNS}, s.state, s.notices as sequence`,
      [sessionId],
    );
    const row = rows[0];
    if (!row) return () => undefined;
    const { accountId, ownerId, virtualNumber, callback, plan } = this.#toSession(row);
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

  #toSession({ callbackUrl, callbackMethod, firstPin, secondPin, ...session }: SessionRow): MaskingSession {
    return {
      ...session,
      firstPin: this.#pins.unseal(firstPin),
      secondPin: this.#pins.unseal(secondPin),
      callback: callbackUrl === null ? undefined : { url: callbackUrl, method: callbackMethod },
    };
  }

  /**
   * Ends the interactions whose calls ended while the process that followed them did not live: as their records say, and told as any end.
   * Answers how many.
   */
  async closeAbandoned(at: Date): Promise<number> {
    const committed: (() => void)[] = [];
    const count = await inTransaction(this.#pool, async (client) => {
      const { rows } = await client.query<AbandonedRow>(CLOSE_ABANDONED, [new Date(at.getTime() - FOLLOWED_MS)]);
      for (const { sessionId, from, to, durationS, billedS, amountMicros } of rows) {
        const end = { cause: hangupCause(5010, 'Error'), durationS, billedS, amountMicros };
        committed.push(
          await this.#write(client, sessionId, { event: { kind: 'parties-hangup', end }, from, to, at: at.getTime() }),
        );
      }
      return rows.length;
    });
    for (const handOver of committed) handOver();
    return count;
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
      ...this.#toSession(row),
      isTalking,
      interactions: bySession.get(row.sessionId) ?? [],
    }));
  }
}

const freeAt = (expiresAt: Date, cooloffS: number): Date => new Date(expiresAt.getTime() + cooloffS * 1000);
