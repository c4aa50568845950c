import type pg from 'pg';
import { inTransaction } from '../storage/storage.ts';
import { decideOutbound, type OptOutState, optOutScopes } from './opt-out.ts';
import type { AcceptedMessage, StatusChange } from './outbound.ts';
import { farNumberFor, keepsContent } from './redaction.ts';

/** Where status callbacks go in: rows of the same transaction, and after its commit a word to the delivery queue. */
export interface StatusNotifier {
  /** Resolves with what must be called once the transaction has committed. */
  write(client: pg.ClientBase, changes: readonly StatusChange[]): Promise<() => void>;
}

/** Ties a message's media to it, in the transaction that stores the message. */
export type MediaAttacher = (client: pg.ClientBase, message: AcceptedMessage) => Promise<void>;

/** One accepted message and who dispatches it: this node from memory, or (undefined) whoever finds it in the table. */
export interface AcceptEntry {
  readonly message: AcceptedMessage;
  readonly node: string | undefined;
  /** It goes to a carrier at once: should this process die, whether it was submitted is unknown. */
  readonly inFlight: boolean;
  /** The automatic answer to an opt-out is not blocked by it. */
  readonly despiteOptOut: boolean;
}

const INSERT = `
with given as (select * from json_to_recordset($1) as g(
  i uuid, a text, o text, s text, st text, f text, t text, c text, u int2, r int8, am int8, fr int8, fe int8, e text, l text, x text,
  ip text, d bool, cu text, cm text, cb int2, ex int4, tr bool, j jsonb, h jsonb, at float8, sn text, n text, fl bool, p jsonb, cs text, ci text, pp text, mc text, mn text, nw text)),
records as (
  insert into messages (id, account_id, owner_id, direction, service, state, from_number, to_number, country, units, rate_micros,
    amount_micros, fee_rate_micros, fee_micros, error_code, log, text, requester_ip, is_domestic, callback_url, callback_method,
    callbacks, expiry_seconds, trackable, details, transitions, campaign_status, campaign_id, powerpack_id, mcc, mnc, network, created_at, queued_at, final_at, updated_at)
  select i, a, o, 'outbound', s, st, f, t, c, u, r, am, fr, fe, e, l, x, ip, coalesce(d, false), cu, cm, coalesce(cb, 0), ex,
    coalesce(tr, false), j, h, cs, ci, pp, mc, mn, coalesce(nw, ''), to_timestamp(at / 1000), to_timestamp(at / 1000),
    case when st = 'failed' then to_timestamp(at / 1000) end, to_timestamp(at / 1000)
  from given
  on conflict (id) do nothing
  returning id)
insert into outbox (message_id, account_id, sender, node, in_flight, expires_at, payload)
select i, a, sn, n, coalesce(fl, false), to_timestamp(at / 1000 + ex), p from given join records on records.id = given.i where st = 'queued'`;

/** Opted-out pairs among those given. */
const OPTED_OUT = `select o.source, o.subscriber, o.account_id as account, (extract(epoch from o.since) * 1000)::float8 as since,
    (extract(epoch from o.acknowledged_at) * 1000)::float8 as acknowledged
  from opt_outs o join json_to_recordset($1) as p(s text, d text, a text) on o.source = p.s and o.subscriber = p.d and o.account_id = p.a`;

/** Takes the one acknowledgement that pairs have; fewer rows than pairs when another message has had it. */
const ACKNOWLEDGE = `update opt_outs set acknowledged_at = to_timestamp($4::float8 / 1000)
  where source = any($1) and subscriber = $2 and account_id = $3 and acknowledged_at is null`;

export type AcceptResult =
  | { readonly kind: 'queued' }
  /** Failed at once: nothing of it was queued. */
  | { readonly kind: 'failed'; readonly errorCode: string }
  /** It was stored by an earlier run of what makes it, which has cared for the rest. */
  | { readonly kind: 'repeated' };

/** Two runs of the same work stored the same messages at the same moment; the next run finds them. */
export class RepeatedAtOnceError extends Error {
  constructor() {
    super('the same messages are being stored twice at once');
    this.name = 'RepeatedAtOnceError';
  }
}

/** Writes a batch of accepted messages: records, queue and `queued`/`failed` callbacks in one transaction. */
export class AcceptStore {
  readonly #pool: pg.Pool;
  readonly #notifier: StatusNotifier;
  readonly #attachMedia: MediaAttacher;
  #optOutsExist = true;

  constructor(pool: pg.Pool, notifier: StatusNotifier, attachMedia: MediaAttacher) {
    this.#pool = pool;
    this.#notifier = notifier;
    this.#attachMedia = attachMedia;
  }

  /** Whether anybody has opted out of anything; while nobody has, messages need not be checked one by one. */
  async refreshOptOuts(): Promise<void> {
    const { rows } = await this.#pool.query<{ some: boolean }>('select exists (select from opt_outs) as some');
    this.#optOutsExist = rows[0]?.some ?? true;
  }

  /** Another node's or this one's STOP: from now on pairs are looked up. */
  noteOptOut(): void {
    this.#optOutsExist = true;
  }

  async write(entries: readonly AcceptEntry[]): Promise<readonly AcceptResult[]> {
    const repeatable = entries.filter(({ message }) => message.mayRepeat);
    const known = repeatable.length > 0 ? await this.#known(repeatable) : NONE;
    const fresh = known.size > 0 ? entries.filter(({ message }) => !known.has(message.id)) : entries;
    const optOuts = this.#optOutsExist ? await this.#optOuts(fresh) : NOBODY;
    const failures = fresh.length > 0 ? await this.#insert(fresh, judge(fresh, optOuts), repeatable.length > 0) : [];
    if (known.size === 0) return failures.map(resultOf);
    const results = new Map(fresh.map(({ message }, index) => [message.id, resultOf(failures[index])]));
    return entries.map(({ message }) => results.get(message.id) ?? { kind: 'repeated' });
  }

  /** Answers the error codes of the messages that failed by this, in the order of the entries. */
  async #insert(entries: readonly AcceptEntry[], judged: Judged, mayRepeat: boolean): Promise<readonly (string | undefined)[]> {
    const withMedia = entries.filter(({ message }) => message.media.length > 0).map(({ message }) => message);
    const withCallback = entries.some(({ message }) => message.callbackUrl !== undefined);
    if (!withCallback && withMedia.length === 0 && !mayRepeat && judged.acknowledgements.length === 0) {
      await this.#pool.query({ name: 'accept-messages', text: INSERT, values: [rowsOf(entries, judged.failures)] });
      return judged.failures;
    }
    const { failures, committed } = await inTransaction(this.#pool, async (client) => {
      const failures = await acknowledge(client, entries, judged);
      const { rowCount } = await client.query({ name: 'accept-messages', text: INSERT, values: [rowsOf(entries, failures)] });
      if (rowCount !== failures.filter((failure) => failure === undefined).length) throw new RepeatedAtOnceError();
      for (const message of withMedia) await this.#attachMedia(client, message);
      const changes = entries.flatMap(({ message }, index) => statusChanges(message, failures[index]));
      return { failures, committed: changes.length > 0 ? await this.#notifier.write(client, changes) : undefined };
    });
    committed?.();
    return failures;
  }

  /** Those that an earlier run has stored. */
  async #known(entries: readonly AcceptEntry[]): Promise<ReadonlySet<string>> {
    const { rows } = await this.#pool.query<{ id: string }>('select id from messages where id = any($1)', [
      entries.map(({ message }) => message.id),
    ]);
    return new Set(rows.map((row) => row.id));
  }

  async #optOuts(entries: readonly AcceptEntry[]): Promise<ReadonlyMap<string, OptOutState>> {
    const pairs = entries.flatMap(({ message }) =>
      scopesOf(message).map((scope) => ({ s: scope, d: message.dst, a: message.accountId })),
    );
    const { rows } = await this.#pool.query<OptOutRow>(OPTED_OUT, [JSON.stringify(pairs)]);
    return new Map(
      rows.map((row) => [
        pairKey(row.account, row.source, row.subscriber),
        { optedOutAt: row.since, acknowledgedAt: row.acknowledged ?? undefined },
      ]),
    );
  }
}

interface OptOutRow {
  readonly source: string;
  readonly subscriber: string;
  readonly account: string;
  readonly since: number;
  readonly acknowledged: number | null;
}

/** The message at a place takes the acknowledgement that these scopes have for its receiver. */
interface Acknowledgement {
  readonly index: number;
  readonly scopes: readonly string[];
}

/** Error codes of messages that fail at once, and places of those that go out as the acknowledgement of an opt-out. */
interface Judged {
  readonly failures: readonly (string | undefined)[];
  readonly acknowledgements: readonly Acknowledgement[];
}

function judge(entries: readonly AcceptEntry[], optOuts: ReadonlyMap<string, OptOutState>): Judged {
  if (optOuts.size === 0) return { failures: entries.map(({ message }) => message.failure), acknowledgements: [] };
  const acknowledgements: Acknowledgement[] = [];
  const acknowledging = new Set<string>();
  const failures = entries.map(({ message, despiteOptOut }, index) => {
    if (message.failure !== undefined || despiteOptOut) return message.failure;
    const out = scopesOf(message).flatMap((scope) => {
      const key = pairKey(message.accountId, scope, message.dst);
      const state = optOuts.get(key);
      return state ? [{ scope, key, state }] : [];
    });
    // Of several in one batch the first is the acknowledgement.
    const decision = out.some(({ key }) => acknowledging.has(key))
      ? 'blocked'
      : decideOutbound(
          out.map(({ state }) => state),
          message.acceptedAt,
        );
    if (decision === 'acknowledgement') {
      for (const { key } of out) acknowledging.add(key);
      acknowledgements.push({ index, scopes: out.map(({ scope }) => scope) });
    }
    return decision === 'blocked' ? BLOCKED : undefined;
  });
  return { failures, acknowledgements };
}

/** Another node or transaction may have acknowledged the same opt-out meanwhile: then the message is blocked after all. */
async function acknowledge(client: pg.ClientBase, entries: readonly AcceptEntry[], judged: Judged) {
  const failures = [...judged.failures];
  for (const { index, scopes } of judged.acknowledgements) {
    const message = entries[index]?.message;
    if (!message) continue;
    const values = [scopes, message.dst, message.accountId, message.acceptedAt];
    const { rowCount } = await client.query(ACKNOWLEDGE, values);
    if (rowCount !== scopes.length) failures[index] = BLOCKED;
  }
  return failures;
}

const rowsOf = (entries: readonly AcceptEntry[], failures: readonly (string | undefined)[]) =>
  JSON.stringify(entries.map((entry, index) => toRow(entry, failures[index])));

/** messaging.md §20: blocked by the recipient's STOP. */
const BLOCKED = '200';
const NOBODY: ReadonlyMap<string, OptOutState> = new Map();
const NONE: ReadonlySet<string> = new Set();
const resultOf = (failure: string | undefined): AcceptResult =>
  failure === undefined ? { kind: 'queued' } : { kind: 'failed', errorCode: failure };

const pairKey = (accountId: string, scope: string, subscriber: string) => `${accountId} ${scope} ${subscriber}`;
const scopesOf = (message: AcceptedMessage) => optOutScopes(message.src, message.senderCampaignId);

function toRow({ message, node, inFlight }: AcceptEntry, failure: string | undefined) {
  const { charge } = message;
  const kept = keepsContent(message.log);
  const to = farNumberFor(message.log, message.dst);
  // What the record does not keep must still reach the carrier: it travels in the queue row, which goes when a carrier has it.
  const payload = {
    ...(kept ? {} : { text: message.text }),
    ...(to === message.dst ? {} : { dst: message.dst }),
    ...(message.media.length > 0 ? { media: message.media } : {}),
    ...(message.structured === undefined ? {} : { structured: message.structured }),
    kind: message.senderKind,
  };
  const callbacks = message.callbackUrl === undefined ? 0 : failure === undefined ? 1 : 2;
  const at = message.acceptedAt;
  const accepted = [at, 'queued', message.chosen ? `accepted, sender by ${message.chosen.reason}` : 'accepted'];
  return {
    i: message.id,
    a: message.accountId,
    o: message.ownerId,
    s: message.service,
    st: failure === undefined ? 'queued' : 'failed',
    f: message.src,
    t: to,
    c: message.country,
    u: message.units,
    r: charge.rate,
    am: failure === undefined ? charge.amount : 0,
    fr: charge.carrierFeeRate,
    fe: failure === undefined ? charge.carrierFees : 0,
    e: failure,
    l: message.log,
    x: kept ? message.text : undefined,
    ip: message.requesterIp,
    d: message.isDomestic,
    cu: message.callbackUrl,
    cm: message.callbackMethod,
    cb: callbacks,
    ex: message.expirySeconds,
    tr: message.trackable,
    j: message.verification ? { ...message.details, verification: message.verification } : message.details,
    h: failure === undefined ? [accepted] : [accepted, [at, 'failed', `refused with error ${failure}`]],
    at,
    sn: message.src,
    n: node,
    fl: inFlight,
    p: payload,
    // US long codes are what campaigns are for (messaging.md §15).
    cs: campaignStatus(message),
    ci: message.campaignId,
    pp: message.chosen?.powerpackId,
    mc: message.network?.mcc,
    mn: message.network?.mnc,
    nw: message.network?.name,
  };
}

function statusChanges(message: AcceptedMessage, failure: string | undefined): readonly StatusChange[] {
  if (message.callbackUrl === undefined) return [];
  const at = message.acceptedAt;
  const facts = {
    id: message.id,
    accountId: message.accountId,
    ownerId: message.ownerId,
    service: message.service,
    from: message.src,
    to: message.dst,
    units: message.units,
    rateMicros: message.charge.rate,
    amountMicros: failure === undefined ? message.charge.amount : 0,
    mcc: null,
    mnc: null,
    log: message.log,
    requesterIp: message.requesterIp ?? null,
    powerpackId: message.chosen?.powerpackId ?? null,
    verification: message.verification ?? null,
    callbackUrl: message.callbackUrl,
    callbackMethod: message.callbackMethod,
    createdAt: at,
    queuedAt: at,
    sentAt: null,
    finalAt: failure === undefined ? null : at,
  };
  const queued: StatusChange = { facts, state: 'queued', errorCode: null, sequence: 1, at };
  return failure === undefined ? [queued] : [queued, { facts, state: 'failed', errorCode: failure, sequence: 2, at }];
}

function campaignStatus({ country, senderKind, campaignId }: AcceptedMessage): 'registered' | 'unregistered' | undefined {
  if (country !== 'US' || senderKind !== 'long_code') return undefined;
  return campaignId === undefined ? 'unregistered' : 'registered';
}
