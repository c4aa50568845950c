import { Type } from 'typebox';
import { invalidParameter } from '../../errors/catalogue.ts';
import { resolveVoice } from '../../speech/voices.ts';
import { readSpokenText, spokenText } from '../calls/spoken-text.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';
import { memberId, memberParameters, readMembers, renderMembers } from './member-selector.ts';

/** POST Conference/{conference_name}/Member/{member_id}/Speak/ (voice-api.md §8): to some members alone, or to `all`. */
export const speakConferenceText = defineVoiceCommand({
  name: 'speak-conference-text',
  summary: 'Speak a text to members of a conference',
  tag: 'Conference',
  method: 'POST',
  path: 'Conference/{conference_name}/Member/{member_id}/Speak/',
  parameters: Type.Object({
    ...memberParameters,
    text: spokenText(),
    voice: Type.Optional(text(64)),
    language: Type.Optional(text(16)),
  }),
  replies: {
    202: Type.Object({ api_id: apiId(), message: Type.Literal('speak queued into conference'), member_id: memberId() }),
  },
  async run({ scope, userAgent, parameters: given }, { conferences }) {
    const resolved = resolveVoice(given.voice, given.language, 'api');
    if (!resolved.ok) throw invalidParameter('voice', `voice parameter is invalid: ${resolved.reason}`);
    const ids = await conferences.speak(scope, given.conference_name, readMembers(given.member_id), {
      content: readSpokenText(given.text, 'text'),
      voice: resolved.markup ? (given.voice ?? resolved.voice.name) : resolved.voice.name,
      language: resolved.language,
    });
    return { status: 202, body: { message: 'speak queued into conference', member_id: renderMembers(ids, userAgent) } };
  },
});
