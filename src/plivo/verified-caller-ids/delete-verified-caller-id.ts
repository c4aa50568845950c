import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { sanitiseNumber } from '../../messaging/phone-number.ts';
import { defineVoiceCommand } from '../define.ts';
import { idInPath, noContent } from '../fields.ts';

/** DELETE VerifiedCallerId/{phone_number}/ (voice-api.md §11): calls may not show it any more. */
export const deleteVerifiedCallerId = defineVoiceCommand({
  name: 'delete-verified-caller-id',
  summary: 'Delete a verified caller ID',
  tag: 'VerifiedCallerId',
  method: 'DELETE',
  path: 'VerifiedCallerId/{phone_number}/',
  parameters: Type.Object({ phone_number: idInPath() }),
  replies: { 204: noContent },
  async run({ scope, parameters }, { verifiedCallers }) {
    if (!(await verifiedCallers.delete(reachOf(scope), sanitiseNumber(parameters.phone_number)))) throw notFound();
    return { status: 204 };
  },
});
