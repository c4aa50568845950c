import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createVoiceRig, OWNER } from '../../../testkit/voice-rig.ts';
import type { AccountSettings } from '../../accounts/account.ts';
import type { ReferPolicy } from '../../carriers/sip/trunk.ts';
import { Call } from '../call.ts';
import { hangupCause } from '../hangup-cause.ts';
import type { IncomingCall } from '../leg-maker.ts';
import { refusedLeg } from '../refused-leg.ts';
import { TransferPolicy } from './transfer-policy.ts';

const SUBACCOUNT = 'SAVOICERIGACCOUNT001';

function setUp(settings: AccountSettings = {}) {
  const rig = createVoiceRig();
  const trunks = new Map<string, { readonly refer: ReferPolicy }>([
    ['open', { refer: 'allow' }],
    ['shut', { refer: 'decline' }],
  ]);
  const endpoints = new Map([
    ['ana', { accountId: OWNER, subaccountId: null }],
    ['sub', { accountId: OWNER, subaccountId: SUBACCOUNT }],
    ['eve', { accountId: 'MASOMEBODYELSE000001', subaccountId: null }],
  ]);
  const policy = new TransferPolicy({
    home: new Set(['phone.plivo.com']),
    trunk: (name) => trunks.get(name),
    account: async () => ({ ...rig.account.current, settings }),
    endpoint: async (username) => endpoints.get(username),
  });
  const callOf = (direction: 'inbound' | 'outbound', to: string, far: { carrier?: string; username?: string }) => {
    const { call } = rig.startCall(direction);
    return new Call(
      {
        identity: {
          ...call.facts,
          direction,
          to,
          sipAuth: far.username ? { type: 'digest', user: far.username, sourceIp: '' } : undefined,
        },
        origin: { ...call.origin, carrier: far.carrier, endpointId: far.username },
        isNew: true,
        timeLimitMs: 1_000,
        leg: refusedLeg(hangupCause(1000, 'Caller')),
      },
      rig.environment,
    );
  };
  return { policy, callOf };
}

describe('whether a far end may pass calls on', () => {
  test('is said of a trunk by the configuration, for calls in both directions', async () => {
    const { policy, callOf } = setUp();
    assert.deepEqual(await policy.ofCall(callOf('inbound', '14155550188', { carrier: 'open' })), {
      name: 'trunk open',
      policy: 'allow',
    });
    assert.equal((await policy.ofCall(callOf('outbound', '14155550188', { carrier: 'shut' })))?.policy, 'decline');
    assert.equal(await policy.ofCall(callOf('outbound', '14155550188', { carrier: 'simulator' })), undefined);
    assert.equal(await policy.ofCall(callOf('inbound', '14155550188', {})), undefined, 'nobody known');
  });

  test('is said of endpoints by their account: to others of it unless it says something else', async () => {
    for (const [settings, expected] of [
      [{}, 'endpoints'],
      [{ endpointTransfers: 'allow' }, 'allow'],
      [{ endpointTransfers: 'decline' }, 'decline'],
    ] as const) {
      const { policy, callOf } = setUp(settings);
      const inbound = callOf('inbound', '14155550188', { username: 'ana' });
      const outbound = callOf('outbound', 'sip:ana@phone.plivo.com', { carrier: 'endpoint' });
      assert.deepEqual(await policy.ofCall(inbound), { name: 'endpoint ana', policy: expected });
      assert.deepEqual(await policy.ofCall(outbound), await policy.ofCall(inbound));
    }
  });

  test("is not so of another account's endpoint, nor of a SIP address elsewhere", async () => {
    const { policy, callOf } = setUp();
    assert.equal(await policy.ofCall(callOf('outbound', 'sip:eve@phone.plivo.com', { carrier: 'endpoint' })), undefined);
    // Also where a trunk has the name that such calls are noted with.
    assert.equal(await policy.ofCall(callOf('outbound', 'sip:ana@elsewhere.example', { carrier: 'open' })), undefined);
  });

  test('an endpoint that a call is passed on to is one of the account, or of the subaccount that owns the call', async () => {
    const { policy } = setUp();
    const main = { accountId: OWNER, ownerId: OWNER };
    const sub = { accountId: OWNER, ownerId: SUBACCOUNT };
    assert.deepEqual(await Promise.all(['ana', 'sub', 'eve', 'nobody'].map((name) => policy.isTheirs(name, main))), [
      true,
      true,
      false,
      false,
    ]);
    assert.deepEqual(await Promise.all(['ana', 'sub', 'eve'].map((name) => policy.isTheirs(name, sub))), [false, true, false]);
  });

  test('of who calls to take a place', async () => {
    const { policy } = setUp();
    const origins: readonly (readonly [IncomingCall['origin'], string | undefined])[] = [
      [{ kind: 'carrier', carrier: 'open' }, 'trunk open'],
      [{ kind: 'endpoint', endpointId: '1', username: 'ana', proof: 'digest' }, 'endpoint ana'],
      [{ kind: 'endpoint', endpointId: '1', username: 'eve', proof: 'digest' }, undefined],
      [{ kind: 'anonymous' }, undefined],
    ];
    for (const [origin, name] of origins) assert.equal((await policy.ofOrigin(origin, OWNER))?.name, name);
  });
});
