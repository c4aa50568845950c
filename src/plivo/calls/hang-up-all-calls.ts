import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { noContent } from '../fields.ts';

/** DELETE Call/ (voice-api.md §4.8): every live call of the account, or of the subaccount in the path. */
export const hangUpAllCalls = defineVoiceCommand({
  name: 'hang-up-all-calls',
  summary: 'Hang up all live calls',
  tag: 'Call',
  method: 'DELETE',
  path: 'Call/',
  parameters: Type.Object({}),
  replies: { 204: noContent },
  async run({ scope }, { calls }) {
    await calls.hangUpAll(scope);
    return { status: 204 };
  },
});
