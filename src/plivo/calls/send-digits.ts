import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { legParameters, readLegs } from './leg-parameters.ts';

/** POST Call/{call_uuid}/DTMF/ (voice-api.md §6.3). */
export const sendDigits = defineVoiceCommand({
  name: 'send-digits',
  summary: 'Press keys on a live call',
  tag: 'Call',
  method: 'POST',
  path: 'Call/{call_uuid}/DTMF/',
  parameters: Type.Object({
    call_uuid: idInPath(),
    digits: Type.String({ pattern: '^[0-9*#A-DwW]{1,100}$' }),
    ...legParameters,
  }),
  replies: { 202: Type.Object({ api_id: apiId(), message: Type.Literal('digits sent') }) },
  async run({ scope, parameters: given }, { calls }) {
    await calls.sendDigits(scope, given.call_uuid, given.digits, readLegs(given));
    return { status: 202, body: { message: 'digits sent' } };
  },
});
