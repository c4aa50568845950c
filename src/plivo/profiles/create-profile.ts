import { Type } from 'typebox';
import { readAddress, readContact } from '../compliance/nested.ts';
import { makingOf } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';
import { optionalProfileFields, profileFields, stockFields } from './profile-parameters.ts';

/** POST Profile/ (compliance.md §2.1). */
export const createProfile = defineCommand({
  name: 'create-profile',
  summary: 'Register a business',
  tag: 'Profile',
  method: 'POST',
  path: 'Profile/',
  parameters: Type.Object({
    profile_alias: text(),
    customer_type: profileFields.customer_type(),
    entity_type: profileFields.entity_type(),
    company_name: profileFields.company_name(),
    vertical: profileFields.vertical(),
    ...optionalProfileFields,
    ...stockFields,
  }),
  replies: { 200: Type.Object({ api_id: apiId(), message: Type.String(), profile_uuid: Type.String() }) },
  async run(call, { compliance }) {
    const given = call.parameters;
    const profile = await compliance.profiles.create(makingOf(call), {
      alias: given.profile_alias,
      customerType: given.customer_type,
      entityType: given.entity_type,
      companyName: given.company_name,
      vertical: given.vertical,
      ein: given.ein,
      einIssuingCountry: given.ein_issuing_country?.toUpperCase(),
      stockSymbol: given.stock_symbol,
      stockExchange: given.stock_exchange,
      altBusinessId: given.alt_business_id,
      altBusinessIdType: given.alt_business_id_type,
      website: given.website,
      plivoSubaccount: given.plivo_subaccount,
      businessContactEmail: given.business_contact_email,
      doingBusinessAs: given.doing_business_as,
      address: readAddress(given.address),
      authorizedContact: readContact(given.authorized_contact),
    });
    return { status: 200, body: { message: 'Profile created successfully.', profile_uuid: profile.id } };
  },
});
