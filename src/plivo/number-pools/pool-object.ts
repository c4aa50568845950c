import { Type } from 'typebox';
import type { Scope } from '../../accounts/account.ts';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import type { PoolNumber } from '../../messaging/powerpacks/number-pool-store.ts';
import type { PoolService, Powerpack } from '../../messaging/powerpacks/powerpack.ts';
import type { PowerpackStore } from '../../messaging/powerpacks/powerpack-store.ts';
import { apiId } from '../fields.ts';
import { listReply, type Page } from '../pagination.ts';
import { isoTime } from '../times.ts';

export const poolService = () => Type.Optional(Type.String({ pattern: '^([sS]|[mM])[mM][sS]$' }));
export const readService = (given: string | undefined): PoolService | undefined =>
  given === undefined ? undefined : given.toLowerCase() === 'mms' ? 'mms' : 'sms';

/** Members as the API shows them (messaging.md §8). */
export const poolNumberObject = {
  number: Type.String(),
  number_pool_uuid: Type.String(),
  type: Type.String(),
  service: Type.String(),
  country_iso2: Type.String(),
  added_on: Type.String(),
  account_phone_number_resource: Type.String(),
};

export const poolShortcodeObject = {
  shortcode: Type.String(),
  number_pool_uuid: Type.String(),
  service: Type.String(),
  country_iso2: Type.String(),
  added_on: Type.String(),
};

/** One member able to send both is shown with the service that was asked for. */
const serviceOf = (member: PoolNumber, asked: PoolService | undefined) => asked ?? (member.mms ? 'mms' : 'sms');

export function showPoolNumber(scope: Scope, member: PoolNumber, list: 'number' | 'tollfree', asked: PoolService | undefined) {
  return {
    number: member.number,
    number_pool_uuid: member.poolId,
    type: list === 'tollfree' ? 'tollfree' : typeOf(member),
    service: serviceOf(member, asked),
    country_iso2: member.countryIso,
    added_on: isoTime(member.addedAt),
    account_phone_number_resource: `/v1/Account/${scope.authId}/Number/${member.number}/`,
  };
}

export function showPoolShortcode(member: PoolNumber, asked: PoolService | undefined) {
  return {
    shortcode: member.number,
    number_pool_uuid: member.poolId,
    service: serviceOf(member, asked),
    country_iso2: member.countryIso,
    added_on: isoTime(member.addedAt),
  };
}

/** Local and national numbers count as fixed. */
function typeOf({ type }: PoolNumber): string {
  if (type === 'tollfree') return 'toll-free';
  return type === 'mobile' ? 'mobile' : 'fixed';
}

/** The Powerpack of a pool in a path; `not_found` when it is not the caller's. */
export async function ownerOfPool(scope: Scope, poolId: string, powerpacks: PowerpackStore): Promise<Powerpack> {
  const found = await powerpacks.findByPool(reachOf(scope), poolId);
  if (!found) throw notFound();
  return found;
}

/** Lists of pools say an empty text where others say null (messaging.md §8). */
export const poolListReply = (objects: ReturnType<typeof Type.Object>) =>
  Type.Object({
    api_id: apiId(),
    meta: Type.Object({
      limit: Type.Integer(),
      offset: Type.Integer(),
      next: Type.String(),
      previous: Type.String(),
      total_count: Type.Integer(),
    }),
    objects: Type.Array(objects),
  });

export function poolList(
  scope: Scope,
  path: string,
  page: Page,
  filters: Readonly<Record<string, string | number | boolean | undefined>>,
  found: { readonly total: number; readonly items: readonly unknown[] },
) {
  const { status, body } = listReply(scope, path, page, filters, found);
  return { status, body: { ...body, meta: { ...body.meta, next: body.meta.next ?? '', previous: body.meta.previous ?? '' } } };
}
