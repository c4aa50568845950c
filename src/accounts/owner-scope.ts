import type { Account, Scope } from './account.ts';

/** What is done in the name of an account or subaccount without a request of its own; undefined = it is gone, or its account. */
export async function scopeOfOwner(
  find: (authId: string) => Promise<Account | undefined>,
  ownerId: string,
): Promise<Scope | undefined> {
  const owner = await find(ownerId);
  const account = owner && (owner.parentId === null ? owner : await find(owner.parentId));
  if (!owner || !account) return undefined;
  return {
    account,
    subaccount: owner.parentId === null ? null : owner,
    authId: owner.authId,
    byMainAccount: owner.parentId === null,
  };
}
