import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { invalidParameter, notFound } from '../../errors/catalogue.ts';
import { defineCommand } from '../define.ts';
import { apiId, idInPath, text } from '../fields.ts';

/** POST Verify/Session/{session_uuid}/ (account-numbers.md §12.2): the code that came. */
export const validateVerifySession = defineCommand({
  name: 'validate-verify-session',
  summary: 'Hand in the code of a verification session',
  tag: 'Verify',
  method: 'POST',
  path: 'Verify/Session/{session_uuid}/',
  parameters: Type.Object({ session_uuid: idInPath(), otp: text(16) }),
  replies: {
    200: Type.Object({ api_id: apiId(), message: Type.String(), session_uuid: Type.String({ format: 'uuid' }) }),
  },
  async run({ scope, parameters: given }, { verifySessions }) {
    const result = await verifySessions.validate(reachOf(scope), given.session_uuid, given.otp);
    switch (result.kind) {
      case 'unknown':
        throw notFound();
      case 'wrong':
        throw invalidParameter('otp', 'otp parameter is invalid: it is not the code that was sent');
      case 'lapsed':
        throw invalidParameter('otp', 'otp parameter is invalid: the session has expired, begin another one');
      case 'done':
        throw invalidParameter('otp', 'otp parameter is invalid: the session is verified already');
      case 'verified':
        return { status: 200, body: { message: 'session validated successfully.', session_uuid: result.sessionId } };
    }
  },
});
