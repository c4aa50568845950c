import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createVoiceRig } from '../../testkit/voice-rig.ts';
import type { AccountSettings } from '../accounts/account.ts';
import { AccountPermissions } from './account-permissions.ts';
import { parseDestination } from './destination.ts';
import { DoNotOriginate } from './do-not-originate.ts';

const account = createVoiceRig().account.current;
const sources = { numbers: { find: async () => undefined }, verified: { has: async () => false } };

describe('a destination', () => {
  const permissions = new AccountPermissions(sources);
  const codeOf = (to: string, settings: AccountSettings, own?: AccountSettings) => {
    const subaccount = own ? { ...account, settings: own } : null;
    return permissions.barred({ account: { ...account, settings }, subaccount }, parseDestination(to, new Set()))?.code;
  };
  const settings = { voiceCountries: ['US', 'JM'], voiceBarredPrefixes: ['1900', '1876555'], voiceDisabledPrefixes: ['1876'] };

  test('is barred by its country, by its number, or by a prefix that is switched off; the first of them is told', () => {
    assert.deepEqual(
      ['442079460123', '19005550123', '18765551234', '18769221234', '14155550123', 'sip:18769221234@carrier.example'].map((to) =>
        codeOf(to, settings),
      ),
      [2030, 2040, 2040, 2050, undefined, undefined],
    );
  });

  test('is judged by the lists of the subaccount where it has its own, each by itself', () => {
    assert.equal(codeOf('18769221234', settings, {}), 2050);
    assert.equal(codeOf('18769221234', settings, { voiceDisabledPrefixes: [] }), undefined);
    assert.equal(codeOf('19005550123', settings, { voiceDisabledPrefixes: [] }), 2040);
  });
});

describe('a caller', () => {
  test('makes no calls while its number is on the list, however it is written', () => {
    const doNotOriginate = new DoNotOriginate();
    const permissions = new AccountPermissions({ ...sources, doNotOriginate });
    const codes = () =>
      ['18005550100', '+18005550100', '18005550101', 'anonymous', 'sip:18005550100@carrier.example', ''].map(
        (caller) => permissions.mayOriginate(caller)?.code,
      );
    const none = Array.from({ length: 6 }, () => undefined);
    assert.deepEqual(codes(), none);
    doNotOriginate.use(['18005550100']);
    assert.deepEqual(codes(), [3140, 3140, ...none.slice(2)]);
    doNotOriginate.use([]);
    assert.deepEqual(codes(), none);
  });

  test('may make calls where there is no list', () => {
    assert.equal(new AccountPermissions(sources).mayOriginate('18005550100'), undefined);
  });
});
