import { Type } from 'typebox';
import { formatAmount } from '../../billing/money.ts';
import { defineCommand } from '../define.ts';
import { apiId } from '../fields.ts';

/** GET / (account-numbers.md §4). A subaccount sees its parent's balance and its own name. */
export const getAccount = defineCommand({
  name: 'get-account',
  summary: 'Details of the account',
  tag: 'Account',
  method: 'GET',
  path: '',
  parameters: Type.Object({}),
  replies: {
    200: Type.Object({
      api_id: apiId(),
      account_type: Type.String(),
      address: Type.String(),
      auth_id: Type.String(),
      auto_recharge: Type.Boolean(),
      billing_mode: Type.String(),
      cash_credits: Type.String(),
      city: Type.String(),
      name: Type.String(),
      resource_uri: Type.String(),
      state: Type.String(),
      timezone: Type.String(),
    }),
  },
  async run({ scope }, { accounts }) {
    const own = scope.subaccount ?? scope.account;
    // Past the cache: the balance is that of this moment.
    const account = (await accounts.find(scope.account.authId)) ?? scope.account;
    return {
      status: 200,
      body: {
        account_type: scope.account.accountType,
        address: own.address,
        auth_id: scope.authId,
        auto_recharge: account.autoRecharge || account.settings.spend?.recharge !== undefined,
        billing_mode: account.billingMode,
        cash_credits: formatAmount(account.balanceMicros),
        city: own.city,
        name: own.name,
        resource_uri: `/v1/Account/${scope.authId}/`,
        state: own.state,
        timezone: own.timezone,
      },
    };
  },
});
