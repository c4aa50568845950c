import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';

/** DELETE Transcription/{transcription_id}/ (voice-api.md §9). Its recording stays. */
export const deleteTranscription = defineVoiceCommand({
  name: 'delete-transcription',
  summary: 'Delete the transcription of a recording',
  tag: 'Transcription',
  method: 'DELETE',
  path: 'Transcription/{transcription_id}/',
  parameters: Type.Object({ transcription_id: idInPath() }),
  replies: { 202: Type.Object({ api_id: apiId(), message: Type.Literal('request accepted') }) },
  async run({ scope, parameters }, { transcriptions }) {
    if (!(await transcriptions.delete(reachOf(scope), parameters.transcription_id))) throw notFound();
    return { status: 202, body: { message: 'request accepted' } };
  },
});
