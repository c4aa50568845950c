import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseDigits } from '../phone-number.ts';
import { classOf, defaultPriorities, type NumberPriority, orderFor, withPriorities } from './powerpack.ts';
import { type ChoiceFacts, type PoolSender, RECOMMENDED_PER_DAY, SenderPool } from './sender-choice.ts';

const LOCAL = '14155550100'; // San Francisco
const LOCAL_TOO = '14155550101';
const STATE = '12135550100'; // Los Angeles
const COUNTRY = '12125550100'; // New York
const CANADIAN = '14165550100'; // Toronto
const TOLL_FREE = '18005550100';
const SHORT_CODE = '415550';

function sender(number: string, given: Partial<PoolSender> = {}): PoolSender {
  const type = given.type ?? (number.length < 7 ? 'shortcode' : /^18(00|88)/.test(number) ? 'tollfree' : 'local');
  return {
    number,
    accountId: 'MA',
    subaccountId: null,
    appId: null,
    countryIso: parseDigits(number)?.countryIso2 ?? 'US',
    type,
    smsEnabled: true,
    mmsEnabled: true,
    mms: true,
    senderClass: classOf(type),
    ...given,
  };
}

interface Situation extends Partial<Omit<ChoiceFacts, 'destination'>> {
  readonly to?: string;
  readonly localConnect?: boolean;
  readonly priorities?: readonly NumberPriority[];
}

function choose(senders: readonly PoolSender[], situation: Situation = {}) {
  const { to = '14155550123', localConnect = true, priorities = defaultPriorities, ...facts } = situation;
  const destination = parseDigits(to);
  assert.ok(destination, to);
  const choice = new SenderPool({ localConnect, priorities }, senders).choose({
    service: 'sms',
    sticky: undefined,
    turn: 0,
    sentToday: () => 0,
    standingOf: () => 'free',
    ...facts,
    destination,
  });
  return choice && [choice.sender.number, choice.reason];
}

const everything = [LOCAL, STATE, COUNTRY, CANADIAN, TOLL_FREE, SHORT_CODE].map((number) => sender(number));

describe('number priority', () => {
  const only = (...order: NumberPriority['order']) =>
    withPriorities(defaultPriorities, [{ service: 'sms', countryIso: 'US', order }]);

  it('takes the first class that has a number', () => {
    assert.equal(choose(everything)?.[0], SHORT_CODE);
    assert.equal(choose(everything.filter(({ number }) => number !== SHORT_CODE))?.[0], TOLL_FREE);
    assert.equal(choose(everything, { priorities: only('longcode', 'tollfree') })?.[0], LOCAL);
  });

  it('never uses a class that is not named', () => {
    assert.equal(choose([sender(TOLL_FREE), sender(SHORT_CODE)], { priorities: only('longcode') }), undefined);
  });

  it('is by service and by country of the destination', () => {
    const priorities = only('tollfree');
    assert.equal(choose(everything, { priorities })?.[0], TOLL_FREE);
    assert.equal(choose(everything, { priorities, to: '14165550123' })?.[0], CANADIAN);
    assert.equal(choose(everything, { priorities, service: 'mms' })?.[0], SHORT_CODE);
    assert.deepEqual(orderFor({ priorities }, 'sms', 'GB'), ['longcode', 'tollfree', 'shortcode']);
  });
});

describe('local connect', () => {
  const longCodes = [LOCAL, STATE, COUNTRY, CANADIAN].map((number) => sender(number));
  const without = (...numbers: string[]) => longCodes.filter(({ number }) => !numbers.includes(number));

  it('goes from the area code to the state, the country and the neighbour', () => {
    assert.deepEqual(choose(longCodes), [LOCAL, 'same area code']);
    assert.deepEqual(choose(without(LOCAL)), [STATE, 'same state']);
    assert.deepEqual(choose(without(LOCAL, STATE)), [COUNTRY, 'same country']);
    assert.deepEqual(choose(without(LOCAL, STATE, COUNTRY)), [CANADIAN, 'neighbouring country']);
    assert.deepEqual(choose(longCodes, { to: '14165550123' }), [CANADIAN, 'same area code']);
  });

  it('takes a number of the country elsewhere, and any when there is none', () => {
    const british = sender('447400123456', { type: 'mobile' });
    assert.deepEqual(choose([...longCodes, british], { to: '447400123999' }), ['447400123456', 'same country']);
    assert.equal(choose(longCodes, { to: '447400123999' })?.[1], 'turn of the pool');
  });

  it('is a matter of turns when it is switched off', () => {
    const chosen = [0, 1, 2, 3, 4].map((turn) => choose(longCodes, { localConnect: false, turn })?.[0]);
    assert.deepEqual(chosen, [LOCAL, STATE, COUNTRY, CANADIAN, LOCAL]);
  });
});

describe('turns and volume', () => {
  const pair = [sender(LOCAL), sender(LOCAL_TOO)];

  it('spreads messages over the numbers of a tier', () => {
    assert.deepEqual(
      [1, 2, 3, 4].map((turn) => choose(pair, { turn })?.[0]),
      [LOCAL_TOO, LOCAL, LOCAL_TOO, LOCAL],
    );
  });

  it('passes over a long code that has had its day, for one farther away too', () => {
    const sentToday = (number: string) => (number === LOCAL ? RECOMMENDED_PER_DAY : 0);
    assert.equal(choose(pair, { sentToday })?.[0], LOCAL_TOO);
    assert.equal(choose([sender(LOCAL), sender(COUNTRY)], { sentToday })?.[0], COUNTRY);
  });

  it('goes on with long codes that had theirs when there is nothing else', () => {
    assert.equal(choose(pair, { sentToday: () => RECOMMENDED_PER_DAY })?.[0], LOCAL);
  });
});

describe('sticky sender', () => {
  it('is kept against priority and volume', () => {
    const sentToday = () => RECOMMENDED_PER_DAY;
    assert.deepEqual(choose(everything, { sticky: COUNTRY, sentToday }), [COUNTRY, 'sticky sender']);
  });

  it('is passed over when it has left the pool or cannot send this message', () => {
    assert.equal(choose([sender(LOCAL)], { sticky: COUNTRY })?.[0], LOCAL);
    assert.equal(choose([sender(LOCAL), sender(COUNTRY, { mms: false })], { sticky: COUNTRY, service: 'mms' })?.[0], LOCAL);
  });
});

describe('ability', () => {
  it('sends MMS only from numbers of the pool that are there for it, and to North America', () => {
    assert.equal(choose([sender(LOCAL, { mms: false }), sender(COUNTRY)], { service: 'mms' })?.[0], COUNTRY);
    assert.equal(choose([sender(LOCAL, { mmsEnabled: false })], { service: 'mms' }), undefined);
    assert.equal(choose([sender(LOCAL)], { service: 'mms', to: '447400123999' }), undefined);
  });

  it('keeps short codes and US toll-free numbers in their countries', () => {
    assert.equal(choose([sender(SHORT_CODE)], { to: '14165550123' }), undefined);
    assert.equal(choose([sender(TOLL_FREE)], { to: '14165550123' }), undefined);
    assert.equal(choose([sender(SHORT_CODE)], { to: '447400123999' }), undefined);
  });

  it('never sends a number to itself', () => {
    assert.equal(choose([sender(LOCAL)], { to: LOCAL }), undefined);
    assert.equal(choose([sender(LOCAL), sender(COUNTRY)], { to: LOCAL })?.[0], COUNTRY);
  });
});

describe('registration', () => {
  it('prefers numbers with a campaign, also from farther away, and uses others when there are none', () => {
    const unregistered = sender(LOCAL, { isRegistered: false });
    assert.equal(choose([unregistered, sender(COUNTRY, { isRegistered: true })])?.[0], COUNTRY);
    assert.equal(choose([unregistered])?.[0], LOCAL);
  });

  it('asks no campaign of messages to Canada', () => {
    const toronto = sender('14165550100', { isRegistered: undefined });
    const unregistered = sender(LOCAL, { isRegistered: false });
    assert.equal(choose([unregistered, toronto], { to: '14165550123' })?.[0], '14165550100');
    assert.equal(choose([unregistered, sender(COUNTRY, { isRegistered: true })], { to: '14165550123' })?.[0], LOCAL);
  });

  it('never uses what the operator refuses', () => {
    const standingOf: ChoiceFacts['standingOf'] = (number, country) =>
      number.number === LOCAL && country === 'US' ? 'refused' : 'free';
    assert.equal(choose([sender(LOCAL), sender(COUNTRY)], { standingOf, sticky: LOCAL })?.[0], COUNTRY);
    assert.equal(choose([sender(LOCAL)], { standingOf }), undefined);
  });
});

it('chooses a member of the pool that may send, whatever the pool and the turn', () => {
  const numbers = [LOCAL, LOCAL_TOO, STATE, COUNTRY, CANADIAN, TOLL_FREE, SHORT_CODE, '447400123456'];
  fc.assert(
    fc.property(
      fc.subarray(numbers),
      fc.constantFrom('14155550123', '14165550123', '447400123999', LOCAL),
      fc.nat(1_000_000),
      fc.boolean(),
      fc.option(fc.constantFrom(...numbers), { nil: undefined }),
      (members, to, turn, localConnect, sticky) => {
        const choice = choose(
          members.map((number) => sender(number)),
          { to, turn, localConnect, sticky },
        );
        const number = choice?.[0];
        if (number === undefined) return;
        assert.ok(members.includes(number) && number !== to);
        if (sticky === number) assert.equal(choice?.[1], 'sticky sender');
      },
    ),
  );
});
