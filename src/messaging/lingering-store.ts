import type pg from 'pg';
import { firstUuidOf, timeOfUuid } from '../runtime/ids.ts';

/** A receipt or the answer of a message URL mostly comes within seconds; what is younger than this is found by looking through it. */
export const LINGERS_AFTER_MS = 5 * 60_000;
/**
 * A message that enters such a state later than this after the time in its id is marked by the statement that does it. Half of the
 * other: that statement may take this long to commit before the mark could have passed by without seeing it.
 */
export const LATE_AFTER_MS = LINGERS_AFTER_MS / 2;

/** Messages accepted in this span are marked by one statement: it stays short however many there are. */
const STEP_MS = 3_600_000;

const MARK = `update messages set lingers = true
  where id >= $1 and id < $2 and state in ('sent', 'received') and not lingers`;
const PROGRESS = `insert into lingering_mark (first_unmarked) values ($1)
  on conflict (single) do update set first_unmarked = greatest(lingering_mark.first_unmarked, excluded.first_unmarked)`;
const REACHED = 'select first_unmarked as id from lingering_mark';
const OLDEST = 'select id from messages order by id limit 1';

/**
 * Marks messages that stay `sent` or `received`, so that an index finds them. Those states are passed by nearly every message, and an
 * index of them would have to be written twice for each (migration 0064).
 */
export class LingeringStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Goes on from where the last run ended; safe on several nodes at once. */
  async mark(now: number): Promise<void> {
    const until = now - LINGERS_AFTER_MS;
    const start = (await this.#timeIn(REACHED)) ?? (await this.#timeIn(OLDEST)) ?? until;
    for (let from = start; from < until; ) {
      const next = Math.min(until, from + STEP_MS);
      await this.#pool.query(MARK, [firstUuidOf(from), firstUuidOf(next)]);
      await this.#pool.query(PROGRESS, [firstUuidOf(next)]);
      from = next;
    }
  }

  async #timeIn(query: string): Promise<number | undefined> {
    const { rows } = await this.#pool.query<{ id: string }>(query);
    return rows[0] && timeOfUuid(rows[0].id);
  }
}
