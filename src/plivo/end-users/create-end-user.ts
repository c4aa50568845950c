import { Type } from 'typebox';
import { makingOf, userTypeField, userTypeOf } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';
import { endUserObject, renderEndUser } from './end-user-object.ts';

/** POST EndUser/ (compliance.md §10.1). */
export const createEndUser = defineCommand({
  name: 'create-end-user',
  summary: 'Name who uses numbers',
  tag: 'EndUser',
  method: 'POST',
  path: 'EndUser/',
  parameters: Type.Object({ name: text(), last_name: Type.Optional(text()), end_user_type: userTypeField() }),
  replies: { 201: Type.Object({ api_id: apiId(), message: Type.String(), ...endUserObject }) },
  async run(call, { compliance }) {
    const { name, last_name: lastName, end_user_type: type } = call.parameters;
    const user = await compliance.endUsers.create(makingOf(call), userTypeOf(type), { name, lastName });
    return { status: 201, body: { message: 'created', ...renderEndUser(user) } };
  },
});
