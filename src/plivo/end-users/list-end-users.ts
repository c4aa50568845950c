import { Type } from 'typebox';
import { listSchema, namedList, userTypeField, userTypeOf } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { text } from '../fields.ts';
import { pageParameters, readPage } from '../pagination.ts';
import { endUserObject, renderEndUser } from './end-user-object.ts';

/** GET EndUser/ (compliance.md §10.1), newest first. */
export const listEndUsers = defineCommand({
  name: 'list-end-users',
  summary: 'End users',
  tag: 'EndUser',
  method: 'GET',
  path: 'EndUser/',
  parameters: Type.Object({
    name: Type.Optional(text()),
    last_name: Type.Optional(text()),
    end_user_type: Type.Optional(userTypeField()),
    ...pageParameters,
  }),
  replies: { 200: listSchema(Type.Object(endUserObject)) },
  async run({ scope, parameters }, { compliance }) {
    const page = readPage(parameters);
    const { name, last_name: lastName, end_user_type: type } = parameters;
    const { total, items } = await compliance.endUsers.list(scope, { name, lastName, type: userTypeOf(type) }, page);
    return namedList(scope, 'EndUser/', page, parameters, { total, items: items.map(renderEndUser) }, {});
  },
});
