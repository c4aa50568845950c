import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { exampleAccount } from '../../testkit/example-account.ts';
import { exampleNumber } from '../../testkit/example-number.ts';
import { inboundApplication } from '../../testkit/inbound-application.ts';
import type { NumberFacts } from '../numbers/number-directory.ts';
import { InboundTargets } from './inbound-targets.ts';
import type { IncomingCall } from './leg-maker.ts';

const CALLED = '14155550188';
const CALLER = '12125550123';
const account = exampleAccount();

const number = (more: Partial<NumberFacts>): NumberFacts => exampleNumber({ number: CALLED, accountId: account.authId, ...more });

/** Where a call leads, when the called number is like this and these numbers are of this installation. */
const nameOf = async (...args: Parameters<typeof targetOf>) => (await targetOf(...args))?.cnam;

async function targetOf(called: Partial<NumberFacts>, from = CALLER, known: Readonly<Record<string, string>> = {}, to = CALLED) {
  const targets = new InboundTargets({
    number: async (digits) => {
      if (digits === CALLED) return number(called);
      const callerName = known[digits];
      return callerName === undefined ? undefined : number({ number: digits, callerName });
    },
    account: async () => account,
    application: async () => inboundApplication({ accountId: account.authId }),
    endpoint: async () => undefined,
    defaultEndpointApplication: async () => undefined,
  });
  const incoming: IncomingCall = {
    from,
    callerName: 'Ana Lopez',
    to,
    sipTo: '',
    sourceIp: '192.0.2.2',
    headers: {},
    forwardedFrom: undefined,
    origin: { kind: 'carrier', carrier: 'first' },
    leg: () => {
      throw new Error('nobody answers');
    },
    refuse: () => undefined,
  };
  return targets.find(incoming);
}

describe('the name of a caller', () => {
  it('is looked up where the number wants it: what its carrier says', async () => {
    assert.equal(await nameOf({ looksUpCallers: true }), 'Ana Lopez');
    assert.equal(await nameOf({}), undefined);
  });

  it('is, of a number of this installation, what its owner has set', async () => {
    assert.equal(await nameOf({ looksUpCallers: true }, CALLER, { [CALLER]: 'ACME' }), 'ACME');
  });

  it('says in the target whether it was looked up, of calls to numbers', async () => {
    assert.equal((await targetOf({ looksUpCallers: true }))?.cnamLookup, 'enabled');
    assert.equal((await targetOf({ looksUpCallers: true }, '442071830406'))?.cnamLookup, 'disabled');
    assert.equal((await targetOf({}))?.cnamLookup, 'disabled');
    const byId = await targetOf({ looksUpCallers: true }, CALLER, {}, '10000000000000001');
    assert.ok(byId?.application);
    assert.equal(byId.cnamLookup, undefined);
  });

  it('is looked up of numbers of North America alone', async () => {
    assert.equal(await nameOf({ looksUpCallers: true }, '442071830406'), undefined);
    assert.equal(await nameOf({ looksUpCallers: true }, 'sip:ana@example.com'), undefined);
  });
});
