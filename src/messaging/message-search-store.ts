import type pg from 'pg';
import type { Reach } from '../accounts/reach.ts';
import type { MessageService } from '../carriers/carrier.ts';
import { Problem } from '../errors/catalogue.ts';
import { firstUuidOf, lastUuidOf } from '../runtime/ids.ts';
import { inTransaction } from '../storage/storage.ts';
import type { MessageDirection, MessageFilter, MessageRecord } from './message-record.ts';
import { RECORD_COLUMNS, type RecordRow, toRecord } from './message-record-store.ts';

/**
 * Every filter has an index that leads to its messages in the order of the list (migration 0064); figures are in bench/README.md. Two
 * filters that many messages pass each and hardly any pass together may still read far: this limit keeps such a search over tens of
 * millions of rows from holding a connection.
 */
const SEARCH_TIMEOUT_MS = 5_000;
/** PostgreSQL: query_canceled. */
const CANCELLED = '57014';
/** Error code of what was delivered, read or answered without fault. */
const NO_FAULT = '000';

const SERVICES: readonly MessageService[] = ['sms', 'mms', 'whatsapp'];
/** What `standing` holds by direction (migration 0064), and which states each may hide. */
const STANDINGS: Readonly<Record<MessageDirection, readonly string[]>> = {
  outbound: ['', 'sent', 'failed', 'undelivered', 'read'],
  inbound: ['', 'received', 'undelivered'],
};
/** States whose messages are `''` while young and carry the name of the state once they linger. */
const PASSING: ReadonlySet<string> = new Set(['sent', 'received']);

/** One stretch of the index `messages_standing`. */
interface Drawer {
  readonly direction: MessageDirection;
  readonly service: MessageService;
  readonly standing: string;
  /** Whether only messages younger than the mark of lingering ones can be what is looked for. */
  readonly young: boolean;
}

const NEWEST = 'order by m.id desc';
/** The order that only the indexes of filters have (migration 0064). */
const NEWEST_OF_FILTER = 'order by m.id desc nulls last';

const COLUMNS = RECORD_COLUMNS.map((column) => `m.${column}`).join(', ');

/** The list of message records. */
export class MessageSearchStore {
  readonly #pool: pg.Pool;
  readonly #timeoutMs: number;

  constructor(pool: pg.Pool, timeoutMs = SEARCH_TIMEOUT_MS) {
    this.#pool = pool;
    this.#timeoutMs = timeoutMs;
  }

  /** Newest first. `hasMore` instead of a total: counting would read what paging avoids. */
  async list(
    reach: Reach,
    filter: MessageFilter,
    limit: number,
    offset: number,
  ): Promise<{ readonly items: readonly MessageRecord[]; readonly hasMore: boolean }> {
    const nothing = { items: [], hasMore: false };
    if (filter.toMs !== undefined && filter.toMs < filter.fromMs) return nothing;
    const drawers = drawersOf(filter);
    if (drawers.length === 0) return nothing;
    const search = new Search(reach, filter, limit + 1, offset);
    const { text, values } = statementOf(search, filter, reach, drawers);
    const rows = await inTransaction(this.#pool, async (client) => {
      await client.query(`set local statement_timeout = ${this.#timeoutMs}`);
      return (await client.query<RecordRow>(text, values)).rows;
    }).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === CANCELLED)) throw error;
      throw new Problem('invalid_parameter', `the search takes longer than ${this.#timeoutMs} ms: narrow message_time`, {
        parameter: 'message_time',
        cause: error,
      });
    });
    return { items: rows.slice(0, limit).map(toRecord), hasMore: rows.length > limit };
  }
}

/** Queue, index of a filter, drawers of states, or all. */
function statementOf(search: Search, filter: MessageFilter, reach: Reach, drawers: readonly Drawer[]) {
  if (filter.state === 'queued') return search.ofQueue();
  const { fromNumber, toNumber, powerpackId, campaignId, conversationId, errorCode } = filter;
  const fault = errorCode === NO_FAULT ? undefined : errorCode;
  if ((fromNumber ?? toNumber ?? powerpackId ?? campaignId ?? conversationId ?? fault) !== undefined)
    return search.plain(NEWEST_OF_FILTER);
  if ((filter.state ?? filter.direction ?? filter.service ?? errorCode) !== undefined) return search.ofDrawers(drawers);
  const { ownerId, countryIso2, campaignStatus, conversationOrigin } = filter;
  const some = reach.subaccountId ?? ownerId ?? countryIso2 ?? campaignStatus ?? conversationOrigin;
  return search.plain(some === undefined ? NEWEST : NEWEST_OF_FILTER);
}

/** Where messages can lie that pass the filters of direction, service, state and missing fault. */
function drawersOf(filter: MessageFilter): readonly Drawer[] {
  const { state, errorCode } = filter;
  const directions: readonly MessageDirection[] = filter.direction === undefined ? ['outbound', 'inbound'] : [filter.direction];
  const services = filter.service === undefined ? SERVICES : [filter.service];
  return directions.flatMap((direction) =>
    STANDINGS[direction]
      .filter((standing) => {
        if (errorCode === NO_FAULT && standing !== '' && standing !== 'read') return false;
        if (state === undefined || standing === state) return true;
        return standing === '' && hidesIn(direction, state);
      })
      .flatMap((standing) =>
        services.map((service) => ({
          direction,
          service,
          standing,
          young: standing === '' && state !== undefined && PASSING.has(state),
        })),
      ),
  );
}

/** Whether messages of the state can stand under `''`. */
const hidesIn = (direction: MessageDirection, state: string): boolean =>
  state === 'delivered' ||
  state === (direction === 'inbound' ? 'received' : 'sent') ||
  (direction === 'outbound' && state === 'queued');

/** One statement with its values. */
class Search {
  readonly #values: unknown[] = [];
  readonly #conditions: string[] = [];
  readonly #first: string;
  readonly #limit: number;
  readonly #offset: number;

  constructor(reach: Reach, filter: MessageFilter, limit: number, offset: number) {
    this.#limit = limit;
    this.#offset = offset;
    this.#equal('m.account_id', reach.accountId);
    this.#first = this.#value(firstUuidOf(filter.fromMs));
    this.#conditions.push(`m.id >= ${this.#first}`);
    if (filter.toMs !== undefined) this.#conditions.push(`m.id <= ${this.#value(lastUuidOf(filter.toMs))}`);
    const owner = reach.subaccountId ?? filter.ownerId;
    if (owner !== undefined) {
      this.#equal('m.owner_id', owner);
      // A subaccount's messages have an index; a main account's own have not, and their share of all is large.
      if (owner !== reach.accountId) this.#conditions.push('m.owner_id <> m.account_id');
    }
    this.#equal('m.direction', filter.direction);
    this.#equal('m.state', filter.state);
    this.#equal('m.service', filter.service);
    this.#equal(filter.errorCode === NO_FAULT ? 'm.error_code' : 'm.fault_code', filter.errorCode);
    this.#equal('m.from_number', filter.fromNumber);
    this.#equal('m.to_number', filter.toNumber);
    this.#equal('m.country', filter.countryIso2);
    this.#equal('m.powerpack_id', filter.powerpackId);
    this.#equal('m.campaign_id', filter.campaignId);
    this.#equal('m.campaign_status', filter.campaignStatus);
    this.#equal(`m.details -> 'conversation' ->> 'id'`, filter.conversationId);
    this.#equal(`m.details -> 'conversation' ->> 'origin'`, filter.conversationOrigin);
    // Conversations are WhatsApp's, and so are the messages in their indexes.
    if (filter.conversationId !== undefined || filter.conversationOrigin !== undefined) this.#equal('m.service', 'whatsapp');
  }

  /** By the index of a filter, or by that of all messages when there is none. */
  plain(order: typeof NEWEST | typeof NEWEST_OF_FILTER) {
    return { text: `select ${COLUMNS} from messages m where ${this.#where} ${order} ${this.#page}`, values: this.#values };
  }

  /** Queued messages are those with a row in the queue, which is short or full of them. */
  ofQueue() {
    const text = `select ${COLUMNS} from outbox o cross join lateral (select * from messages m where m.id = o.message_id and ${this.#where} offset 0) m
      where o.account_id = m.account_id ${NEWEST} ${this.#page}`;
    return { text, values: this.#values };
  }

  /** The newest of each drawer, merged. */
  ofDrawers(drawers: readonly Drawer[]) {
    const texts = (of: (drawer: Drawer) => string) => `${this.#value(drawers.map(of))}::text[]`;
    const columns = [
      texts(({ direction }) => direction),
      texts(({ service }) => service),
      texts(({ standing }) => standing),
      `${this.#value(drawers.map(({ young }) => young))}::boolean[]`,
    ].join(', ');
    const text = `select ${COLUMNS}
      from unnest(${columns}) as d(direction, service, standing, young)
      cross join (select coalesce((select first_unmarked from lingering_mark), ${this.#first}) as first_unmarked) l
      cross join lateral (select * from messages m where ${this.#where} and m.direction = d.direction and m.service = d.service
        and m.standing = d.standing and m.id >= case when d.young then l.first_unmarked else ${this.#first} end
        ${NEWEST_OF_FILTER} limit ${this.#value(this.#limit + this.#offset)}) m ${NEWEST} ${this.#page}`;
    return { text, values: this.#values };
  }

  get #page(): string {
    return `limit ${this.#value(this.#limit)} offset ${this.#value(this.#offset)}`;
  }

  get #where(): string {
    return this.#conditions.join(' and ');
  }

  #equal(expression: string, value: string | undefined): void {
    if (value !== undefined) this.#conditions.push(`${expression} = ${this.#value(value)}`);
  }

  #value(value: unknown): string {
    return `$${this.#values.push(value)}`;
  }
}
