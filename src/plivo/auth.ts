import type { Account, Scope } from '../accounts/account.ts';
import type { AccountDirectory } from '../accounts/account-directory.ts';
import { Problem } from '../errors/catalogue.ts';

/** Auth IDs and tokens are 20 and 40 characters; anything much longer is not worth decoding. */
const MAX_HEADER_LENGTH = 512;

/**
 * HTTP Basic on every request (account-numbers.md §1, §5): a main account reaches itself and its subaccounts, a subaccount only
 * itself and only while it is enabled. A path without Auth ID means the account of the credentials.
 */
export async function authenticate(
  directory: AccountDirectory,
  header: string | undefined,
  pathAuthId: string | undefined,
): Promise<Scope> {
  const credentials = header && header.length <= MAX_HEADER_LENGTH ? decodeBasic(header) : undefined;
  if (!credentials) throw new Problem('authentication_failed', 'authentication credentials were not provided');
  const caller = await directory.authenticate(credentials.user, credentials.password);
  if (!caller?.enabled) throw new Problem('authentication_failed', 'authentication failed: unknown Auth ID or wrong Auth Token');
  if (caller.parentId === null) return mainScope(directory, caller, pathAuthId ?? caller.authId);
  const parent = await directory.find(caller.parentId);
  if (!parent?.enabled || (pathAuthId !== undefined && caller.authId !== pathAuthId)) throw wrongAccount();
  return { account: parent, subaccount: caller, authId: caller.authId, byMainAccount: false };
}

async function mainScope(directory: AccountDirectory, account: Account, pathAuthId: string): Promise<Scope> {
  if (pathAuthId === account.authId) return { account, subaccount: null, authId: account.authId, byMainAccount: true };
  const addressed = pathAuthId.startsWith('SA') ? await directory.find(pathAuthId) : undefined;
  if (addressed?.parentId !== account.authId) throw wrongAccount();
  return { account, subaccount: addressed, authId: addressed.authId, byMainAccount: true };
}

function wrongAccount(): Problem {
  return new Problem(
    'authentication_failed',
    'authentication failed: these credentials do not belong to the account in the path',
  );
}

function decodeBasic(header: string): { user: string; password: string } | undefined {
  const match = /^Basic +([A-Za-z0-9+/=_-]+) *$/i.exec(header);
  if (!match?.[1]) return undefined;
  const decoded = Buffer.from(match[1], 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return colon < 0 ? undefined : { user: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}
