import type { Scope } from './account.ts';

/** The part of an account that a question is about: all of it, or what belongs to one subaccount. */
export interface Reach {
  readonly accountId: string;
  readonly subaccountId: string | undefined;
}

export const reachOf = (scope: Scope): Reach => ({
  accountId: scope.account.authId,
  subaccountId: scope.subaccount?.authId,
});

/** Counting a million rows takes 100 to 400 ms of a core that may carry audio: beyond these lists say only whether there are more. */
export const MAX_COUNTED = 20_000;

/** One page of a list, and how many there are in all. */
export interface Found<Item> {
  /** Beyond `MAX_COUNTED` nobody has counted: the number says whether there are more than this page, and no more than that. */
  readonly total: number;
  readonly items: readonly Item[];
}

export interface PageRequest {
  readonly limit: number;
  readonly offset: number;
}

/**
 * The page of `rows`, which were asked for with one more than the page's limit. `count` is called where the page itself does not tell how
 * many there are in all, and may stop beyond `MAX_COUNTED`.
 */
export async function pageOf<Row>(rows: readonly Row[], page: PageRequest, count: () => Promise<number>): Promise<Found<Row>> {
  const items = rows.slice(0, page.limit);
  const hasMore = rows.length > page.limit;
  if (!hasMore && (items.length > 0 || page.offset === 0)) return { total: page.offset + items.length, items };
  const counted = await count();
  return { total: hasMore ? Math.max(counted, page.offset + page.limit + 1) : counted, items };
}
