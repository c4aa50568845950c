import { Type } from 'typebox';
import { missingParameter } from '../../errors/catalogue.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, httpMethod, idInPath, url } from '../fields.ts';
import { urlWithMethod } from './call-parameters.ts';
import { legs } from './leg-parameters.ts';

/** POST Call/{call_uuid}/ (voice-api.md §4.7): what runs is interrupted, another document is fetched. */
export const transferCall = defineVoiceCommand({
  name: 'transfer-call',
  summary: 'Give a live call, or a leg of it, another document',
  tag: 'Call',
  method: 'POST',
  path: 'Call/{call_uuid}/',
  parameters: Type.Object({
    call_uuid: idInPath(),
    legs: legs(),
    aleg_url: Type.Optional(url()),
    aleg_method: httpMethod(),
    bleg_url: Type.Optional(url()),
    bleg_method: httpMethod(),
  }),
  replies: { 202: Type.Object({ api_id: apiId(), message: Type.Literal('call transferred') }) },
  async run({ scope, parameters: given }, { calls }) {
    const which = given.legs ?? 'aleg';
    if (which !== 'bleg' && given.aleg_url === undefined) throw missingParameter('aleg_url');
    if (which !== 'aleg' && given.bleg_url === undefined) throw missingParameter('bleg_url');
    await calls.transfer(scope, given.call_uuid, {
      legs: which,
      aLeg: which === 'bleg' ? undefined : urlWithMethod(given.aleg_url, given.aleg_method),
      bLeg: which === 'aleg' ? undefined : urlWithMethod(given.bleg_url, given.bleg_method),
    });
    return { status: 202, body: { message: 'call transferred' } };
  },
});
