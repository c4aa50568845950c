import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { showTrunkCall, trunkCallObject } from './trunk-call-object.ts';

/** GET Zentrunk/Call/{call_uuid}/ */
export const getTrunkCall = defineVoiceCommand({
  name: 'get-trunk-call',
  summary: 'Record of a call over a trunk',
  tag: 'Zentrunk',
  method: 'GET',
  path: 'Zentrunk/Call/{call_uuid}/',
  parameters: Type.Object({ call_uuid: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...trunkCallObject }) },
  async run({ scope, parameters }, { callRecords, trunking }) {
    const { inbound, outbound } = await trunking.store.idsWithin(reachOf(scope));
    const call = await callRecords.find(reachOf(scope), parameters.call_uuid);
    const trunkId = call?.applicationId ?? '';
    if (!call || !(inbound.has(trunkId) || outbound.has(trunkId))) throw notFound();
    return { status: 200, body: showTrunkCall(scope, call, outbound) };
  },
});
