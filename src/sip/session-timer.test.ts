import assert from 'node:assert/strict';
import { it } from 'node:test';
import { formatSessionExpires, parseDeltaSeconds, parseRetryAfter, parseSessionExpires } from './session-timer.ts';

it('Session-Expires has an interval and perhaps a refresher', () => {
  assert.deepEqual(parseSessionExpires('1800;refresher=UAC'), { seconds: 1800, refresher: 'uac' });
  assert.deepEqual(parseSessionExpires('90 ; x=y'), { seconds: 90 });
  assert.deepEqual(parseSessionExpires('90;refresher=nobody'), { seconds: 90 });
  for (const value of ['', 'x', '-1', '90;', ';refresher=uac', '4294967296'])
    assert.equal(parseSessionExpires(value), undefined, value);
  assert.equal(formatSessionExpires({ seconds: 90, refresher: 'uas' }), '90;refresher=uas');
  assert.equal(formatSessionExpires({ seconds: 90 }), '90');
});

it('Min-SE and Expires are seconds', () => {
  assert.equal(parseDeltaSeconds('0090;x'), 90);
  assert.equal(parseDeltaSeconds('1e3'), undefined);
});

it('Retry-After may have a comment and parameters', () => {
  assert.equal(parseRetryAfter('120'), 120);
  assert.equal(parseRetryAfter('18000;duration=3600'), 18000);
  assert.equal(parseRetryAfter('120 (I am in a (long) meeting)'), 120);
  for (const value of ['', 'soon', '949302838503028349304023988', '12 x']) assert.equal(parseRetryAfter(value), undefined, value);
});
