import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { idInPath, noContent } from '../fields.ts';

/** DELETE EndUser/{end_user_id}/ (compliance.md §10.1). */
export const deleteEndUser = defineCommand({
  name: 'delete-end-user',
  summary: 'Delete an end user without documents',
  tag: 'EndUser',
  method: 'DELETE',
  path: 'EndUser/{end_user_id}/',
  parameters: Type.Object({ end_user_id: idInPath() }),
  replies: { 204: noContent },
  async run({ scope, parameters }, { compliance }) {
    await compliance.endUsers.delete(scope, parameters.end_user_id);
    return { status: 204 };
  },
});
