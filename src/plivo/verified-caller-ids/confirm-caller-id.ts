import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { invalidParameter, notFound } from '../../errors/catalogue.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, idInPath, text } from '../fields.ts';
import { renderVerifiedCaller } from './verified-caller-object.ts';

/** POST VerifiedCallerId/Verification/{verification_uuid}/ (voice-api.md §11): the code that came. */
export const confirmCallerId = defineVoiceCommand({
  name: 'confirm-caller-id',
  summary: 'Hand in the code that was sent to a number',
  tag: 'VerifiedCallerId',
  method: 'POST',
  path: 'VerifiedCallerId/Verification/{verification_uuid}/',
  parameters: Type.Object({ verification_uuid: idInPath(), otp: text(16) }),
  replies: {
    201: Type.Object({
      api_id: apiId(),
      alias: Type.String(),
      channel: Type.String(),
      country: Type.String(),
      created_at: Type.String(),
      phone_number: Type.String(),
      verification_uuid: Type.String({ format: 'uuid' }),
      subaccount: Type.Optional(Type.String()),
    }),
  },
  async run({ scope, parameters: given }, { verifiedCallers }) {
    const result = await verifiedCallers.verify(reachOf(scope), given.verification_uuid, given.otp);
    switch (result.kind) {
      case 'unknown':
        throw notFound();
      case 'wrong':
        throw invalidParameter('otp', 'otp parameter is invalid: it is not the code that was sent');
      case 'spent':
        throw invalidParameter('otp', 'otp parameter is invalid: the code is no longer valid, ask for another one');
      case 'verified': {
        const { modified_at: _, subaccount, ...shown } = renderVerifiedCaller(result.caller);
        const body = { ...shown, channel: result.caller.channel, ...(subaccount !== '' && { subaccount }) };
        return { status: 201, body };
      }
    }
  },
});
