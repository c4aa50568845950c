import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { apiId, flag, idInPath, url } from '../fields.ts';
import { legParameters, readLegs } from './leg-parameters.ts';

/** A list of prompts; a playlist of a music on hold is far shorter. */
const MAX_URLS = 100;

/** POST Call/{call_uuid}/Play/ (voice-api.md §6.1). URLs are joined by commas, or (java) an array. */
export const playAudio = defineVoiceCommand({
  name: 'play-audio',
  summary: 'Play audio files on a live call',
  tag: 'Call',
  method: 'POST',
  path: 'Call/{call_uuid}/Play/',
  parameters: Type.Object({
    call_uuid: idInPath(),
    urls: Type.Array(url(), { minItems: 1, maxItems: MAX_URLS }),
    length: Type.Optional(Type.Integer({ minimum: 1, maximum: 86_400 })),
    ...legParameters,
    loop: flag(),
    mix: flag(),
  }),
  replies: { 202: Type.Object({ api_id: apiId(), message: Type.Literal('play started') }) },
  async run({ scope, parameters: given }, { calls }) {
    await calls.play(scope, given.call_uuid, {
      urls: given.urls,
      legs: readLegs(given),
      loop: given.loop ?? false,
      mix: given.mix ?? true,
      lengthS: given.length,
    });
    return { status: 202, body: { message: 'play started' } };
  },
});
