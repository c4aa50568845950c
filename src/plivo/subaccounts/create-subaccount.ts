import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, flag, text } from '../fields.ts';
import { subaccountIdOf } from '../idempotent-id.ts';

/** POST Subaccount/ (account-numbers.md §5). Disabled unless `enabled` says otherwise. */
export const createSubaccount = defineCommand({
  name: 'create-subaccount',
  summary: 'Create a subaccount',
  tag: 'Subaccount',
  method: 'POST',
  path: 'Subaccount/',
  audience: 'main',
  parameters: Type.Object({ name: text(100), enabled: flag() }),
  replies: {
    201: Type.Object({
      api_id: apiId(),
      auth_id: Type.String(),
      auth_token: Type.String(),
      message: Type.Literal('created'),
    }),
  },
  async run({ scope, parameters, now, idempotencyKey }, { accounts, directory, ids }) {
    const authId = idempotencyKey === undefined ? ids.authId('SA') : subaccountIdOf(idempotencyKey);
    const earlier = idempotencyKey === undefined ? undefined : await accounts.find(authId);
    const authToken = earlier?.authToken ?? ids.authToken();
    if (!earlier) {
      await accounts.insert({
        authId,
        parentId: scope.account.authId,
        authToken,
        name: parameters.name,
        enabled: parameters.enabled ?? false,
        timezone: scope.account.timezone,
        createdAt: new Date(now),
      });
    }
    directory.invalidate(authId);
    return { status: 201, body: { auth_id: authId, auth_token: authToken, message: 'created' } };
  },
});
