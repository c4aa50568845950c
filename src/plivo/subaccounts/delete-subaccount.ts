import { Type } from 'typebox';
import { notFound } from '../../errors/catalogue.ts';
import { defineCommand } from '../define.ts';
import { flag, noContent } from '../fields.ts';
import { subaccountOf } from './subaccount-object.ts';

/** DELETE Subaccount/{subauth_id}/. Without `cascade` its applications and numbers move to the main account. */
export const deleteSubaccount = defineCommand({
  name: 'delete-subaccount',
  summary: 'Delete a subaccount',
  tag: 'Subaccount',
  method: 'DELETE',
  path: 'Subaccount/{subauth_id}/',
  audience: 'main',
  parameters: Type.Object({ subauth_id: Type.String(), cascade: flag() }),
  replies: { 204: noContent },
  async run({ scope, parameters }, { subaccounts, directory, applicationDirectory, numberDirectory }) {
    const { authId } = await subaccountOf(scope.account, parameters.subauth_id, directory);
    const deleted = await subaccounts.delete(scope.account.authId, authId, parameters.cascade ?? false);
    directory.invalidate(authId);
    applicationDirectory.invalidateAll();
    numberDirectory.invalidateAll();
    if (!deleted) throw notFound();
    return { status: 204 };
  },
});
