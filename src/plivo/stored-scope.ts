import type { Scope } from '../accounts/account.ts';
import type { AccountDirectory } from '../accounts/account-directory.ts';

/** Who asked, as a request is told on or kept: it was authenticated where it came in. */
export interface StoredScope {
  readonly authId: string;
  readonly byMainAccount: boolean;
}

/** The scope again. @throws Error when the account has been deleted meanwhile */
export async function scopeOf(directory: AccountDirectory, { authId, byMainAccount }: StoredScope): Promise<Scope> {
  const own = await directory.find(authId);
  if (!own) throw new Error(`account ${authId} has been deleted`);
  if (own.parentId === null) return { account: own, subaccount: null, authId: own.authId, byMainAccount };
  const parent = await directory.find(own.parentId);
  if (!parent) throw new Error(`account ${own.parentId} has been deleted`);
  return { account: parent, subaccount: own, authId: own.authId, byMainAccount };
}
