import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { ScriptedCarrier } from '../../testkit/scripted-carrier.ts';
import { VirtualClock } from '../../testkit/virtual-clock.ts';
import { CarrierSet } from './carrier-set.ts';
import { Router } from './router.ts';

let clock: VirtualClock;
let first: ScriptedCarrier;
let second: ScriptedCarrier;
let set: CarrierSet;

beforeEach(() => {
  clock = new VirtualClock();
  first = new ScriptedCarrier(clock, { name: 'first' });
  second = new ScriptedCarrier(clock, { name: 'second' });
  set = new CarrierSet(clock);
  use(['first', 'second']);
});

function use(names: string[]): void {
  const route = { service: 'sms', prefix: '', carriers: names, priority: 0, failoverCodes: ['20'] } as const;
  set.replace({ carriers: [first, second], router: new Router([route]), costOf: (name) => name.length });
}

function become(carrier: ScriptedCarrier, state: 'up' | 'down' | 'failed'): boolean {
  carrier.become(state);
  return set.noteChange(carrier.name);
}

function choose(tried: string[] = []): string {
  const choice = set.choose('sms', '14155550123', tried);
  return choice.kind === 'carrier' ? choice.carrier.name : choice.kind === 'wait' ? `wait ${choice.ms}` : choice.kind;
}

test('the first carrier of the route that has not refused', () => {
  assert.deepEqual([choose(), choose(['first']), choose(['first', 'second'])], ['first', 'second', 'exhausted']);
});

test('a carrier that went down is waited for, then passed over, and used again when it is back', async () => {
  become(first, 'down');
  assert.equal(choose(), 'wait 5000');
  await clock.advance(3_000);
  assert.equal(choose(), 'wait 2000');
  await clock.advance(2_000);
  assert.equal(choose(), 'second');
  become(first, 'up');
  assert.equal(choose(), 'first');
  become(first, 'down');
  assert.equal(choose(), 'wait 5000', 'the patience begins anew');
});

test('a carrier that was down already when it was configured is waited for as well', () => {
  first.become('down');
  use(['first', 'second']);
  assert.equal(choose(), 'wait 5000');
});

test('one that has failed for good is passed over at once', () => {
  become(first, 'failed');
  assert.equal(choose(), 'second');
});

test('with every carrier away a message waits, whatever they are', async () => {
  become(first, 'failed');
  become(second, 'down');
  await clock.advance(60_000);
  assert.equal(choose(), 'wait 5000');
});

test('carriers without the service, and names nobody has, are passed over', () => {
  first = new ScriptedCarrier(clock, { name: 'first', services: ['mms'] });
  use(['nobody', 'first', 'second']);
  assert.equal(choose(), 'second');
  use(['nobody']);
  assert.equal(choose(), 'wait 5000', 'a configuration to come may have it');
});

test('what a refusal leads to does not depend on the health of who refused', () => {
  const after = (tried: string[], by: string) => set.failover('sms', '14155550123', tried, by);
  assert.deepEqual(after([], 'first'), { failoverCodes: new Set(['20']), hasNext: true });
  become(first, 'down');
  assert.equal(after([], 'first').hasNext, true);
  assert.equal(after(['first'], 'second').hasNext, false);
  become(second, 'failed');
  assert.equal(after([], 'first').hasNext, false, 'a carrier that has failed for good is no way out');
});

test('only a change of health is one', () => {
  assert.equal(become(first, 'up'), false);
  assert.equal(become(first, 'down'), true);
  assert.equal(become(first, 'failed'), true);
  assert.equal(set.noteChange('nobody'), false);
});

test('a carrier is in use until another one takes its name', () => {
  assert.ok(set.has(first));
  const successor = new ScriptedCarrier(clock, { name: 'first' });
  set.replace({ carriers: [successor], router: new Router([]), costOf: () => 0 });
  assert.deepEqual([set.has(first), set.has(successor), set.has(second)], [false, true, false]);
});
