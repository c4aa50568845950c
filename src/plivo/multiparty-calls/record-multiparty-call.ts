import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { mpcParameters, readMpcId } from './multiparty-selector.ts';
import { readRecording, recordingParameters, recordingStarted } from './recording-parameters.ts';

/** POST MultiPartyCall/{mpc_id}/Record/ (multiparty-calls.md §4.10). */
export const recordMultiPartyCall = defineVoiceCommand({
  name: 'record-multiparty-call',
  summary: 'Start to record a multiparty call',
  tag: 'MultiPartyCall',
  method: 'POST',
  path: 'MultiPartyCall/{mpc_id}/Record/',
  parameters: Type.Object({ ...mpcParameters, ...recordingParameters }),
  replies: { 202: recordingStarted },
  async run({ scope, parameters }, { multiPartyCalls }) {
    const started = await multiPartyCalls.startRecording(scope, readMpcId(parameters.mpc_id), readRecording(parameters));
    return {
      status: 202,
      body: {
        message: `MPC: ${started.name} record started`,
        recording_id: started.recordingId,
        recording_url: started.url,
      },
    };
  },
});
