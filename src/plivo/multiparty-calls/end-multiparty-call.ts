import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { noContent } from '../fields.ts';
import { mpcParameters, readMpcId } from './multiparty-selector.ts';

/** DELETE MultiPartyCall/{mpc_id}/ (multiparty-calls.md §4.4). */
export const endMultiPartyCall = defineVoiceCommand({
  name: 'end-multiparty-call',
  summary: 'End a multiparty call',
  tag: 'MultiPartyCall',
  method: 'DELETE',
  path: 'MultiPartyCall/{mpc_id}/',
  parameters: Type.Object(mpcParameters),
  replies: { 204: noContent },
  async run({ scope, parameters }, { multiPartyCalls }) {
    await multiPartyCalls.end(scope, readMpcId(parameters.mpc_id));
    return { status: 204 };
  },
});
