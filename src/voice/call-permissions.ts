import type { Account } from '../accounts/account.ts';
import type { Destination } from './destination.ts';
import type { HangupCause } from './hangup-cause.ts';

/** Whose call it is: a main account's, or that of one subaccount. */
export interface CallOwner {
  readonly account: Account;
  readonly subaccount: Account | null;
}

/** Looks up whose call it is; undefined when the account or the subaccount is no more. */
export async function findCallOwner(
  find: (authId: string) => Promise<Account | undefined>,
  { accountId, ownerId }: { readonly accountId: string; readonly ownerId: string },
): Promise<CallOwner | undefined> {
  const [account, subaccount] = await Promise.all([find(accountId), ownerId === accountId ? null : find(ownerId)]);
  return account && subaccount !== undefined ? { account, subaccount } : undefined;
}

/** What an owner may do with calls: checked for API calls and for the legs of Dial alike. */
export interface CallPermissions {
  /** Whether calls may show this number: rented or verified (voice-api.md §2). */
  mayShow(owner: CallOwner, caller: string): Promise<boolean>;
  /** Why no call may come from this number (3140); undefined = they may. Asked of names and SIP addresses, too: those may. */
  mayOriginate(caller: string): HangupCause | undefined;
  /** Why the destination may not be called (2030, 2040, 2050); undefined = it may. */
  barred(owner: CallOwner, destination: Destination): HangupCause | undefined;
}
