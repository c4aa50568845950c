import { Type } from 'typebox';
import type { Scope } from '../../accounts/account.ts';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { sanitiseNumber } from '../../messaging/phone-number.ts';
import type { VerifiedCaller } from '../../voice/verified-caller-store.ts';
import type { VerifiedCallers } from '../../voice/verified-callers.ts';
import { isoTime } from '../times.ts';

/** A verified caller ID (voice-api.md §11). Times are RFC 3339: the Go SDK reads nothing else. */
export const verifiedCallerObject = {
  alias: Type.String(),
  country: Type.String(),
  created_at: Type.String(),
  modified_at: Type.String(),
  phone_number: Type.String(),
  subaccount: Type.String(),
  verification_uuid: Type.String({ format: 'uuid' }),
};

export const renderVerifiedCaller = (caller: VerifiedCaller) => ({
  alias: caller.alias,
  country: caller.country,
  created_at: isoTime(caller.createdAt),
  modified_at: isoTime(caller.modifiedAt),
  phone_number: `+${caller.phoneNumber}`,
  subaccount: caller.subaccountId ?? '',
  verification_uuid: caller.verificationId,
});

/** In lists each has its address, without `+` and without trailing slash. */
export const listedCallerObject = { ...verifiedCallerObject, resource_uri: Type.String() };

export const renderListedCaller = (scope: Scope, caller: VerifiedCaller) => ({
  ...renderVerifiedCaller(caller),
  resource_uri: `/v1/Account/${scope.authId}/VerifiedCallerId/${caller.phoneNumber}`,
});

/** The caller ID of a path, however its number is written there. */
export async function verifiedCallerOf(
  scope: Scope,
  number: string,
  callers: Pick<VerifiedCallers, 'find'>,
): Promise<VerifiedCaller> {
  const found = await callers.find(reachOf(scope), sanitiseNumber(number));
  if (!found) throw notFound();
  return found;
}

export const aliasField = () => Type.Optional(Type.String({ maxLength: 255 }));
