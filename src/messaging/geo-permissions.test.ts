import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type CountryPermission,
  decideGeo,
  defaultGeoPermissions,
  inheritPermissions,
  isCountryEnabled,
  THRESHOLD_BLOCK_MS,
  withinDailyCap,
} from './geo-permissions.ts';

const now = Date.UTC(2026, 0, 12, 9, 14, 2);
const only = (permission: CountryPermission) => new Map([['US', permission]]);
const use = (sentThisHour: number, blockedAt?: number) => ({ sentThisHour, blockedAt });

describe('the list of countries', () => {
  it('of a new account has the US, Canada, the UK and India', () => {
    assert.equal(isCountryEnabled(defaultGeoPermissions, 'US'), true);
    assert.equal(isCountryEnabled(defaultGeoPermissions, 'IN'), true);
    assert.equal(isCountryEnabled(defaultGeoPermissions, 'FR'), false);
  });

  it('bars what is not on it, and numbers of no country, with 450', () => {
    assert.deepEqual(decideGeo(defaultGeoPermissions, 'FR', use(0), now), { kind: 'fails', errorCode: '450', alert: false });
    assert.deepEqual(decideGeo(defaultGeoPermissions, undefined, use(0), now), { kind: 'fails', errorCode: '450', alert: false });
    assert.equal(isCountryEnabled(defaultGeoPermissions, undefined), false);
  });

  it('allows what is on it without a threshold', () => {
    assert.deepEqual(decideGeo(defaultGeoPermissions, 'US', use(1_000_000), now), { kind: 'allowed', alert: false });
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

describe('a subaccount', () => {
  const main = only({ hourlyThreshold: 100, policy: 'block' });

  it('inherits what it does not say itself', () => {
    assert.deepEqual(inheritPermissions(main, new Map()), main);
  });

  it('adds its threshold to that of the main account', () => {
    const own = inheritPermissions(main, only({ hourlyThreshold: 50, policy: 'alert' }));
    assert.deepEqual(own.get('US'), { hourlyThreshold: 150, policy: 'alert' });
  });

  it('may open and bar countries for itself', () => {
    const own = inheritPermissions(
      main,
      new Map([
        ['US', null],
        ['FR', { hourlyThreshold: 5, policy: 'block' as const }],
      ]),
    );
    assert.equal(own.has('US'), false);
    assert.equal(own.get('FR')?.hourlyThreshold, 5);
  });
});

describe('the daily cap of a sender', () => {
  it('takes messages up to it', () => {
    assert.equal(withinDailyCap(1999, 2000), true);
    assert.equal(withinDailyCap(2000, 2000), false);
    assert.equal(withinDailyCap(1e9, undefined), true);
  });
});
