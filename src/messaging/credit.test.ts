import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { VirtualClock } from '../../testkit/virtual-clock.ts';
import type { Account } from '../accounts/account.ts';
import { Credit } from './credit.ts';
import type { Balance } from './credit-store.ts';

let clock: VirtualClock;
let balance: Balance | undefined;
let reads: number;
let failure: Error | undefined;
let seen: Pick<Account, 'billingMode' | 'balanceMicros' | 'settings'> | undefined;
let credit: Credit;

beforeEach(() => {
  clock = new VirtualClock();
  balance = { isPrepaid: true, micros: 100 };
  reads = 0;
  failure = undefined;
  seen = { billingMode: 'prepaid', balanceMicros: 100, settings: {} };
  const store = {
    async balance() {
      reads++;
      if (failure) throw failure;
      return balance;
    },
  };
  credit = new Credit(store, { peek: () => seen }, clock);
});

const covers = (micros: number) => credit.covers('MA1', micros);
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** The answer once nothing has to be read anew. */
async function settled(micros: number): Promise<boolean> {
  const first = covers(micros);
  if (first !== undefined) return first;
  await settle();
  const second = covers(micros);
  assert.notEqual(second, undefined, 'every wait has an end');
  return second === true;
}

test('a prepaid account pays until its balance is used up, then nothing, not even less', async () => {
  assert.deepEqual([await settled(60), await settled(60), await settled(40), await settled(1)], [true, false, true, false]);
});

test('the account as the request saw it counts from the first message on, but no refusal stands on old words', async () => {
  seen = { billingMode: 'prepaid', balanceMicros: 0, settings: {} };
  balance = { isPrepaid: true, micros: 100 };
  assert.equal(covers(50), undefined);
  await settle();
  assert.equal(covers(50), true);
});

test('a postpaid account always pays', async () => {
  seen = { billingMode: 'postpaid', balanceMicros: 0, settings: {} };
  balance = { isPrepaid: false, micros: -5 };
  assert.equal(covers(1_000), true);
  await settle();
  assert.equal(covers(1_000), true);
});

test('the balance is read once in two seconds, and what was charged and credited meanwhile is known then', async () => {
  assert.equal(covers(100), true);
  await settle();
  assert.equal(reads, 1);
  balance = { isPrepaid: true, micros: 500 };
  assert.equal(covers(1), false);
  await clock.advance(2_001);
  assert.equal(covers(1), undefined, 'the reading begins now');
  await settle();
  assert.equal(covers(500), true);
  assert.equal(reads, 2);
});

test('what goes out while the balance is being read is not forgotten', async () => {
  assert.equal(covers(90), true);
  await settle();
  assert.equal(covers(20), false, 'the reading began before and did not know of it');
});

test('after a pause the account as the newest request saw it counts', async () => {
  seen = { billingMode: 'postpaid', balanceMicros: 0, settings: {} };
  balance = { isPrepaid: false, micros: 0 };
  assert.equal(covers(1), true);
  await settle();
  await clock.advance(60_000);
  seen = { billingMode: 'prepaid', balanceMicros: 0, settings: {} };
  balance = { isPrepaid: true, micros: 0 };
  assert.equal(await settled(1), false);
});

test('while storage is away what is left may be spent, and it is asked again', async () => {
  failure = new Error('away');
  assert.equal(covers(60), true);
  await settle();
  assert.equal(covers(60), undefined);
  await settle();
  assert.equal(covers(40), true);
  failure = undefined;
  await settle();
  assert.equal(covers(1), undefined);
  await settle();
  assert.equal(covers(1), true);
});

test('an account that is gone pays: there is nobody to charge', async () => {
  balance = undefined;
  seen = undefined;
  assert.equal(covers(5), true);
  await settle();
  assert.equal(covers(5), true);
});
