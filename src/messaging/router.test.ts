import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_FAILOVER_CODES, type Route, Router } from './router.ts';

const route = (prefix: string, carriers: string[], change: Partial<Route> = {}): Route => ({
  service: 'sms',
  prefix,
  carriers,
  priority: 0,
  failoverCodes: ['20'],
  ...change,
});

test('the longest prefix wins', () => {
  const router = new Router([route('', ['any']), route('1', ['us']), route('1415', ['sf']), route('14155550100', ['one'])]);
  const found = (destination: string) => router.find('sms', destination).carriers;
  assert.deepEqual(found('447400900001'), ['any']);
  assert.deepEqual(found('12125550100'), ['us']);
  assert.deepEqual(found('14155550101'), ['sf']);
  assert.deepEqual(found('14155550100'), ['one']);
  assert.deepEqual(found('141'), ['us'], 'shorter than the longest prefix');
});

test('what no route claims goes to the simulator', () => {
  const expected = { carriers: ['simulator'], failoverCodes: new Set(DEFAULT_FAILOVER_CODES) };
  assert.deepEqual(new Router([]).find('sms', '1'), expected);
  assert.deepEqual(new Router([route('44', ['uk'])]).find('sms', '14155550100'), expected);
  assert.deepEqual(new Router([route('', ['any'])]).find('mms', '14155550100'), expected, 'services are apart');
});

test('of routes with one prefix the higher priority comes first, the others follow as failover', () => {
  const router = new Router([
    route('1', ['cheap', 'shared'], { priority: 1, failoverCodes: ['20'] }),
    route('1', ['good', 'shared'], { priority: 5, failoverCodes: ['90'] }),
  ]);
  const found = router.find('sms', '14155550100');
  assert.deepEqual(found.carriers, ['good', 'shared', 'cheap']);
  assert.deepEqual(found.failoverCodes, new Set(['90']));
});

test('a shorter prefix is no failover for a longer one', () => {
  const router = new Router([route('', ['any']), route('1', ['us'])]);
  assert.deepEqual(router.find('sms', '14155550100').carriers, ['us']);
});
