import { Type } from 'typebox';
import { brandTypes } from '../../compliance/enums.ts';
import { statusCallbackOf, statusCallbackParameters } from '../compliance/status-callback.ts';
import { makingOf, oneOf } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { apiId, flag, text } from '../fields.ts';

/** POST 10dlc/Brand/ (compliance.md §3.1). */
export const createBrand = defineCommand({
  name: 'create-brand',
  summary: 'Register a brand',
  tag: '10DLC',
  method: 'POST',
  path: '10dlc/Brand/',
  parameters: Type.Object({
    profile_uuid: text(36),
    brand_alias: text(),
    brand_type: Type.Optional(oneOf(brandTypes)),
    secondary_vetting: flag(),
    business_contact_email: Type.Optional(text()),
    ...statusCallbackParameters,
  }),
  refusals: ['insufficient_credit'],
  replies: { 200: Type.Object({ api_id: apiId(), brand_id: Type.String(), message: Type.String() }) },
  async run(call, { compliance }) {
    const given = call.parameters;
    const brandId = await compliance.brands.create(makingOf(call), {
      alias: given.brand_alias,
      brandType: given.brand_type ?? 'STARTER',
      profileId: given.profile_uuid,
      secondaryVetting: given.secondary_vetting ?? true,
      businessContactEmail: given.business_contact_email,
      callback: statusCallbackOf(given.url, given.method),
    });
    const message = 'Request to create brand was received and is being processed.';
    return { status: 200, body: { brand_id: brandId, message } };
  },
});
