import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { urlWithMethod } from '../calls/call-parameters.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, httpMethod, idInPath, url } from '../fields.ts';

/** POST Transcription/{transcription_id}/ (voice-api.md §9): transcribes a recording, also anew. The id is that of the recording. */
export const createTranscription = defineVoiceCommand({
  name: 'create-transcription',
  summary: 'Transcribe a recording',
  tag: 'Transcription',
  method: 'POST',
  path: 'Transcription/{transcription_id}/',
  parameters: Type.Object({
    transcription_id: idInPath(),
    transcription_callback_url: Type.Optional(url()),
    transcription_callback_method: httpMethod(),
    transcription_report_type: Type.Optional(Type.Union([Type.Literal('compact'), Type.Literal('full')])),
  }),
  replies: { 202: Type.Object({ api_id: apiId(), message: Type.Literal('transcription in progress') }) },
  async run({ scope, parameters: given }, { recordings, transcriptions }) {
    const recording = await recordings.find(reachOf(scope), given.transcription_id);
    if (!recording) throw notFound();
    await transcriptions.requestAgain(recording, {
      url: urlWithMethod(given.transcription_callback_url, given.transcription_callback_method),
      reportType: given.transcription_report_type ?? 'compact',
    });
    return { status: 202, body: { message: 'transcription in progress' } };
  },
});
