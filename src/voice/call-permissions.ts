import type { Account } from '../accounts/account.ts';
import type { HangupCause } from './hangup-cause.ts';

/** What an account may do with calls: checked for API calls and for the legs of Dial alike. */
export interface CallPermissions {
  /** Whether calls of the account may show this number: rented or verified (voice-api.md §2). Digits without `+`. */
  mayShow(accountId: string, number: string): Promise<boolean>;
  /** Why the number may not be called (2030, 2040, 2050); undefined = it may. */
  barred(account: Account, number: string): HangupCause | undefined;
}
