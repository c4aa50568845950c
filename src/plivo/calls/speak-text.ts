import { Type } from 'typebox';
import { invalidParameter } from '../../errors/catalogue.ts';
import { resolveVoice } from '../../speech/voices.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, flag, idInPath, text } from '../fields.ts';
import { legParameters, readLegs } from './leg-parameters.ts';
import { readSpokenText, speechTypes, spokenText } from './spoken-text.ts';

/** POST Call/{call_uuid}/Speak/ (voice-api.md §6.2). The Go SDK sends the voice as `length`. */
export const speakText = defineVoiceCommand({
  name: 'speak-text',
  summary: 'Speak a text on a live call',
  tag: 'Call',
  method: 'POST',
  path: 'Call/{call_uuid}/Speak/',
  parameters: Type.Object({
    call_uuid: idInPath(),
    text: spokenText(),
    voice: Type.Optional(text(64)),
    length: Type.Optional(text(64)),
    language: Type.Optional(text(16)),
    ...legParameters,
    loop: flag(),
    mix: flag(),
    type: speechTypes(),
  }),
  replies: { 202: Type.Object({ api_id: apiId(), message: Type.Literal('speak started') }) },
  async run({ scope, parameters: given }, { calls }) {
    const named = given.voice ?? (given.length !== undefined && /^[A-Za-z]/.test(given.length) ? given.length : undefined);
    const resolved = resolveVoice(named, given.language, 'api');
    if (!resolved.ok) throw invalidParameter('voice', `voice parameter is invalid: ${resolved.reason}`);
    await calls.speak(scope, given.call_uuid, {
      content: readSpokenText(given.text, given.type),
      voice: resolved.markup ? (named ?? resolved.voice.name) : resolved.voice.name,
      language: resolved.language,
      legs: readLegs(given),
      loop: given.loop ?? false,
      mix: given.mix ?? true,
    });
    return { status: 202, body: { message: 'speak started' } };
  },
});
