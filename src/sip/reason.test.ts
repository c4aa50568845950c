import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseReason } from './reason.ts';

it('Reason has a protocol, a cause and a text', () => {
  const reason = { protocol: 'Q.850', cause: 16, text: 'Normal "clearing"; done' };
  assert.deepEqual(parseReason('Q.850 ;cause=16 ;text="Normal \\"clearing\\"; done"'), reason);
  assert.deepEqual(parseReason('SIP'), { protocol: 'SIP' });
  assert.deepEqual(parseReason('SIP;cause=busy'), { protocol: 'SIP' });
  for (const value of ['', ';cause=1', 'S P;cause=1', 'SIP;', 'SIP;text="x']) assert.equal(parseReason(value), undefined, value);
});
