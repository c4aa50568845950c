import type { Ids } from '../runtime/ids.ts';
import type { Account } from './account.ts';
import type { AccountStore } from './account-store.ts';

/** The account whose credentials the start screen shows: the one the environment names, else the first there is, else a new one. */
export async function ensureFirstAccount(
  accounts: AccountStore,
  ids: Ids,
  now: Date,
  wanted: { readonly authId: string | undefined; readonly authToken: string | undefined },
): Promise<Account> {
  const found = wanted.authId === undefined ? await accounts.findFirst() : await accounts.find(wanted.authId);
  if (found) {
    if (wanted.authToken === undefined || wanted.authToken === found.authToken) return found;
    await accounts.update(found.authId, { authToken: wanted.authToken }, now);
    return { ...found, authToken: wanted.authToken };
  }
  const authId = wanted.authId ?? ids.authId('MA');
  // Postpaid: nobody recharges a development server. The configuration can say otherwise.
  await accounts.insert({
    authId,
    authToken: wanted.authToken ?? ids.authToken(),
    name: 'First account',
    billingMode: 'postpaid',
    createdAt: now,
  });
  const made = await accounts.find(authId);
  if (!made) throw new Error('the first account was not stored');
  return made;
}
