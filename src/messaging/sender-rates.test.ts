import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountSettings } from '../accounts/account.ts';
import { unlimited } from '../runtime/token-bucket.ts';
import { queuedOutbound } from './queued-outbound.ts';
import { AccountRates } from './sender-rates.ts';

const message = queuedOutbound({
  id: '019bb0b0-0000-7000-8000-000000000001',
  accountId: 'MA1',
  ownerId: 'MA1',
  senderKind: 'toll_free',
  service: 'sms',
  src: '18005550100',
  dst: '14155550123',
  text: 'Hello',
  media: [],
  structured: undefined,
  chargeMicros: 0,
  expiresAt: 0,
  attempt: 0,
  tried: [],
  pendingParts: null,
  marked: true,
});

const rates = (settings: AccountSettings | undefined) => {
  const account = settings && { enabled: true, billingMode: 'postpaid' as const, balanceMicros: 0, settings };
  const limits = new AccountRates({ peek: (authId) => (authId === 'MA1' ? account : undefined) });
  return [limits.ofAccount(message), limits.ofSender(message)];
};

test('nothing said is unlimited, and so is 0', () => {
  assert.deepEqual(rates({}), [unlimited, unlimited]);
  assert.deepEqual(rates({ messagesPerSecond: 0, senderRates: { toll_free: 0 } }), [unlimited, unlimited]);
  assert.deepEqual(rates(undefined), [unlimited, unlimited], 'an account nobody has looked up yet');
});

test('a second’s worth may go at once, at least one message', () => {
  assert.deepEqual(rates({ messagesPerSecond: 50, senderRates: { toll_free: 2.5 } }), [
    { ratePerSecond: 50, burst: 50 },
    { ratePerSecond: 2.5, burst: 2 },
  ]);
  assert.deepEqual(rates({ messagesPerSecond: 0.25 })[0], { ratePerSecond: 0.25, burst: 1 });
});

test('the rate of another kind of sender is none', () => {
  assert.deepEqual(rates({ senderRates: { long_code: 1 } })[1], unlimited);
});
