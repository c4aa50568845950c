import type { Scope } from './account.ts';

/** Whose rows a request may see: of one main account, and of those only one owner's when a subaccount is addressed. */
export interface Reach {
  readonly accountId: string;
  readonly ownerId: string | undefined;
}

export const reachOf = (scope: Scope): Reach => ({ accountId: scope.account.authId, ownerId: scope.subaccount?.authId });
