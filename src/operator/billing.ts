import type { FastifyInstance } from 'fastify';
import type { BillingStatement, LedgerStore } from '../billing/ledger-store.ts';
import { formatAmount, type Micros, parseAmount } from '../billing/money.ts';
import type { Recharge, SpendSettings } from '../billing/spend-limits.ts';
import { isWebAddress } from '../delivery/web-address.ts';
import { invalidParameter, missingParameter, notFound } from '../errors/catalogue.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Ids } from '../runtime/ids.ts';
import { type Body, bodyOf, textOf } from './body.ts';

export interface BillingDesk {
  readonly ledger: LedgerStore;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'uuid'>;
  /** The account has changed: this node reads it anew. */
  changed(authId: string): void;
}

type Named = { Params: { auth_id: string } };
type Paged = Named & { Querystring: { limit?: string; offset?: string } };

const MOST_ENTRIES = 100;
const DEFAULT_ENTRIES = 20;
const MAX_PERCENT = 100;
const MAX_ALERTS = 10;

/** `accounts/{auth_id}/billing`, `/limits`, `/credits` and `/ledger`: what accounts and subaccounts have, spend and may spend. */
export function registerBilling(operator: FastifyInstance, { ledger, clock, ids, changed }: BillingDesk): void {
  const statementOf = async (authId: string) => {
    const statement = await ledger.statement(authId, clock.now());
    if (!statement) throw notFound();
    return statementBody(statement);
  };

  operator.get<Named>('/accounts/:auth_id/billing', async (request) => ({
    api_id: request.id,
    ...(await statementOf(request.params.auth_id)),
  }));

  operator.put<Named>('/accounts/:auth_id/limits', async (request) => {
    const { auth_id } = request.params;
    if (!(await ledger.setLimits(auth_id, limitsOf(bodyOf(request.body), auth_id.startsWith('SA')), clock.now())))
      throw notFound();
    changed(auth_id);
    return { api_id: request.id, ...(await statementOf(auth_id)) };
  });

  operator.post<Named>('/accounts/:auth_id/credits', async (request, reply) => {
    const { auth_id } = request.params;
    const body = bodyOf(request.body);
    const micros = parseAmount(textOf(body, 'amount'));
    if (!body.has('amount')) throw missingParameter('amount');
    if (micros === undefined || micros === 0)
      throw invalidParameter('amount', 'amount parameter is invalid: an amount such as "12.50" is expected');
    const key = textOf(body, 'key') || ids.uuid();
    if (!(await ledger.credit(auth_id, micros, key, textOf(body, 'note'), clock.now()))) throw notFound();
    changed(auth_id);
    return reply.code(201).send({ api_id: request.id, key, ...(await statementOf(auth_id)) });
  });

  operator.get<Paged>('/accounts/:auth_id/ledger', async (request) => {
    const limit = Math.min(countOf('limit', request.query.limit) ?? DEFAULT_ENTRIES, MOST_ENTRIES);
    const offset = countOf('offset', request.query.offset) ?? 0;
    const found = await ledger.list(request.params.auth_id, { limit, offset });
    return {
      api_id: request.id,
      meta: { limit, offset, total_count: found.total },
      entries: found.items.map(({ key, ownerId, kind, micros, detail, at }) => ({
        key,
        owner: ownerId,
        kind,
        amount: formatAmount(micros),
        detail,
        at: at.toISOString(),
      })),
    };
  });
}

function statementBody({ authId, parentId, billingMode, balanceMicros, settings, lockedUntil, spent }: BillingStatement) {
  const total = (of: 'day' | 'month') => formatAmount(spent.reduce((sum, each) => sum + each[of], 0));
  return {
    auth_id: authId,
    parent: parentId,
    billing: billingMode,
    balance: balanceMicros === null ? null : formatAmount(balanceMicros),
    locked_until: lockedUntil?.toISOString() ?? null,
    limits: {
      per_day: amountOrNull(settings.perDayMicros),
      per_month: amountOrNull(settings.perMonthMicros),
      alert_percents: settings.alertPercents ?? null,
      balance_alerts: settings.balanceAlertsMicros?.map(formatAmount) ?? [],
      alert_url: settings.alertUrl ?? null,
      recharge: settings.recharge
        ? {
            below: formatAmount(settings.recharge.belowMicros),
            add: formatAmount(settings.recharge.addMicros),
            per_month: formatAmount(settings.recharge.perMonthMicros),
          }
        : null,
    },
    spent: {
      today: total('day'),
      this_month: total('month'),
      by_kind: spent.map(({ kind, day, month, charges }) => ({
        kind,
        today: formatAmount(day),
        this_month: formatAmount(month),
        charges,
      })),
    },
  };
}

const amountOrNull = (micros: Micros | undefined): string | null => (micros ? formatAmount(micros) : null);

/** What is absent is not limited, nobody is told, and no credit is granted by itself. */
function limitsOf(body: Body, isSubaccount: boolean): SpendSettings {
  const url = textOf(body, 'alert_url');
  if (url !== '' && !isWebAddress(url))
    throw invalidParameter('alert_url', 'alert_url parameter is invalid: an http or https URL is expected');
  const perDay = limitOf('per_day', textOf(body, 'per_day'));
  const perMonth = limitOf('per_month', textOf(body, 'per_month'));
  const percents = listOf(body, 'alert_percents').map((percent) => {
    if (typeof percent === 'number' && Number.isInteger(percent) && percent >= 1 && percent <= MAX_PERCENT) return percent;
    throw invalidParameter(
      'alert_percents',
      `alert_percents parameter is invalid: whole numbers from 1 to ${MAX_PERCENT} are expected`,
    );
  });
  const recharge = rechargeOf(body);
  if (recharge && isSubaccount)
    throw invalidParameter('recharge', 'recharge parameter is invalid: a subaccount has no balance of its own');
  const balances = listOf(body, 'balance_alerts').map((amount) => limitOf('balance_alerts', String(amount)) ?? 0);
  return {
    ...(perDay !== undefined && { perDayMicros: perDay }),
    ...(perMonth !== undefined && { perMonthMicros: perMonth }),
    ...(percents.length > 0 && { alertPercents: percents }),
    ...(balances.length > 0 && { balanceAlertsMicros: balances }),
    ...(url !== '' && { alertUrl: url }),
    ...(recharge && { recharge }),
  };
}

function rechargeOf(body: Body): Recharge | undefined {
  const given = body.get('recharge') ?? undefined;
  if (given === undefined) return undefined;
  const fields = bodyOf(given);
  const amount = (name: string): Micros => {
    const micros = limitOf(`recharge.${name}`, textOf(fields, name));
    if (micros === undefined) throw missingParameter(`recharge.${name}`);
    return micros;
  };
  const recharge = { belowMicros: amount('below'), addMicros: amount('add'), perMonthMicros: amount('per_month') };
  if (recharge.addMicros === 0) throw invalidParameter('recharge.add', 'recharge.add parameter is invalid: it grants nothing');
  return recharge;
}

function limitOf(name: string, text: string): Micros | undefined {
  if (text === '') return undefined;
  const micros = parseAmount(text);
  if (micros === undefined || micros < 0)
    throw invalidParameter(name, `${name} parameter is invalid: an amount such as "12.50" is expected`);
  return micros;
}

function listOf(body: Body, name: string): readonly unknown[] {
  const value = body.get(name) ?? [];
  if (Array.isArray(value) && value.length <= MAX_ALERTS) return value;
  throw invalidParameter(name, `${name} parameter is invalid: a list of up to ${MAX_ALERTS} is expected`);
}

function countOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw invalidParameter(name, `${name} parameter is invalid: a whole number is expected`);
  return Number(text);
}
