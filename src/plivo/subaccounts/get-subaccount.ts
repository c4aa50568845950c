import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId } from '../fields.ts';
import { showSubaccount, subaccountObject, subaccountOf } from './subaccount-object.ts';

/** GET Subaccount/{subauth_id}/ */
export const getSubaccount = defineCommand({
  name: 'get-subaccount',
  summary: 'Details of a subaccount',
  tag: 'Subaccount',
  method: 'GET',
  path: 'Subaccount/{subauth_id}/',
  audience: 'main',
  parameters: Type.Object({ subauth_id: Type.String() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...subaccountObject }) },
  async run({ scope, parameters }, { directory }) {
    const found = await subaccountOf(scope.account, parameters.subauth_id, directory);
    return { status: 200, body: showSubaccount(scope.account, found) };
  },
});
