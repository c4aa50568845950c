import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { letterObject, renderLetter } from './letter-object.ts';

/** GET HostedMessagingNumber/LOA/{loa_id}/ (compliance.md §8). */
export const getLetter = defineCommand({
  name: 'get-letter-of-authorization',
  summary: 'One letter of authorization',
  tag: 'HostedMessagingNumber',
  method: 'GET',
  path: 'HostedMessagingNumber/LOA/{loa_id}/',
  parameters: Type.Object({ loa_id: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...letterObject }) },
  async run({ scope, parameters }, { compliance }) {
    const letter = await compliance.letters.get(scope, parameters.loa_id);
    const numbers = await compliance.hostedNumbers.ofLetter(scope, letter.id);
    return { status: 200, body: renderLetter(scope, letter, numbers) };
  },
});
