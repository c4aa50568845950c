import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { noContent } from '../fields.ts';
import { mpcParameters, readMpcId } from './multiparty-selector.ts';

/** DELETE MultiPartyCall/{mpc_id}/Record/ (multiparty-calls.md §4.10). */
export const stopRecordingMultiPartyCall = defineVoiceCommand({
  name: 'stop-recording-multiparty-call',
  summary: 'Stop to record a multiparty call',
  tag: 'MultiPartyCall',
  method: 'DELETE',
  path: 'MultiPartyCall/{mpc_id}/Record/',
  parameters: Type.Object(mpcParameters),
  replies: { 204: noContent },
  async run({ scope, parameters }, { multiPartyCalls }) {
    await multiPartyCalls.stopRecording(scope, readMpcId(parameters.mpc_id));
    return { status: 204 };
  },
});
