import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId } from '../fields.ts';
import { listReply, pageMeta, pageParameters, readPage } from '../pagination.ts';
import { showSubaccount, subaccountObject } from './subaccount-object.ts';

/** GET Subaccount/, newest first. */
export const listSubaccounts = defineCommand({
  name: 'list-subaccounts',
  summary: 'Subaccounts of the account',
  tag: 'Subaccount',
  method: 'GET',
  path: 'Subaccount/',
  audience: 'main',
  parameters: Type.Object({ ...pageParameters }),
  replies: {
    200: Type.Object({ api_id: apiId(), meta: pageMeta, objects: Type.Array(Type.Object(subaccountObject)) }),
  },
  async run({ scope, parameters }, { accounts }) {
    const page = readPage(parameters);
    const { total, items } = await accounts.listSubaccounts(scope.account.authId, page.limit, page.offset);
    return listReply(scope, 'Subaccount/', page, {}, { total, items: items.map((item) => showSubaccount(scope.account, item)) });
  },
});
