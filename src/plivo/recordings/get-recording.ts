import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { recordingObject, renderRecording } from './recording-object.ts';

/** GET Recording/{recording_id}/ (voice-api.md §9). */
export const getRecording = defineVoiceCommand({
  name: 'get-recording',
  summary: 'One recording',
  tag: 'Recording',
  method: 'GET',
  path: 'Recording/{recording_id}/',
  parameters: Type.Object({ recording_id: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...recordingObject }) },
  async run({ scope, parameters, now }, { recordings, publicUrl, surcharge }) {
    const found = await recordings.find(reachOf(scope), parameters.recording_id);
    if (!found) throw notFound();
    return { status: 200, body: renderRecording(scope, publicUrl, found, now, surcharge('recording_storage')) };
  },
});
