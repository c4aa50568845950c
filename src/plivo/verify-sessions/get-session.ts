import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { renderVerifySession, verifySessionObject } from './session-object.ts';

/** GET Verify/Session/{session_uuid}/ (account-numbers.md §12.3). */
export const getVerifySession = defineCommand({
  name: 'get-verify-session',
  summary: 'A verification session with its attempts',
  tag: 'Verify',
  method: 'GET',
  path: 'Verify/Session/{session_uuid}/',
  parameters: Type.Object({ session_uuid: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...verifySessionObject }) },
  async run({ scope, parameters: { session_uuid } }, { verifySessions }) {
    const session = await verifySessions.find(reachOf(scope), session_uuid);
    if (!session) throw notFound();
    return { status: 200, body: renderVerifySession(session) };
  },
});
