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

/** The name that is looked up for a call, when the called number is like this and these numbers are of this installation. */
async function nameOf(called: Partial<NumberFacts>, from = CALLER, known: Readonly<Record<string, string>> = {}) {
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
    to: CALLED,
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
  return (await targets.find(incoming))?.cnam;
}

describe('the name of a caller', () => {
  it('is looked up where the number wants it: what its carrier says', async () => {
    assert.equal(await nameOf({ looksUpCallers: true }), 'Ana Lopez');
    assert.equal(await nameOf({}), undefined);
  });

  it('is, of a number of this installation, what its owner has set', async () => {
    assert.equal(await nameOf({ looksUpCallers: true }, CALLER, { [CALLER]: 'ACME' }), 'ACME');
  });

  it('is looked up of numbers of North America alone', async () => {
    assert.equal(await nameOf({ looksUpCallers: true }, '442071830406'), undefined);
    assert.equal(await nameOf({ looksUpCallers: true }, 'sip:ana@example.com'), undefined);
  });
});
