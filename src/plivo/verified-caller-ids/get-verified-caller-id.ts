import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { renderVerifiedCaller, verifiedCallerObject, verifiedCallerOf } from './verified-caller-object.ts';

/** GET VerifiedCallerId/{phone_number}/ (voice-api.md §11). */
export const getVerifiedCallerId = defineVoiceCommand({
  name: 'get-verified-caller-id',
  summary: 'One verified caller ID',
  tag: 'VerifiedCallerId',
  method: 'GET',
  path: 'VerifiedCallerId/{phone_number}/',
  parameters: Type.Object({ phone_number: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...verifiedCallerObject }) },
  async run({ scope, parameters }, { verifiedCallers }) {
    const found = await verifiedCallerOf(scope, parameters.phone_number, verifiedCallers);
    return { status: 200, body: renderVerifiedCaller(found) };
  },
});
