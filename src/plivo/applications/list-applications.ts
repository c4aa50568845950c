import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';
import { listReply, pageMeta, pageParameters, readPage, subaccountFilter } from '../pagination.ts';
import { applicationObject, showApplication } from './application-object.ts';

/** GET Application/, newest first; `app_name` is a prefix. */
export const listApplications = defineCommand({
  name: 'list-applications',
  summary: 'Applications of the account and its subaccounts',
  tag: 'Application',
  method: 'GET',
  path: 'Application/',
  parameters: Type.Object({
    app_name: Type.Optional(text()),
    subaccount: Type.Optional(text(64)),
    ...pageParameters,
  }),
  replies: {
    200: Type.Object({ api_id: apiId(), meta: pageMeta, objects: Type.Array(Type.Object(applicationObject)) }),
  },
  async run({ scope, parameters }, { applications, publicUrl }) {
    const page = readPage(parameters);
    const { app_name, subaccount } = parameters;
    const reach = { accountId: scope.account.authId, subaccountId: subaccountFilter(scope, subaccount) };
    const { total, items } = await applications.list(reach, { namePrefix: app_name }, page);
    const shown = items.map((item) => showApplication(scope, publicUrl, item));
    return listReply(scope, 'Application/', page, { app_name, subaccount }, { total, items: shown });
  },
});
