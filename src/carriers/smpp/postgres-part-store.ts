import { createHash } from 'node:crypto';
import type pg from 'pg';
import { inTransaction } from '../../storage/storage.ts';
import type { InboundPart, PartSet, PartStore, PutOutcome } from './part-store.ts';

/** Parts of one message arrive within seconds unless the network retries one; a reader should not wait longer than this for the rest. */
const WAIT_MS = 300_000;
/** Some 40 MB of table. Beyond it the oldest messages are delivered as they are. */
const MOST_PARTS = 100_000;
/** An SMSC that missed our answer repeats a part within its response timeout or after the next bind: minutes at most. Longer would
 * swallow the same long text sent again by a sender that uses one reference for everything. */
const KNOWN_MS = 300_000;
/** Who has a set in hand stores a message meanwhile; after this another look delivers it. */
const TAKEN_MS = 60_000;
/** Sets of one `expire`: 255 parts of 140 octets each make 7 MB at most. */
const EXPIRE_SETS = 200;
/** Any constant of our own: the first key of two-part advisory locks, the second names a message or a carrier. */
const LOCK_SPACE = 7464_0002;

export interface PartStoreLimits {
  readonly waitMs?: number;
  readonly mostParts?: number;
  readonly knownMs?: number;
}

interface PartRow {
  readonly set_id: number;
  readonly part: number;
  readonly total: number;
  readonly carrier: string;
  readonly source: string;
  readonly destination: string;
  readonly reference: number;
  readonly link: string;
  readonly data_coding: number;
  readonly octets: Buffer;
  readonly received_at: number;
}

const COLUMNS = `set_id, part, total, carrier, source, destination, reference, link, data_coding, octets,
  (extract(epoch from received_at) * 1000)::float8 as received_at`;

const COLLECTING = `select set_id, part, digest from inbound_parts
  where carrier = $1 and source = $2 and destination = $3 and reference = $4 and total = $5 and collecting for update`;

const PUT = `insert into inbound_parts
  (set_id, part, total, carrier, source, destination, reference, link, data_coding, octets, digest, received_at)
  values (coalesce($1, nextval('inbound_part_sets')), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, to_timestamp($12::float8 / 1000))
  returning set_id`;

/** The sets whose first part is older than $2, and the oldest ones that together have $3 parts or more. */
const DUE = `
select set_id from (
  select set_id, min(received_at) as since, sum(count(*)) over (order by min(received_at), set_id) - count(*) as before
  from inbound_parts where carrier = $1 and taken_until <= to_timestamp($4::float8 / 1000) group by set_id) as sets
where since <= to_timestamp($2::float8 / 1000) or before < $3 order by since, set_id limit $5`;

const TAKE_WHOLE = `update inbound_parts set taken_until = to_timestamp($2::float8 / 1000) where set_id = $1 returning ${COLUMNS}`;

/** Asks again whether somebody has taken the set: since it was found due, its last part may have come. */
const TAKE_DUE = `update inbound_parts set collecting = false, taken_until = to_timestamp($3::float8 / 1000)
  where set_id = any($1::bigint[]) and taken_until <= to_timestamp($2::float8 / 1000) returning ${COLUMNS}`;

/**
 * Parts in the database: what `put` has resolved survives the process, and parts of one message may come over the binds of several
 * nodes. A set that somebody hands over is theirs for a minute; one whose process died meanwhile is delivered by the next `expire`.
 */
export class PostgresPartStore implements PartStore {
  readonly #pool: pg.Pool;
  readonly #waitMs: number;
  readonly #mostParts: number;
  readonly #knownMs: number;
  /** Parts in the table: counted at each `expire`, then kept up with what this process puts in and takes out. */
  #held = 0;
  /** The latest time heard of, wall-clock milliseconds. */
  #now = 0;

  constructor(pool: pg.Pool, limits: PartStoreLimits = {}) {
    this.#pool = pool;
    this.#waitMs = limits.waitMs ?? WAIT_MS;
    this.#mostParts = limits.mostParts ?? MOST_PARTS;
    this.#knownMs = limits.knownMs ?? KNOWN_MS;
  }

  async put(part: InboundPart): Promise<PutOutcome> {
    this.#now = Math.max(this.#now, part.receivedAt);
    const digest = digestOf(part);
    return inTransaction(this.#pool, async (client): Promise<PutOutcome> => {
      await lock(client, JSON.stringify(keyOf(part)));
      const { rows: parts } = await client.query<{ set_id: number; part: number; digest: Buffer }>(COLLECTING, keyOf(part));
      const same = parts.find((stored) => stored.part === part.part);
      if (parts.length === 0 && (await this.#isKnown(client, digest))) return { kind: 'duplicate' };
      let setId = parts[0]?.set_id;
      let count = parts.length;
      if (same && !same.digest.equals(digest)) {
        // The sender has come round to the same reference: the old set goes on waiting for its expiry.
        await client.query('update inbound_parts set collecting = false where set_id = $1', [setId]);
        setId = undefined;
        count = 0;
      }
      if (same === undefined || setId === undefined) {
        const { rows } = await client.query<{ set_id: number }>(PUT, [setId ?? null, ...valuesOf(part, digest)]);
        setId = rows[0]?.set_id;
        count++;
        this.#held++;
      }
      if (count < part.total) return { kind: 'held', crowded: this.#held > this.#mostParts };
      const whole = await client.query<PartRow>(TAKE_WHOLE, [setId, part.receivedAt + TAKEN_MS]);
      const [set] = setsOf(whole.rows);
      if (!set) throw new Error('the parts of a complete message have gone');
      return { kind: 'complete', set };
    });
  }

  async complete(set: PartSet): Promise<void> {
    const parts = set.parts.map((part) => part.part);
    await inTransaction(this.#pool, async (client) => {
      await client.query(
        `insert into inbound_parts_done (digest, completed_at)
         select distinct digest, to_timestamp($3::float8 / 1000) from inbound_parts where set_id = $1 and part = any($2::smallint[])
         on conflict (digest) do update set completed_at = excluded.completed_at`,
        [set.key, parts, this.#now],
      );
      // A part that came after the set was taken away for delivery is not in it and stays.
      await client.query('delete from inbound_parts where set_id = $1 and part = any($2::smallint[])', [set.key, parts]);
    });
    this.#held = Math.max(0, this.#held - parts.length);
  }

  async expire(carrier: string, now: number): Promise<readonly PartSet[]> {
    this.#now = Math.max(this.#now, now);
    return inTransaction(this.#pool, async (client) => {
      const { rows: locked } = await client.query<{ locked: boolean }>(
        'select pg_try_advisory_xact_lock($1, hashtext($2)) as locked',
        [LOCK_SPACE, carrier],
      );
      if (!locked[0]?.locked) return []; // another node is at it
      await client.query('delete from inbound_parts_done where completed_at <= to_timestamp($1::float8 / 1000)', [
        now - this.#knownMs,
      ]);
      const { rows: counted } = await client.query<{ parts: number }>('select count(*) as parts from inbound_parts');
      this.#held = counted[0]?.parts ?? 0;
      const beyond = this.#held - this.#mostParts;
      const { rows: due } = await client.query<{ set_id: number }>(DUE, [carrier, now - this.#waitMs, beyond, now, EXPIRE_SETS]);
      if (due.length === 0) return [];
      const taken = await client.query<PartRow>(TAKE_DUE, [due.map((row) => row.set_id), now, now + TAKEN_MS]);
      return setsOf(taken.rows);
    });
  }

  async #isKnown(client: pg.ClientBase, digest: Buffer): Promise<boolean> {
    const { rows } = await client.query(
      'select from inbound_parts_done where digest = $1 and completed_at > to_timestamp($2::float8 / 1000)',
      [digest, this.#now - this.#knownMs],
    );
    return rows.length > 0;
  }
}

/** One writer at a time for one message: of two last parts on two links exactly one finds the message complete. */
async function lock(client: pg.ClientBase, name: string): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1, hashtext($2))', [LOCK_SPACE, name]);
}

const keyOf = ({ carrier, from, to, reference, total }: InboundPart) => [carrier, from, to, reference, total];

const valuesOf = (part: InboundPart, digest: Buffer) => [
  part.part,
  part.total,
  part.carrier,
  part.from,
  part.to,
  part.reference,
  part.link,
  part.dataCoding,
  part.octets,
  digest,
  part.receivedAt,
];

/** What makes a part the same part; the time and the link it came by do not. */
function digestOf(part: InboundPart): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([...keyOf(part), part.part, part.dataCoding]))
    .update(part.octets)
    .digest();
}

/** The sets among the rows, oldest first, parts in order of their number. */
function setsOf(rows: readonly PartRow[]): readonly PartSet[] {
  const sets = new Map<number, InboundPart[]>();
  for (const row of [...rows].sort((a, b) => a.set_id - b.set_id || a.part - b.part)) {
    const parts = sets.get(row.set_id) ?? [];
    parts.push({
      carrier: row.carrier,
      link: row.link,
      from: row.source,
      to: row.destination,
      reference: row.reference,
      total: row.total,
      part: row.part,
      dataCoding: row.data_coding,
      octets: row.octets,
      receivedAt: row.received_at,
    });
    sets.set(row.set_id, parts);
  }
  return [...sets].map(([id, parts]) => ({ key: String(id), parts }));
}
