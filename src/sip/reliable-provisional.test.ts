import assert from 'node:assert/strict';
import { it } from 'node:test';
import { formatRAck, parseRAck, parseRSeq } from './reliable-provisional.ts';

it('RAck names response and request', () => {
  const rack = { responseSequence: 776656, cseq: { sequence: 1, method: 'INVITE' } };
  assert.deepEqual(parseRAck('776656 1 INVITE'), rack);
  assert.deepEqual(parseRAck('776656   1 \t INVITE'), rack);
  assert.equal(formatRAck(rack), '776656 1 INVITE');
  for (const value of ['', '1', '1 2', '0 1 INVITE', '1 x INVITE', '4294967296 1 INVITE'])
    assert.equal(parseRAck(value), undefined, value);
});

it('RSeq is a number from 1', () => {
  assert.equal(parseRSeq('988789'), 988789);
  for (const value of ['0', '', 'x', '4294967296']) assert.equal(parseRSeq(value), undefined, value);
});
