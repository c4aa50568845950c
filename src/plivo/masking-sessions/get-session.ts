import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { maskingSessionObject, renderMaskingSession } from './session-object.ts';

/** GET Masking/Session/{session_uuid}/ (account-numbers.md §13.3). */
export const getMaskingSession = defineVoiceCommand({
  name: 'get-masking-session',
  summary: 'A masking session with its calls',
  tag: 'Masking',
  method: 'GET',
  path: 'Masking/Session/{session_uuid}/',
  parameters: Type.Object({ session_uuid: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), response: Type.Object(maskingSessionObject) }) },
  async run({ scope, parameters: { session_uuid } }, { maskingSessions, publicUrl }) {
    const session = await maskingSessions.find(reachOf(scope), session_uuid);
    if (!session) throw notFound();
    return { status: 200, body: { response: renderMaskingSession(session, publicUrl) } };
  },
});
