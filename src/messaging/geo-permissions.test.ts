import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CountryPermission, decideGeo, isCountryEnabled, THRESHOLD_BLOCK_MS, withinDailyCap } from './geo-permissions.ts';

const now = Date.UTC(2026, 0, 12, 9, 14, 2);
const only = (permission: CountryPermission) => new Map([['US', permission]]);
const use = (sentThisHour: number, blockedAt?: number) => ({ sentThisHour, blockedAt });

describe('the list of countries', () => {
  const open = only({ hourlyThreshold: undefined, policy: 'block' });

  it('bars what is not on it, and numbers of no country, with 450', () => {
    assert.deepEqual(decideGeo(open, 'FR', use(0), now), { kind: 'fails', errorCode: '450', alert: false });
    assert.deepEqual(decideGeo(open, undefined, use(0), now), { kind: 'fails', errorCode: '450', alert: false });
    assert.equal(isCountryEnabled(open, undefined), false);
  });

  it('allows what is on it without a threshold', () => {
    assert.deepEqual(decideGeo(open, 'US', use(1_000_000), now), { kind: 'allowed', alert: false });
  });
});

describe('the hourly threshold', () => {
  it('under block stops the first message over it, tells, and holds for 24 hours', () => {
    const permissions = only({ hourlyThreshold: 100, policy: 'block' });
    assert.deepEqual(decideGeo(permissions, 'US', use(99), now), { kind: 'allowed', alert: false });
    assert.deepEqual(decideGeo(permissions, 'US', use(100), now), { kind: 'fails', errorCode: '451', alert: true });
    assert.deepEqual(decideGeo(permissions, 'US', use(0, now), now + 1), { kind: 'fails', errorCode: '451', alert: false });
    assert.deepEqual(decideGeo(permissions, 'US', use(0, now), now + THRESHOLD_BLOCK_MS), { kind: 'allowed', alert: false });
  });

  it('under alert tells once and lets all go', () => {
    const permissions = only({ hourlyThreshold: 100, policy: 'alert' });
    assert.deepEqual(decideGeo(permissions, 'US', use(100), now), { kind: 'allowed', alert: true });
    assert.deepEqual(decideGeo(permissions, 'US', use(101), now), { kind: 'allowed', alert: false });
    assert.deepEqual(decideGeo(permissions, 'US', use(0, now), now + 1), { kind: 'allowed', alert: false });
  });

  it('under ignore does nothing', () => {
    const permissions = only({ hourlyThreshold: 100, policy: 'ignore' });
    assert.deepEqual(decideGeo(permissions, 'US', use(500, now), now), { kind: 'allowed', alert: false });
  });

  it('of zero stops everything', () => {
    assert.equal(decideGeo(only({ hourlyThreshold: 0, policy: 'block' }), 'US', use(0), now).kind, 'fails');
  });
});

describe('the daily cap of a sender', () => {
  it('takes messages up to it', () => {
    assert.equal(withinDailyCap(1999, 2000), true);
    assert.equal(withinDailyCap(2000, 2000), false);
    assert.equal(withinDailyCap(1e9, undefined), true);
  });
});
