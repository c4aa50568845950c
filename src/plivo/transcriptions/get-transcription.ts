import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, idInPath, text } from '../fields.ts';
import { renderTranscription, transcriptionObject } from './transcription-object.ts';

/** GET Transcription/{transcription_id}/ (voice-api.md §9); `type=full` tells each segment with its times. */
export const getTranscription = defineVoiceCommand({
  name: 'get-transcription',
  summary: 'The transcription of a recording',
  tag: 'Transcription',
  method: 'GET',
  path: 'Transcription/{transcription_id}/',
  parameters: Type.Object({ transcription_id: idInPath(), type: Type.Optional(text()) }),
  replies: { 200: Type.Object({ api_id: apiId(), ...transcriptionObject }) },
  async run({ scope, parameters }, { transcriptions }) {
    const found = await transcriptions.find(reachOf(scope), parameters.transcription_id);
    if (!found) throw notFound();
    return { status: 200, body: renderTranscription(found, (parameters.type ?? found.reportType) === 'full') };
  },
});
