import type { Account } from '../src/accounts/account.ts';

/** A main account as it is after its creation. */
export function exampleAccount(overrides: Partial<Account> = {}): Account {
  return {
    authId: 'MAEXAMPLEACCOUNT0001',
    parentId: null,
    authToken: 'token-of-the-main-account',
    name: '',
    address: '',
    city: '',
    state: '',
    timezone: 'UTC',
    enabled: true,
    accountType: 'standard',
    billingMode: 'postpaid',
    autoRecharge: false,
    balanceMicros: 0,
    creditLockUntil: null,
    settings: {},
    createdAt: new Date(0),
    modifiedAt: null,
    ...overrides,
  };
}
