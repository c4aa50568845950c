import pg from 'pg';
import type { CarrierReceipt, MessageService } from '../carrier.ts';

/** A message on the screen of a virtual phone. */
export interface PhoneMessage {
  /** Id of the message as the API gave it out. */
  readonly messageId: string;
  readonly attempt: number;
  readonly phone: string;
  readonly from: string;
  readonly service: MessageService;
  readonly text: string;
  readonly mediaUrls: readonly string[];
  /** Wall-clock milliseconds. */
  readonly receivedAt: number;
}

export interface PendingReceipt {
  readonly carrierMessageId: string;
  readonly state: CarrierReceipt['state'];
  readonly errorCode: string;
}

/** A message that the simulator brings to a number of this instance. */
export interface PendingInbound {
  readonly from: string;
  readonly to: string;
  readonly service: MessageService;
  readonly text: string;
  readonly parts: number;
  readonly media: readonly { readonly url: string; readonly contentType: string }[];
}

/** What is to be handed over at a time: first the message, then the receipts. */
export interface PendingWork {
  readonly id: string;
  readonly dueAt: number;
  readonly inbound?: PendingInbound;
  readonly receipts: readonly PendingReceipt[];
}

export interface NewPendingWork extends PendingWork {
  /** Until when this process keeps the work in memory; undefined = it is left to a later `claim`. */
  readonly takenUntil: number | undefined;
}

/** What one submit leaves in storage. */
export interface SimulatorWrite {
  readonly message: PhoneMessage | undefined;
  readonly pending: readonly NewPendingWork[];
}

/** Newest messages that are kept for all phones together. */
export const INBOX_CAPACITY = 100_000;
const INBOX_KEEP_MS = 7 * 24 * 3_600_000;
/** What could not be handed over in this time never will be: its message is long past its retention in the dispatcher. */
const PENDING_KEEP_MS = 24 * 3_600_000;

/** Inboxes of virtual phones and work to come, in Postgres; all statements take many rows at once. */
export class SimulatorStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Everything or nothing, in one statement. */
  async save(writes: readonly SimulatorWrite[]): Promise<void> {
    const messages = writes.flatMap(({ message }) => (message ? [messageRow(message)] : []));
    const pending = writes.flatMap((write) => write.pending.map(pendingRow));
    await this.#pool.query({
      name: 'simulator-save',
      text: `with messages as (
          insert into simulator_inbox (message_id, attempt, phone, from_number, service, text, media_urls, received_at)
          select message_id, attempt, phone, from_number, service, text, media_urls, received_at
          from json_to_recordset($1::json) as rows (message_id uuid, attempt smallint, phone text, from_number text, service text,
            text text, media_urls jsonb, received_at timestamptz)
          on conflict (message_id, attempt) do nothing
        )
        insert into simulator_pending (id, due_at, taken_until, work)
        select id, due_at, taken_until, work
        from json_to_recordset($2::json) as rows (id uuid, due_at timestamptz, taken_until timestamptz, work jsonb)`,
      values: [JSON.stringify(messages), JSON.stringify(pending)],
    });
  }

  async complete(ids: readonly string[]): Promise<void> {
    await this.#pool.query({
      name: 'simulator-complete',
      text: 'delete from simulator_pending where id = any($1::uuid[])',
      values: [ids],
    });
  }

  /** Takes work that is due by `dueBy` and in nobody's memory, earliest first. */
  async claim(now: number, dueBy: number, takenUntil: number, limit: number): Promise<readonly PendingWork[]> {
    const { rows } = await this.#pool.query<{ id: string; due_at: Date; work: Omit<PendingWork, 'id' | 'dueAt'> }>({
      name: 'simulator-claim',
      text: `update simulator_pending set taken_until = $3
        where id in (select id from simulator_pending where due_at <= $2 and taken_until < $1
          order by due_at limit $4 for update skip locked)
        returning id, due_at, work`,
      values: [new Date(now), new Date(dueBy), new Date(takenUntil), limit],
    });
    return rows
      .map((row) => ({ id: row.id, dueAt: row.due_at.getTime(), ...row.work }))
      .sort((a, b) => a.dueAt - b.dueAt || (a.id < b.id ? -1 : 1));
  }

  /** Declares that no process has any work in memory: for the start of the only node. */
  async releaseAll(): Promise<void> {
    await this.#pool.query("update simulator_pending set taken_until = '-infinity' where taken_until > '-infinity'");
  }

  /** The newest messages of a phone, newest last. */
  async inbox(phone: string, limit: number): Promise<readonly PhoneMessage[]> {
    const { rows } = await this.#pool.query<InboxRow>(
      `select message_id, attempt, phone, from_number, service, text, media_urls, received_at
       from simulator_inbox where phone = $1 order by seq desc limit $2`,
      [phone, limit],
    );
    return rows.reverse().map((row) => ({
      messageId: row.message_id,
      attempt: row.attempt,
      phone: row.phone,
      from: row.from_number,
      service: row.service,
      text: row.text,
      mediaUrls: row.media_urls,
      receivedAt: row.received_at.getTime(),
    }));
  }

  /** Drops what is beyond the bounds of both tables. */
  async prune(now: number, capacity = INBOX_CAPACITY): Promise<void> {
    await this.#pool.query(
      'delete from simulator_inbox where received_at < $1 or seq <= (select max(seq) from simulator_inbox) - $2',
      [new Date(now - INBOX_KEEP_MS), capacity],
    );
    await this.#pool.query('delete from simulator_pending where due_at < $1', [new Date(now - PENDING_KEEP_MS)]);
  }
}

/**
 * Whether a failed statement is known to have changed nothing: the database itself said so, or was never reached. Otherwise the
 * connection broke with the answer outstanding.
 */
export function changedNothing(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return true;
  if (!(error instanceof Error)) return false;
  return ('code' in error && error.code === 'ECONNREFUSED') || /timeout exceeded when trying to connect/.test(error.message);
}

interface InboxRow {
  message_id: string;
  attempt: number;
  phone: string;
  from_number: string;
  service: MessageService;
  text: string;
  media_urls: string[];
  received_at: Date;
}

const messageRow = (message: PhoneMessage) => ({
  message_id: message.messageId,
  attempt: message.attempt,
  phone: message.phone,
  from_number: message.from,
  service: message.service,
  text: storable(message.text),
  media_urls: message.mediaUrls,
  received_at: new Date(message.receivedAt),
});

const pendingRow = ({ id, dueAt, takenUntil, inbound, receipts }: NewPendingWork) => ({
  id,
  due_at: new Date(dueAt),
  taken_until: takenUntil === undefined ? '-infinity' : new Date(takenUntil),
  work: { receipts, ...(inbound && { inbound: { ...inbound, text: storable(inbound.text) } }) },
});

/** Postgres holds neither NUL nor half a surrogate pair in a text. */
const storable = (text: string): string => text.toWellFormed().replaceAll('\u0000', '\ufffd');
