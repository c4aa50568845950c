import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exampleAccount } from '../../testkit/example-account.ts';
import { inboundApplication } from '../../testkit/inbound-application.ts';
import { hangupCause } from './hangup-cause.ts';
import { InboundTargets } from './inbound-targets.ts';
import type { IncomingCall } from './leg-maker.ts';
import { refusedLeg } from './refused-leg.ts';

const PUBLIC = '10000000000000002';
const PRIVATE = '10000000000000001';

const account = exampleAccount();
const applications = [
  inboundApplication({ appId: PRIVATE, accountId: account.authId }),
  inboundApplication({ appId: PUBLIC, accountId: account.authId, publicUri: true }),
];
const targets = new InboundTargets({
  number: async () => undefined,
  account: async (authId) => (authId === account.authId ? account : undefined),
  application: async (appId) => applications.find((each) => each.appId === appId),
  endpoint: async () => undefined,
  defaultEndpointApplication: async () => undefined,
});

/** The application that a call from there to this user reaches. */
async function reached(origin: IncomingCall['origin'], to: string): Promise<string | undefined> {
  const target = await targets.find({
    from: '14155550123',
    callerName: '',
    to,
    sipTo: '',
    sourceIp: '192.0.2.2',
    headers: {},
    forwardedFrom: undefined,
    origin,
    leg: refusedLeg(hangupCause(1000, 'Caller')),
    refuse: () => undefined,
  });
  return target?.application?.appId;
}

test('an application is reached by its id: over a trunk any, by others one that is public', async () => {
  for (const [origin, ofPrivate] of [
    [{ kind: 'carrier', carrier: 'lab-trunk' }, PRIVATE],
    [{ kind: 'carrier', carrier: 'simulator' }, undefined],
    [{ kind: 'anonymous' }, undefined],
  ] as const) {
    assert.deepEqual([await reached(origin, PUBLIC), await reached(origin, PRIVATE)], [PUBLIC, ofPrivate], origin.kind);
    assert.equal(await reached(origin, '10000000000000009'), undefined);
  }
});

test('what has no more digits than a number is one', async () => {
  assert.equal(await reached({ kind: 'carrier', carrier: 'lab-trunk' }, '100000000000000'), undefined);
});
