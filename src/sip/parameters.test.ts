import assert from 'node:assert/strict';
import { it } from 'node:test';
import { formatParameters, parseParameters } from './parameters.ts';

it('parameters are read with blanks, quotes and flags', () => {
  assert.deepEqual(
    [...(parseParameters(';A = 1 ; b="x;\\"y\\"" ;c') ?? [])],
    [
      ['a', '1'],
      ['b', 'x;"y"'],
      ['c', ''],
    ],
  );
  assert.equal(parseParameters('')?.size, 0);
});

it('the first of two parameters of one name counts', () => assert.equal(parseParameters(';tag=1;TAG=2')?.get('tag'), '1'));

it('malformed parameters are refused', () => {
  for (const text of ['a', ';', ';;a', ';a=', ';=b', ';a b', ';a=b c', ';a="b', ';a="b"c', ';a=b"c"', ';a,b', ';a=b,c']) {
    assert.equal(parseParameters(text), undefined, text);
  }
});

it('values are quoted where they must be', () => {
  const parameters = new Map([
    ['lr', ''],
    ['received', '2001:db8::1'],
    ['text', 'a "b"'],
  ]);
  assert.equal(formatParameters(parameters), ';lr;received=2001:db8::1;text="a \\"b\\""');
});
