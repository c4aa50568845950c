import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { memberParameters, readMpcId } from './multiparty-selector.ts';
import { readRecording, readTrack, recordingParameters, recordingStarted, trackParameter } from './recording-parameters.ts';

/** POST MultiPartyCall/{mpc_id}/Participant/{member_id}/Record/ (multiparty-calls.md §4.11). The suites of the SDKs expect 200. */
export const recordParticipant = defineVoiceCommand({
  name: 'record-participant',
  summary: 'Start to record a participant of a multiparty call',
  tag: 'MultiPartyCall',
  method: 'POST',
  path: 'MultiPartyCall/{mpc_id}/Participant/{member_id}/Record/',
  parameters: Type.Object({ ...memberParameters, ...recordingParameters, ...trackParameter }),
  replies: { 200: recordingStarted },
  async run({ scope, parameters }, { multiPartyCalls }) {
    const request = { ...readRecording(parameters), track: readTrack(parameters.record_track_type) };
    const which = readMpcId(parameters.mpc_id);
    const started = await multiPartyCalls.startParticipantRecording(scope, which, parameters.member_id, request);
    return {
      status: 200,
      body: {
        message: `MPC: ${started.name} participant record started`,
        recording_id: started.recordingId,
        recording_url: started.url,
      },
    };
  },
});
