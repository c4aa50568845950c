import type { ConferenceNotification, ConferenceSound, RecordingFacts } from '../../voice/call-application.ts';
import type { CallFacts } from '../../voice/call-facts.ts';
import { type CallEvent, type CallParams, callParams } from './call-params.ts';
import { recordingParams, wholeSeconds } from './recorded.ts';

const events: Readonly<Record<Exclude<ConferenceNotification['action'], 'record'>, CallEvent>> = {
  enter: 'ConferenceEnter',
  exit: 'ConferenceExit',
  digits: 'ConferenceDigitsMatch',
  floor: 'ConferenceFloor',
};

/** Only the first name is known (multiparty-calls.md §7.3). */
const recordEvent = ({ recording }: ConferenceNotification): CallEvent =>
  recording && recording.durationMs < 0 ? 'ConferenceRecordStart' : 'ConferenceRecordStop';

/** `callbackUrl` of Conference: what happens to a member, or that the recording has begun or is ready (voice-xml.md §6.13). */
export function conferenceCallbackParams(call: CallFacts, told: ConferenceNotification): CallParams {
  return {
    ...callParams(call, told.action === 'record' ? recordEvent(told) : events[told.action]),
    ConferenceAction: told.action,
    ConferenceName: told.conference.name,
    ConferenceUUID: told.conference.id,
    ConferenceMemberID: told.memberId,
    ...(told.digitsMatch !== undefined && { ConferenceDigitsMatch: told.digitsMatch }),
    ...(told.isFirst !== undefined && { ConferenceFirstMember: String(told.isFirst) }),
    ...(told.isLast !== undefined && { ConferenceLastMember: String(told.isLast) }),
    ...(told.recording && recordingParams(told.recording)),
  };
}

/** The document of a sound is asked for (multiparty-calls.md §7.4): who waits is not in yet, and has neither id. */
export function conferenceSoundParams(about: ConferenceSound): CallParams {
  const { id, name } = about.conference;
  if (about.sound === 'wait') {
    return { ConferenceAction: 'waitSound', ConferenceName: name, ConferenceUUID: '', ConferenceMemberID: '' };
  }
  return { ConferenceName: name, ConferenceUUID: id, ConferenceMemberID: about.memberId };
}

/** `callback_url` of the API's recording of a conference: the file is ready (voice-api.md §8). */
export function conferenceRecordedParams(recording: RecordingFacts, apiId: string, conferenceName: string): CallParams {
  return {
    api_id: apiId,
    record_url: recording.url,
    recording_id: recording.recordingId,
    conference_name: conferenceName,
    recording_duration: String(wholeSeconds(recording.durationMs)),
    recording_duration_ms: String(recording.durationMs),
    recording_start_ms: String(recording.startedAt),
    recording_end_ms: String(recording.endedAt),
  };
}
