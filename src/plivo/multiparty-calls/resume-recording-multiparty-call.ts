import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { noContent } from '../fields.ts';
import { mpcParameters, readMpcId } from './multiparty-selector.ts';

/** POST MultiPartyCall/{mpc_id}/Record/Resume/ (multiparty-calls.md §4.10). */
export const resumeRecordingMultiPartyCall = defineVoiceCommand({
  name: 'resume-recording-multiparty-call',
  summary: 'Resume the recording of a multiparty call',
  tag: 'MultiPartyCall',
  method: 'POST',
  path: 'MultiPartyCall/{mpc_id}/Record/Resume/',
  parameters: Type.Object(mpcParameters),
  replies: { 204: noContent },
  async run({ scope, parameters }, { multiPartyCalls }) {
    await multiPartyCalls.resumeRecording(scope, readMpcId(parameters.mpc_id));
    return { status: 204 };
  },
});
