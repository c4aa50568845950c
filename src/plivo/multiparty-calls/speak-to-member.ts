import { Type } from 'typebox';
import { invalidParameter } from '../../errors/catalogue.ts';
import { resolveVoice } from '../../speech/voices.ts';
import { readSpokenText, speechTypes, spokenText } from '../calls/spoken-text.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, flag, text } from '../fields.ts';
import { memberParameters, readMembers, readMpcId } from './multiparty-selector.ts';

/** POST MultiPartyCall/{mpc_id}/Member/{member_id}/Speak/ (multiparty-calls.md §4.13). It always sounds beside what is said. */
export const speakToMember = defineVoiceCommand({
  name: 'speak-to-member',
  summary: 'Speak a text to members of a multiparty call',
  tag: 'MultiPartyCall',
  method: 'POST',
  path: 'MultiPartyCall/{mpc_id}/Member/{member_id}/Speak/',
  parameters: Type.Object({
    ...memberParameters,
    text: spokenText(),
    voice: Type.Optional(text(64)),
    language: Type.Optional(text(16)),
    mix: flag(),
    type: speechTypes(),
  }),
  replies: {
    202: Type.Object({
      api_id: apiId(),
      message: Type.Literal('speak queued into MPC'),
      mpcMemberId: Type.Array(Type.String()),
      mpcName: Type.String(),
    }),
  },
  async run({ scope, parameters: given }, { multiPartyCalls }) {
    const resolved = resolveVoice(given.voice, given.language, 'api');
    if (!resolved.ok) throw invalidParameter('voice', `voice parameter is invalid: ${resolved.reason}`);
    const spoken = await multiPartyCalls.speak(scope, readMpcId(given.mpc_id), readMembers(given.member_id), {
      content: readSpokenText(given.text, given.type),
      voice: resolved.markup ? (given.voice ?? resolved.voice.name) : resolved.voice.name,
      language: resolved.language,
      ...(given.mix === false && { mix: false }),
    });
    return { status: 202, body: { message: 'speak queued into MPC', mpcMemberId: spoken.memberIds, mpcName: spoken.name } };
  },
});
