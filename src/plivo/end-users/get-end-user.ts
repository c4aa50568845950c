import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { endUserObject, renderEndUser } from './end-user-object.ts';

/** GET EndUser/{end_user_id}/ (compliance.md §10.1). */
export const getEndUser = defineCommand({
  name: 'get-end-user',
  summary: 'One end user',
  tag: 'EndUser',
  method: 'GET',
  path: 'EndUser/{end_user_id}/',
  parameters: Type.Object({ end_user_id: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...endUserObject }) },
  async run({ scope, parameters }, { compliance }) {
    return { status: 200, body: renderEndUser(await compliance.endUsers.get(scope, parameters.end_user_id)) };
  },
});
