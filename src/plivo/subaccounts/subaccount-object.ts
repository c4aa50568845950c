import { Type } from 'typebox';
import type { Account } from '../../accounts/account.ts';
import type { AccountDirectory } from '../../accounts/account-directory.ts';
import { notFound } from '../../errors/catalogue.ts';
import { nullableString } from '../fields.ts';
import { localDay } from '../times.ts';

/** A subaccount as the API shows it (account-numbers.md §5). */
export const subaccountObject = {
  account: Type.String(),
  auth_id: Type.String(),
  auth_token: Type.String(),
  created: Type.String(),
  enabled: Type.Boolean(),
  modified: nullableString(),
  name: Type.String(),
  new_auth_token: Type.String(),
  resource_uri: Type.String(),
};

export function showSubaccount(account: Account, subaccount: Account) {
  return {
    account: `/v1/Account/${account.authId}/`,
    auth_id: subaccount.authId,
    auth_token: subaccount.authToken,
    created: localDay(subaccount.createdAt, account.timezone),
    enabled: subaccount.enabled,
    modified: subaccount.modifiedAt && localDay(subaccount.modifiedAt, account.timezone),
    name: subaccount.name,
    // Differs from auth_token only while a rotation is under way; a token of ours is valid from the moment it is made.
    new_auth_token: subaccount.authToken,
    resource_uri: `/v1/Account/${account.authId}/Subaccount/${subaccount.authId}/`,
  };
}

/** The subaccount of a path; `not_found` when the account has no such. */
export async function subaccountOf(account: Account, authId: string, directory: AccountDirectory): Promise<Account> {
  const found = /^SA[A-Z0-9]{18}$/.test(authId) ? await directory.find(authId) : undefined;
  if (found?.parentId !== account.authId) throw notFound();
  return found;
}
