import { Type } from 'typebox';
import type { Scope } from '../../accounts/account.ts';
import { formatAmount } from '../../billing/money.ts';
import { countryName } from '../../numbers/country.ts';
import { isAwaitingDocuments, type OwnedNumber, tendlcStatusOf, tollFreeVerificationOf } from '../../numbers/number.ts';
import { applicationUri } from '../applications/application-object.ts';
import { nullableString } from '../fields.ts';
import { localDay } from '../times.ts';

/** Carrier of a number that is rented from the platform: the value clients of this API compare with. */
const PLATFORM = 'Plivo';

/** A number as the API shows it (account-numbers.md §8, sdks.md §6). */
export const numberObject = {
  active: Type.Boolean(),
  added_on: nullableString(),
  alias: nullableString(),
  application: nullableString(),
  caller_reputation_status: nullableString(),
  carrier: Type.String(),
  city: nullableString(),
  cnam: nullableString(),
  cnam_lookup: nullableString(),
  country: Type.String(),
  fallback_number: nullableString(),
  mms_enabled: Type.Boolean(),
  mms_rate: Type.String(),
  monthly_rental_rate: Type.String(),
  number: Type.String(),
  number_type: Type.String(),
  plivo_number: Type.Boolean(),
  profile_uuid: nullableString(),
  region: Type.String(),
  renewal_date: nullableString(),
  resource_uri: Type.String(),
  sms_enabled: Type.Boolean(),
  sms_rate: Type.String(),
  sub_account: nullableString(),
  sub_account_name: nullableString(),
  tendlc_campaign_id: nullableString(),
  tendlc_registration_status: nullableString(),
  toll_free_sms_verification: nullableString(),
  toll_free_sms_verification_id: nullableString(),
  toll_free_sms_verification_order_status: nullableString(),
  voice_enabled: Type.Boolean(),
  voice_rate: Type.String(),
};

export function showNumber(scope: Scope, number: OwnedNumber) {
  const { details } = number;
  return {
    active: !isAwaitingDocuments(number),
    added_on: number.addedAt && localDay(number.addedAt, scope.account.timezone),
    alias: number.alias,
    application: destinationOf(scope, number),
    caller_reputation_status: details.callerReputation ?? null,
    carrier: number.incomingCarrier?.name ?? PLATFORM,
    city: number.city,
    cnam: details.cnam ?? null,
    cnam_lookup: number.cnamLookup,
    country: countryName(number.countryIso),
    fallback_number: null,
    mms_enabled: number.mmsEnabled,
    mms_rate: formatAmount(number.mmsRateMicros),
    monthly_rental_rate: formatAmount(number.monthlyMicros),
    number: number.number,
    number_type: number.type,
    plivo_number: number.incomingCarrier === null,
    profile_uuid: details.profileUuid ?? null,
    region: regionOf(number),
    renewal_date: number.renewalDate,
    resource_uri: `/v1/Account/${scope.authId}/Number/${number.number}/`,
    sms_enabled: number.smsEnabled,
    sms_rate: formatAmount(number.smsRateMicros),
    sub_account: number.subaccountId,
    sub_account_name: number.subaccountName,
    tendlc_campaign_id: details.tendlcCampaignId ?? null,
    tendlc_registration_status: tendlcStatusOf(number),
    toll_free_sms_verification: tollFreeVerificationOf(number),
    toll_free_sms_verification_id: details.tollFreeVerificationId ?? null,
    toll_free_sms_verification_order_status: details.tollFreeVerificationOrderStatus ?? null,
    voice_enabled: number.voiceEnabled,
    voice_rate: formatAmount(number.voiceRateMicros),
  };
}

/** Where calls to it lead: an application, or a customer's trunk. */
function destinationOf(scope: Scope, { appId, trunkId }: OwnedNumber): string | null {
  if (trunkId !== null) return `/v1/Account/${scope.authId}/Zentrunk/Trunk/${trunkId}/`;
  return appId === null ? null : applicationUri(scope, appId);
}

/** `California, UNITED STATES`; of a number on the account's own carrier what the account called it. */
function regionOf(number: OwnedNumber): string {
  const country = countryName(number.countryIso);
  if (number.incomingCarrier && number.region !== null) return number.region;
  return number.region === null ? country : `${number.region}, ${country}`;
}
