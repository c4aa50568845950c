import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { areaCodeOf, regionOfAreaCode } from './area-codes.ts';

it('tells area code and state of North American numbers', () => {
  assert.equal(areaCodeOf('14155550100'), '415');
  assert.equal(areaCodeOf('447400123456'), undefined);
  assert.equal(areaCodeOf('1415555010'), undefined);
  assert.equal(regionOfAreaCode('415'), 'US-CA');
  assert.equal(regionOfAreaCode('416'), 'CA-ON');
  assert.equal(regionOfAreaCode('800'), undefined);
});

it('has every area code in the country that the numbering plan has it in', () => {
  for (let code = 200; code < 1000; code++) {
    const region = regionOfAreaCode(String(code));
    if (region === undefined) continue;
    const country = parsePhoneNumberFromString(`+1${code}2345678`)?.country;
    // Newer codes than the library knows have no country there.
    if (country !== undefined) assert.equal(region.slice(0, 2), country, String(code));
  }
});
