import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { noContent } from '../fields.ts';
import { memberParameters, readMpcId } from './multiparty-selector.ts';
import { readTrack, trackParameter } from './recording-parameters.ts';

/** DELETE MultiPartyCall/{mpc_id}/Participant/{member_id}/Record/ (multiparty-calls.md §4.11). */
export const stopRecordingParticipant = defineVoiceCommand({
  name: 'stop-recording-participant',
  summary: 'Stop to record a participant',
  tag: 'MultiPartyCall',
  method: 'DELETE',
  path: 'MultiPartyCall/{mpc_id}/Participant/{member_id}/Record/',
  parameters: Type.Object({ ...memberParameters, ...trackParameter }),
  replies: { 204: noContent },
  async run({ scope, parameters }, { multiPartyCalls }) {
    await multiPartyCalls.stopParticipantRecording(
      scope,
      readMpcId(parameters.mpc_id),
      parameters.member_id,
      readTrack(parameters.record_track_type),
    );
    return { status: 204 };
  },
});
