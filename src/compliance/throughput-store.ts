import type pg from 'pg';

/** What registered numbers may send: the campaign's messages a minute, shared by its numbers. */
export class ThroughputStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Messages a minute of the campaign that the number is linked to, and how many numbers share them; undefined without one. */
  async ofNumber(number: string): Promise<{ readonly perMinute: number; readonly numbers: number } | undefined> {
    const { rows } = await this.#pool.query<{ per_minute: number | null; numbers: number }>(
      `select (c.facts->'tier'->>'messagesPerMinute')::int as per_minute,
         (select count(*) from tendlc_campaign_numbers s where s.campaign_id = c.id and s.status = 'LINKED') as numbers
       from tendlc_campaign_numbers n join tendlc_campaigns c on c.id = n.campaign_id
       where n.number = $1 and n.status = 'LINKED' and c.status = 'ACTIVE'`,
      [number],
    );
    const [row] = rows;
    return row?.per_minute ? { perMinute: row.per_minute, numbers: Math.max(1, row.numbers) } : undefined;
  }
}
