import assert from 'node:assert/strict';
import { it } from 'node:test';
import { formatCSeq, parseCSeq } from './cseq.ts';

it('CSeq is a number of 32 bits and a method', () => {
  assert.deepEqual(parseCSeq('4711 INVITE'), { sequence: 4711, method: 'INVITE' });
  assert.deepEqual(parseCSeq('0009 \t INVITE'), { sequence: 9, method: 'INVITE' });
  assert.deepEqual(parseCSeq('4294967295 ACK'), { sequence: 4294967295, method: 'ACK' });
  assert.equal(formatCSeq({ sequence: 9, method: 'BYE' }), '9 BYE');
});

it('CSeq is refused when malformed or out of range', () => {
  for (const value of ['', '1', 'INVITE', '1INVITE', '4294967296 INVITE', '-1 INVITE', '1 IN VITE', '1 IN,VITE', '1.0 INVITE']) {
    assert.equal(parseCSeq(value), undefined, value);
  }
});
