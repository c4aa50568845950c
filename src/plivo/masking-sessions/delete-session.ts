import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';

/** DELETE Masking/Session/{session_uuid}/ (account-numbers.md §13.3): it expires now; calls that are up go on. */
export const deleteMaskingSession = defineVoiceCommand({
  name: 'delete-masking-session',
  summary: 'End a masking session',
  tag: 'Masking',
  method: 'DELETE',
  path: 'Masking/Session/{session_uuid}/',
  parameters: Type.Object({ session_uuid: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), message: Type.String() }) },
  async run({ scope, parameters: { session_uuid } }, { maskingSessions }) {
    await maskingSessions.end(reachOf(scope), session_uuid);
    return { status: 200, body: { message: 'Session Deleted' } };
  },
});
