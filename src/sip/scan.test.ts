import assert from 'node:assert/strict';
import { it } from 'node:test';
import { codes, isToken, parseDecimal, quote, splitOutside, trimBlanks, unquote } from './scan.ts';

it('a token has letters, digits and a few marks', () => {
  for (const text of ['INVITE', "-.!%*_+`'~", '100rel']) assert.ok(isToken(text), text);
  for (const text of ['', 'a b', 'a:b', 'a@b', 'ü', 'a\0']) assert.ok(!isToken(text), text);
});

it('blanks are spaces and tabs only', () => assert.equal(trimBlanks(' \t\u00a0a\v \t'), '\u00a0a\v'));

it('a separator in quotes or angle brackets separates nothing', () => {
  assert.deepEqual(splitOutside('a, "b,\\",c" <d,e>,,f', codes.comma), ['a', '"b,\\",c" <d,e>', '', 'f']);
  assert.deepEqual(splitOutside('a,"b,c', codes.comma), ['a', '"b,c'], 'what does not close belongs together');
  assert.deepEqual(splitOutside('a,<b,c', codes.comma), ['a', '<b,c']);
});

it('quoting and unquoting are inverse', () => {
  for (const text of ['', 'a', 'a "b" \\ c', '\u{1f4de}']) assert.equal(unquote(quote(text)), text);
  assert.equal(unquote('"\\a\\\\"'), 'a\\');
});

it('numbers have digits only and a limit', () => {
  assert.equal(parseDecimal('0042', 100), 42);
  assert.equal(parseDecimal('100', 100), 100);
  for (const text of ['', '101', '-1', '+1', '1.0', '1e1', ' 1', '0x1', '99999999999'])
    assert.equal(parseDecimal(text, 100), undefined, text);
});
