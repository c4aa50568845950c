import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { defineVoiceCommand } from '../define.ts';
import { idInPath, noContent } from '../fields.ts';

/** DELETE Recording/{recording_id}/ (voice-api.md §9), with its file. */
export const deleteRecording = defineVoiceCommand({
  name: 'delete-recording',
  summary: 'Delete a recording and its file',
  tag: 'Recording',
  method: 'DELETE',
  path: 'Recording/{recording_id}/',
  parameters: Type.Object({ recording_id: idInPath() }),
  replies: { 204: noContent },
  async run({ scope, parameters }, { recordings }) {
    if (!(await recordings.delete(reachOf(scope), parameters.recording_id))) throw notFound();
    return { status: 204 };
  },
});
