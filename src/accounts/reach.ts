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

/** One page of a list, and how many there are in all. */
export interface Found<Item> {
  readonly total: number;
  readonly items: readonly Item[];
}

export interface PageRequest {
  readonly limit: number;
  readonly offset: number;
}
