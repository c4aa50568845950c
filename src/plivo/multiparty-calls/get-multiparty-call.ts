import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { apiId } from '../fields.ts';
import { multiPartyObject, renderMultiParty } from './multiparty-object.ts';
import { mpcParameters, readMpcId } from './multiparty-selector.ts';

/** GET MultiPartyCall/{mpc_id}/ (multiparty-calls.md §4.2): by name while it is live, by id at any time. */
export const getMultiPartyCall = defineVoiceCommand({
  name: 'get-multiparty-call',
  summary: 'One multiparty call',
  tag: 'MultiPartyCall',
  method: 'GET',
  path: 'MultiPartyCall/{mpc_id}/',
  parameters: Type.Object(mpcParameters),
  replies: { 200: Type.Object({ api_id: apiId(), ...multiPartyObject }) },
  async run({ scope, parameters }, { multiPartyCalls }) {
    const found = await multiPartyCalls.find(scope, readMpcId(parameters.mpc_id));
    return { status: 200, body: renderMultiParty(scope, found) };
  },
});
