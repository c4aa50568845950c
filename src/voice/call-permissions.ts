import type { Account } from '../accounts/account.ts';
import type { Destination } from './destination.ts';
import type { HangupCause } from './hangup-cause.ts';

/** Whose call it is: a main account's, or that of one subaccount. */
export interface CallOwner {
  readonly account: Account;
  readonly subaccount: Account | null;
}

/** What an owner may do with calls: checked for API calls and for the legs of Dial alike. */
export interface CallPermissions {
  /** Whether calls may show this number: rented or verified (voice-api.md §2). */
  mayShow(owner: CallOwner, caller: string): Promise<boolean>;
  /** Why the destination may not be called (2030, 2040, 2050); undefined = it may. */
  barred(owner: CallOwner, destination: Destination): HangupCause | undefined;
}
