import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, idInPath, text } from '../fields.ts';
import { requestedOwner } from '../ownership.ts';
import { aliasField, renderVerifiedCaller, verifiedCallerObject, verifiedCallerOf } from './verified-caller-object.ts';

/** POST VerifiedCallerId/{phone_number}/ (voice-api.md §11). What is not sent stays. */
export const updateVerifiedCallerId = defineVoiceCommand({
  name: 'update-verified-caller-id',
  summary: 'Change alias or subaccount of a verified caller ID',
  tag: 'VerifiedCallerId',
  method: 'POST',
  path: 'VerifiedCallerId/{phone_number}/',
  parameters: Type.Object({ phone_number: idInPath(), alias: aliasField(), subaccount: Type.Optional(text(20)) }),
  refusals: ['forbidden'],
  replies: { 200: Type.Object({ api_id: apiId(), ...verifiedCallerObject }) },
  async run({ scope, parameters: given }, { verifiedCallers, directory }) {
    const found = await verifiedCallerOf(scope, given.phone_number, verifiedCallers);
    const owner = await requestedOwner(scope, given.subaccount, directory);
    const updated = await verifiedCallers.update(reachOf(scope), found.phoneNumber, {
      ...(given.alias !== undefined && { alias: given.alias }),
      ...(owner !== undefined && { subaccountId: owner }),
    });
    if (!updated) throw notFound(); // deleted a moment ago
    return { status: 200, body: renderVerifiedCaller(updated) };
  },
});
