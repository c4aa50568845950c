import { missingParameter } from '../../errors/catalogue.ts';
import type { TrunkUri } from '../../trunking/trunk.ts';

/** What answers a challenge of the telephone system: both parts where authentication is needed. @throws Problem */
export function readUriCredentials(
  given: { readonly authentication_needed?: boolean; readonly username?: string; readonly password?: string },
  present: TrunkUri['credentials'],
): TrunkUri['credentials'] {
  const isNeeded = given.authentication_needed ?? present !== undefined;
  if (!isNeeded) return undefined;
  const username = given.username ?? present?.username;
  const password = given.password ?? present?.password;
  if (username === undefined) throw missingParameter('username');
  if (password === undefined) throw missingParameter('password');
  return { username, password };
}
