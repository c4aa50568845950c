import assert from 'node:assert/strict';
import { it } from 'node:test';
import { getCountries } from 'libphonenumber-js/max';
import { alpha3Of } from './iso-alpha-3.ts';

it('has a code of its own for every country with a numbering plan', () => {
  const codes = getCountries().map((country) => {
    const code = alpha3Of(country);
    assert.match(String(code), /^[A-Z]{3}$/, country);
    return code;
  });
  assert.equal(new Set(codes).size, codes.length);
  assert.equal(alpha3Of('US'), 'USA');
  assert.equal(alpha3Of('XX'), undefined);
});
