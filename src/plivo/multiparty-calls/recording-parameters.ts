import { Type } from 'typebox';
import { invalidParameter } from '../../errors/catalogue.ts';
import type { MultiPartyRecordRequest, RecordTrack } from '../../voice/multiparty/multiparty-control.ts';
import { apiId, flag, text, url } from '../fields.ts';
import { fileFormat, readFileFormat, readTarget, verb } from './verb.ts';

/** What a recording is started with (multiparty-calls.md §4.10). The callback has its older name beside the present one. */
export const recordingParameters = {
  file_format: fileFormat(),
  recording_callback_url: Type.Optional(url()),
  recording_callback_method: verb(),
  status_callback_url: Type.Optional(url()),
  status_callback_method: verb(),
  transcript: flag(),
  transcription_url: Type.Optional(url()),
};

/** `all` (default), `participant` or `both` in any case (multiparty-calls.md §4.11). */
export const trackParameter = { record_track_type: Type.Optional(text(20)) };

/** What answers the start of a recording. */
export const recordingStarted = Type.Object({
  api_id: apiId(),
  message: Type.String(),
  recording_id: Type.String({ format: 'uuid' }),
  recording_url: Type.String(),
});

interface GivenRecording {
  readonly file_format?: string;
  readonly recording_callback_url?: string;
  readonly recording_callback_method?: string;
  readonly status_callback_url?: string;
  readonly status_callback_method?: string;
  readonly transcript?: boolean;
  readonly transcription_url?: string;
}

export function readRecording(given: GivenRecording): MultiPartyRecordRequest {
  const { recording_callback_url: present, status_callback_url: older } = given;
  const callback =
    present === undefined
      ? readTarget(older, 'status_callback_method', given.status_callback_method, 'POST')
      : readTarget(present, 'recording_callback_method', given.recording_callback_method, 'POST');
  return {
    format: readFileFormat('file_format', given.file_format),
    callback,
    transcription: given.transcript ? { url: given.transcription_url } : undefined,
  };
}

const TRACKS = ['all', 'participant', 'both'] as const;

export function readTrack(given: string | undefined): RecordTrack {
  const track = TRACKS.find((each) => each === (given ?? 'all').toLowerCase());
  if (track) return track;
  throw invalidParameter('record_track_type', `record_track_type parameter is invalid: one of ${TRACKS.join(', ')} is expected`);
}
