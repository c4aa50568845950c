import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { countryOf, parseDestination, parseDestinations, parseDigits, sanitiseNumber } from './phone-number.ts';

const digitsOf = (input: string) => {
  const result = parseDestination(input);
  return result.ok ? result.number.digits : `invalid ${result.sanitised}`;
};

describe('a destination', () => {
  it('is taken with or without +, and with what people write between digits', () => {
    for (const input of ['14155550100', '+14155550100', '+1 (415) 555-0100', '1/415.555.0100', ' 1\t415 555 0100\n']) {
      assert.equal(digitsOf(input), '14155550100', input);
    }
  });

  it('may carry the prefix of a WhatsApp address', () => {
    assert.equal(digitsOf('whatsapp:+14155550123'), '14155550123');
  });

  it('is taken from the ranges reserved for fiction and documentation', () => {
    for (const input of ['14155550100', '12025550199', '15005550006', '447700900123', '61491570156', '12465550100']) {
      assert.equal(digitsOf(input), input);
    }
  });

  it('is refused when a letter, a sign or nothing is left', () => {
    assert.equal(digitsOf('12x'), 'invalid 12x');
    assert.equal(digitsOf('+1 415 CALL ME'), 'invalid 1415CALLME');
    assert.equal(digitsOf(''), 'invalid ');
    assert.equal(digitsOf('+'), 'invalid ');
    assert.equal(digitsOf('１４１５５５５０１００'), 'invalid １４１５５５５０１００');
  });

  it('is refused with a country code that does not exist, a trunk zero or an impossible length', () => {
    for (const input of ['999123456', '0014155550100', '4155550100', '1415555010', '141555501000', '1', '491511234567890']) {
      assert.equal(digitsOf(input), `invalid ${input}`);
    }
  });

  it('is refused without further work when it is longer than any number', () => {
    const result = parseDestination('1'.repeat(1_000_000));
    assert.ok(!result.ok && result.sanitised.length <= 64);
  });

  it('never fails on any text, and what is accepted is digits', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[0-9+<]{0,20}$/)), (input) => {
        const result = parseDestination(input);
        if (result.ok) assert.match(result.number.digits, /^[1-9][0-9]{3,13}$/);
        else assert.equal(result.sanitised, sanitiseNumber(input.slice(0, 64)));
      }),
    );
  });
});

describe('country and kind', () => {
  const cases: readonly [string, string | undefined, string][] = [
    ['14155550100', 'US', 'fixed_or_mobile'],
    ['14165550123', 'CA', 'fixed_or_mobile'],
    ['18335550100', 'US', 'toll_free'],
    ['447400123456', 'GB', 'mobile'],
    ['447700900123', 'GB', 'unknown'],
    ['447624123456', 'IM', 'mobile'],
    ['12465550100', 'BB', 'unknown'],
    ['919876543210', 'IN', 'mobile'],
    ['77012345678', 'KZ', 'mobile'],
    ['79161234567', 'RU', 'mobile'],
    ['15005550001', 'US', 'other'],
    ['883510000000', undefined, 'other'],
  ];
  for (const [digits, country, kind] of cases) {
    it(`${digits} is ${kind} in ${country ?? 'no country'}`, () => {
      const number = parseDigits(digits);
      assert.equal(number?.countryIso2, country);
      assert.equal(number?.kind, kind);
    });
  }

  it('of a North American number nobody has follows its area code', () => {
    assert.equal(countryOf('14161550100'), 'CA');
    assert.equal(countryOf('14151550100'), 'US');
    assert.equal(countryOf('19995550100'), 'US');
  });

  it('is the same from the cache', () => {
    assert.deepEqual(parseDigits('447400999999'), parseDigits('447400999999'));
    assert.deepEqual(parseDigits('12'), undefined);
    assert.deepEqual(parseDigits('12'), undefined);
  });
});

describe('destinations of one request', () => {
  it('are split, sanitised, checked and told apart once each, in the order given', () => {
    const { numbers, invalid } = parseDestinations('+14155550123<12x<1 415 555 0124<14155550123<12x<<');
    assert.deepEqual(
      numbers.map((number) => number.digits),
      ['14155550123', '14155550124'],
    );
    assert.deepEqual(invalid, ['12x']);
  });

  it('report what was nothing but punctuation as an invalid number', () => {
    assert.deepEqual(parseDestinations('14155550123<--').invalid, ['']);
  });
});
