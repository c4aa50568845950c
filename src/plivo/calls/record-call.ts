import { Type } from 'typebox';
import type { Transcription } from '../../voice/document.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, httpMethod, idInPath, url } from '../fields.ts';
import { eitherOf, transcriptionType, urlWithMethod } from './call-parameters.ts';

/** voice-api.md §6.4, in seconds. */
const DEFAULT_LIMIT_S = 60;
const MAX_LIMIT_S = 86_400;

/** POST Call/{call_uuid}/Record/ (voice-api.md §6.4). `callback_url` is told when the file is ready; the request is never asynchronous. */
export const recordCall = defineVoiceCommand({
  name: 'record-call',
  summary: 'Start to record a live call',
  tag: 'Call',
  method: 'POST',
  path: 'Call/{call_uuid}/Record/',
  ownsCallbackUrl: true,
  parameters: Type.Object({
    call_uuid: idInPath(),
    time_limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_LIMIT_S })),
    file_format: Type.Optional(Type.Union([Type.Literal('mp3'), Type.Literal('wav')])),
    record_channel_type: Type.Optional(Type.Union([Type.Literal('mono'), Type.Literal('stereo')])),
    transcription_type: transcriptionType(),
    transcription_url: Type.Optional(url()),
    transcription_method: httpMethod(),
    transcription_report_type: Type.Optional(Type.Union([Type.Literal('compact'), Type.Literal('full')])),
    callback_url: Type.Optional(url()),
    callback_method: httpMethod(),
    // What the .NET SDK calls them.
    transaction_type: transcriptionType(),
    transaction_url: Type.Optional(url()),
    transaction_method: httpMethod(),
  }),
  replies: {
    202: Type.Object({
      api_id: apiId(),
      message: Type.Literal('call recording started'),
      recording_id: Type.String({ format: 'uuid' }),
      url: Type.String(),
    }),
  },
  async run({ scope, apiId: id, parameters: given }, { calls }) {
    const type = eitherOf(given.transcription_type, given.transaction_type);
    const target = eitherOf(given.transcription_url, given.transaction_url);
    const method = eitherOf(given.transcription_method, given.transaction_method);
    const transcription: Transcription | undefined =
      type === undefined
        ? undefined
        : { type, url: urlWithMethod(target, method), reportType: given.transcription_report_type ?? 'compact' };
    const started = await calls.startRecording(scope, given.call_uuid, {
      format: given.file_format ?? 'mp3',
      channels: given.record_channel_type ?? 'mono',
      timeLimitS: given.time_limit ?? DEFAULT_LIMIT_S,
      callback: urlWithMethod(given.callback_url, given.callback_method),
      transcription,
      apiId: id,
    });
    return {
      status: 202,
      body: { message: 'call recording started', recording_id: started.recordingId, url: started.url },
    };
  },
});
