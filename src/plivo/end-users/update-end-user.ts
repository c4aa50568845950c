import { Type } from 'typebox';
import { userTypeField, userTypeOf } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { changed, idInPath, text } from '../fields.ts';

/** POST EndUser/{end_user_id}/ (compliance.md §10.1): what is not sent stays. */
export const updateEndUser = defineCommand({
  name: 'update-end-user',
  summary: 'Change an end user',
  tag: 'EndUser',
  method: 'POST',
  path: 'EndUser/{end_user_id}/',
  parameters: Type.Object({
    end_user_id: idInPath(),
    name: Type.Optional(text()),
    last_name: Type.Optional(text()),
    end_user_type: Type.Optional(userTypeField()),
  }),
  replies: { 202: changed },
  async run({ scope, parameters: given }, { compliance }) {
    await compliance.endUsers.update(scope, given.end_user_id, {
      ...(given.name !== undefined && { name: given.name }),
      ...(given.last_name !== undefined && { lastName: given.last_name }),
      ...(given.end_user_type !== undefined && { type: userTypeOf(given.end_user_type) }),
    });
    return { status: 202, body: { message: 'changed' } };
  },
});
