import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { VirtualClock } from '../../testkit/virtual-clock.ts';
import type { Account } from '../accounts/account.ts';
import { type Balance, Credit } from './credit.ts';

let clock: VirtualClock;
let balance: Balance | undefined;
let reads: number;
let failure: Error | undefined;
let seen: Pick<Account, 'enabled' | 'billingMode' | 'balanceMicros' | 'settings'> | undefined;
let credit: Credit;

beforeEach(() => {
  clock = new VirtualClock();
  balance = { isPrepaid: true, micros: 100, isEnabled: true };
  reads = 0;
  failure = undefined;
  seen = { enabled: true, billingMode: 'prepaid', balanceMicros: 100, settings: {} };
  const store = {
    async balance() {
      reads++;
      if (failure) throw failure;
      return balance;
    },
  };
  credit = new Credit(store, { peek: () => seen }, clock);
});

const admit = (micros: number) => credit.admit('MA1', 'MA1', micros);
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** The answer once nothing has to be read anew. */
async function settled(micros: number): Promise<boolean> {
  const first = admit(micros);
  if (first !== 'unknown') return first === 'granted';
  await settle();
  const second = admit(micros);
  assert.notEqual(second, 'unknown', 'every wait has an end');
  return second === 'granted';
}

test('a prepaid account pays until its balance is used up, then nothing, not even less', async () => {
  assert.deepEqual([await settled(60), await settled(60), await settled(40), await settled(1)], [true, false, true, false]);
});

test('the account as the request saw it counts from the first message on, but no refusal stands on old words', async () => {
  seen = { enabled: true, billingMode: 'prepaid', balanceMicros: 0, settings: {} };
  balance = { isPrepaid: true, micros: 100, isEnabled: true };
  assert.equal(admit(50), 'unknown');
  await settle();
  assert.equal(admit(50), 'granted');
});

test('a postpaid account always pays', async () => {
  seen = { enabled: true, billingMode: 'postpaid', balanceMicros: 0, settings: {} };
  balance = { isPrepaid: false, micros: -5, isEnabled: true };
  assert.equal(admit(1_000), 'granted');
  await settle();
  assert.equal(admit(1_000), 'granted');
});

test('the balance is read once in two seconds, and what was charged and credited meanwhile is known then', async () => {
  assert.equal(admit(100), 'granted');
  await settle();
  assert.equal(reads, 1);
  balance = { isPrepaid: true, micros: 500, isEnabled: true };
  assert.equal(admit(1), '900');
  await clock.advance(2_001);
  assert.equal(admit(1), 'unknown', 'the reading begins now');
  await settle();
  assert.equal(admit(500), 'granted');
  assert.equal(reads, 2);
});

test('what goes out while the balance is being read is not forgotten', async () => {
  assert.equal(admit(90), 'granted');
  await settle();
  assert.equal(admit(20), '900', 'the reading began before and did not know of it');
});

test('after a pause the account as the newest request saw it counts', async () => {
  seen = { enabled: true, billingMode: 'postpaid', balanceMicros: 0, settings: {} };
  balance = { isPrepaid: false, micros: 0, isEnabled: true };
  assert.equal(admit(1), 'granted');
  await settle();
  await clock.advance(60_000);
  seen = { enabled: true, billingMode: 'prepaid', balanceMicros: 0, settings: {} };
  balance = { isPrepaid: true, micros: 0, isEnabled: true };
  assert.equal(await settled(1), false);
});

test('while storage is away what is left may be spent, and it is asked again', async () => {
  failure = new Error('away');
  assert.equal(admit(60), 'granted');
  await settle();
  assert.equal(admit(60), 'unknown');
  await settle();
  assert.equal(admit(40), 'granted');
  failure = undefined;
  await settle();
  assert.equal(admit(1), 'unknown');
  await settle();
  assert.equal(admit(1), 'granted');
});

test('an account that is gone pays: there is nobody to charge', async () => {
  balance = undefined;
  seen = undefined;
  assert.equal(admit(5), 'granted');
  await settle();
  assert.equal(admit(5), 'granted');
});

test('a disabled account sends nothing, nor does a disabled subaccount of an enabled one', async () => {
  balance = { isPrepaid: false, micros: 0, isEnabled: false };
  seen = { enabled: true, billingMode: 'postpaid', balanceMicros: 0, settings: {} };
  assert.equal(admit(1), 'granted', 'as the request saw it');
  await settle();
  assert.equal(admit(1), '910');
  await clock.advance(20_000);
  seen = { enabled: false, billingMode: 'postpaid', balanceMicros: 0, settings: {} };
  balance = { isPrepaid: false, micros: 0, isEnabled: true };
  assert.equal(admit(1), 'unknown', 'no refusal stands on old words');
  await settle();
  assert.equal(admit(1), 'granted');
  balance = { isPrepaid: false, micros: 0, isEnabled: false };
  credit.admit('MA1', 'SA1', 1);
  await settle();
  assert.equal(credit.admit('MA1', 'SA1', 1), '910');
  assert.equal(admit(1), 'granted');
});

test('a spend limit holds for the account, and apart from it for the subaccount that sends, prepaid or not', async () => {
  seen = { enabled: true, billingMode: 'postpaid', balanceMicros: 0, settings: { spend: { perDayMicros: 100 } } };
  balance = { isPrepaid: false, micros: 0, isEnabled: true, spendLeft: 100 };
  const admitAs = (owner: string, micros: number) => credit.admit('MA1', owner, micros);
  assert.equal(admitAs('SA1', 60), 'unknown', 'what was spent is read first');
  assert.equal(admitAs('MA1', 60), 'unknown');
  await settle();
  assert.equal(admitAs('SA1', 60), 'granted');
  assert.equal(admitAs('SA1', 60), 'owner limit');
  assert.equal(admitAs('MA1', 60), 'limit', 'what the subaccount spent counts for the account');
  assert.equal(admitAs('SA2', 40), 'unknown');
  await settle();
  assert.equal(admitAs('SA2', 40), 'granted');
  assert.equal(admitAs('SA2', 1), 'limit');
  balance = { ...balance, spendLeft: 200 };
  await clock.advance(2_001);
  assert.equal(admitAs('MA1', 1), 'unknown');
  await settle();
  assert.equal(admitAs('MA1', 1), 'granted', 'the limit was raised');
});
