import { Type } from 'typebox';
import type { ProfileFacts } from '../../compliance/profiles.ts';
import { invalidParameter } from '../../errors/catalogue.ts';
import { readAddress, readContact } from '../compliance/nested.ts';
import { statusCallbackOf, statusCallbackParameters } from '../compliance/status-callback.ts';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { profileObject, renderProfile } from './profile-object.ts';
import { optionalProfileFields, profileFields, stockFields } from './profile-parameters.ts';

const CARRIERS = ['at&t', 't-mobile', 'verizon'] as const;

/** POST Profile/{profile_uuid}/ (compliance.md §2.4): what is not sent stays. */
export const updateProfile = defineCommand({
  name: 'update-profile',
  summary: 'Change a business',
  tag: 'Profile',
  method: 'POST',
  path: 'Profile/{profile_uuid}/',
  parameters: Type.Object({
    profile_uuid: idInPath(),
    entity_type: Type.Optional(profileFields.entity_type()),
    company_name: Type.Optional(profileFields.company_name()),
    vertical: Type.Optional(profileFields.vertical()),
    ...optionalProfileFields,
    ...stockFields,
    enable_caller_reputation: Type.Optional(Type.Boolean()),
    caller_reputation_carriers: Type.Optional(Type.Array(Type.String({ maxLength: 32 }), { maxItems: CARRIERS.length })),
    ...statusCallbackParameters,
  }),
  replies: { 200: Type.Object({ api_id: apiId(), profile: profileObject }) },
  async run({ scope, parameters: given }, { compliance }) {
    const address = readAddress(given.address);
    const authorizedContact = readContact(given.authorized_contact);
    const change: { -readonly [Name in keyof ProfileFacts]?: ProfileFacts[Name] } = {
      ...(given.entity_type !== undefined && { entityType: given.entity_type }),
      ...(given.company_name !== undefined && { companyName: given.company_name }),
      ...(given.vertical !== undefined && { vertical: given.vertical }),
      ...(given.ein !== undefined && { ein: given.ein }),
      ...(given.ein_issuing_country !== undefined && { einIssuingCountry: given.ein_issuing_country.toUpperCase() }),
      ...(given.stock_symbol !== undefined && { stockSymbol: given.stock_symbol }),
      ...(given.stock_exchange !== undefined && { stockExchange: given.stock_exchange }),
      ...(given.alt_business_id !== undefined && { altBusinessId: given.alt_business_id }),
      ...(given.alt_business_id_type !== undefined && { altBusinessIdType: given.alt_business_id_type }),
      ...(given.website !== undefined && { website: given.website }),
      ...(given.plivo_subaccount !== undefined && { plivoSubaccount: given.plivo_subaccount }),
      ...(given.business_contact_email !== undefined && { businessContactEmail: given.business_contact_email }),
      ...(given.doing_business_as !== undefined && { doingBusinessAs: given.doing_business_as }),
      ...(address && { address }),
      ...(authorizedContact && { authorizedContact }),
    };
    const { enable_caller_reputation: enabled, caller_reputation_carriers: carriers } = given;
    const callback = statusCallbackOf(given.url, given.method);
    if (enabled !== undefined || carriers || callback) {
      const { callerReputation: current } = (await compliance.profiles.get(scope, given.profile_uuid)).facts;
      change.callerReputation = {
        enabled: enabled ?? current?.enabled ?? false,
        carriers: carriers?.map(readCarrier) ?? current?.carriers ?? CARRIERS,
        callback: callback ?? current?.callback,
      };
    }
    const profile = await compliance.profiles.update(scope, given.profile_uuid, change);
    return { status: 200, body: { profile: renderProfile(profile) } };
  },
});

function readCarrier(given: string): string {
  const carrier = CARRIERS.find((one) => one === given.toLowerCase());
  if (carrier) return carrier;
  const expected = `one of ${CARRIERS.join(', ')} is expected`;
  throw invalidParameter('caller_reputation_carriers', `caller_reputation_carriers parameter is invalid: ${expected}`);
}
