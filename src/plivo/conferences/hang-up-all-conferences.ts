import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { noContent } from '../fields.ts';

/** DELETE Conference/ (voice-api.md §8): every conference of the account, or of the subaccount in the path. */
export const hangUpAllConferences = defineVoiceCommand({
  name: 'hang-up-all-conferences',
  summary: 'Hang up all conferences',
  tag: 'Conference',
  method: 'DELETE',
  path: 'Conference/',
  parameters: Type.Object({}),
  replies: { 204: noContent },
  async run({ scope }, { conferences }) {
    await conferences.hangUpAll(scope);
    return { status: 204 };
  },
});
