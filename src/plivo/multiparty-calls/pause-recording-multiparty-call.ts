import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { noContent } from '../fields.ts';
import { mpcParameters, readMpcId } from './multiparty-selector.ts';

/** POST MultiPartyCall/{mpc_id}/Record/Pause/ (multiparty-calls.md §4.10). */
export const pauseRecordingMultiPartyCall = defineVoiceCommand({
  name: 'pause-recording-multiparty-call',
  summary: 'Pause the recording of a multiparty call',
  tag: 'MultiPartyCall',
  method: 'POST',
  path: 'MultiPartyCall/{mpc_id}/Record/Pause/',
  parameters: Type.Object(mpcParameters),
  replies: { 204: noContent },
  async run({ scope, parameters }, { multiPartyCalls }) {
    await multiPartyCalls.pauseRecording(scope, readMpcId(parameters.mpc_id));
    return { status: 204 };
  },
});
