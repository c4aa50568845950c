import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { apiId } from '../fields.ts';

/** GET Conference/ (voice-api.md §8): the names of those that have members now. */
export const listConferences = defineVoiceCommand({
  name: 'list-conferences',
  summary: 'Names of the conferences that are running',
  tag: 'Conference',
  method: 'GET',
  path: 'Conference/',
  parameters: Type.Object({}),
  replies: { 200: Type.Object({ api_id: apiId(), conferences: Type.Array(Type.String()) }) },
  async run({ scope }, { conferences }) {
    return { status: 200, body: { conferences: await conferences.names(scope) } };
  },
});
