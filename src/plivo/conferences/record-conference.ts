import { Type } from 'typebox';
import { transcriptionType, urlWithMethod } from '../calls/call-parameters.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, httpMethod, text, url } from '../fields.ts';

/** No limit is documented but that of Go and Java, so it lasts as long as a call may. */
const MAX_LIMIT_S = 86_400;

/** POST Conference/{conference_name}/Record/ (voice-api.md §8). `callback_url` is told when the file is ready; it is never asynchronous. */
export const recordConference = defineVoiceCommand({
  name: 'record-conference',
  summary: 'Start to record a conference',
  tag: 'Conference',
  method: 'POST',
  path: 'Conference/{conference_name}/Record/',
  ownsCallbackUrl: true,
  parameters: Type.Object({
    conference_name: text(),
    time_limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_LIMIT_S })),
    file_format: Type.Optional(Type.Union([Type.Literal('mp3'), Type.Literal('wav')])),
    callback_url: Type.Optional(url()),
    callback_method: httpMethod(),
    transcription_type: transcriptionType(),
    transcription_url: Type.Optional(url()),
    transcription_method: httpMethod(),
  }),
  replies: {
    202: Type.Object({
      api_id: apiId(),
      message: Type.Literal('conference recording started'),
      recording_id: Type.String({ format: 'uuid' }),
      url: Type.String(),
    }),
  },
  async run({ scope, apiId: id, parameters: given }, { conferences }) {
    const { transcription_type: type } = given;
    const target = urlWithMethod(given.transcription_url, given.transcription_method);
    const started = await conferences.startRecording(scope, given.conference_name, {
      format: given.file_format ?? 'mp3',
      timeLimitS: given.time_limit ?? MAX_LIMIT_S,
      callback: urlWithMethod(given.callback_url, given.callback_method),
      transcription: type === undefined ? undefined : { type, url: target, reportType: 'compact' },
      apiId: id,
    });
    return {
      status: 202,
      body: { message: 'conference recording started', recording_id: started.recordingId, url: started.url },
    };
  },
});
