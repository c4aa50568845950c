import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { noContent } from '../fields.ts';
import { memberParameters, readMpcId } from './multiparty-selector.ts';
import { readTrack, trackParameter } from './recording-parameters.ts';

/** POST MultiPartyCall/{mpc_id}/Participant/{member_id}/Record/Resume/ (multiparty-calls.md §4.11). */
export const resumeRecordingParticipant = defineVoiceCommand({
  name: 'resume-recording-participant',
  summary: 'Resume the recording of a participant',
  tag: 'MultiPartyCall',
  method: 'POST',
  path: 'MultiPartyCall/{mpc_id}/Participant/{member_id}/Record/Resume/',
  parameters: Type.Object({ ...memberParameters, ...trackParameter }),
  replies: { 204: noContent },
  async run({ scope, parameters }, { multiPartyCalls }) {
    await multiPartyCalls.resumeParticipantRecording(
      scope,
      readMpcId(parameters.mpc_id),
      parameters.member_id,
      readTrack(parameters.record_track_type),
    );
    return { status: 204 };
  },
});
