import type { RecordingFacts } from '../../voice/call-application.ts';
import type { CallFacts } from '../../voice/call-facts.ts';
import type { CallParams } from './call-params.ts';
import { wholeSeconds } from './recorded.ts';

/** `callback_url` of the Record API: the file is ready (voice-api.md §6.4). Other names than those of XML, and nothing of the call. */
export function apiRecordedParams(call: CallFacts, recording: RecordingFacts, apiId: string): CallParams {
  return {
    api_id: apiId,
    call_uuid: call.callId,
    message: 'record done',
    record_url: recording.url,
    recording_id: recording.recordingId,
    recording_duration: String(wholeSeconds(recording.durationMs)),
    recording_duration_ms: String(recording.durationMs),
    recording_start_ms: String(recording.startedAt),
    recording_end_ms: String(recording.endedAt),
  };
}
