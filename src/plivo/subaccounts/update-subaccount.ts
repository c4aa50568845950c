import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { changed, flag, text } from '../fields.ts';
import { subaccountOf } from './subaccount-object.ts';

/** POST Subaccount/{subauth_id}/. `enabled` that is not sent stays; the Python SDK always sends it, false unless told otherwise. */
export const updateSubaccount = defineCommand({
  name: 'update-subaccount',
  summary: 'Rename, enable or disable a subaccount',
  tag: 'Subaccount',
  method: 'POST',
  path: 'Subaccount/{subauth_id}/',
  audience: 'main',
  parameters: Type.Object({ subauth_id: Type.String(), name: text(100), enabled: flag() }),
  replies: { 202: changed },
  async run({ scope, parameters: { subauth_id, ...change }, now }, { accounts, directory }) {
    const found = await subaccountOf(scope.account, subauth_id, directory);
    await accounts.update(found.authId, change, new Date(now));
    directory.invalidate(found.authId);
    return { status: 202, body: { message: 'changed' } };
  },
});
