import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { actAfter, answerSessionTimer, readSessionTimer } from './session-refresh.ts';

const policy = { expires: 1800, min: 90 };

describe('session refresh', () => {
  it('refuse an interval below the smallest with what would be enough', () => {
    assert.deepEqual(answerSessionTimer(policy, { sessionExpires: '60', minSe: undefined, supportsTimer: true }), {
      kind: 'too small',
      minSe: 90,
    });
  });

  it('leave the refreshing to whom the caller names, and to the callee when the caller cannot', () => {
    const named = answerSessionTimer(policy, { sessionExpires: '600;refresher=uac', minSe: '120', supportsTimer: true });
    assert.deepEqual(named, {
      kind: 'timer',
      timer: { expires: 600, isRefresher: false },
      header: { seconds: 600, refresher: 'uac' },
      requireTimer: true,
    });
    const byProxy = answerSessionTimer(policy, { sessionExpires: '600', minSe: undefined, supportsTimer: false });
    assert.ok(byProxy.kind === 'timer' && byProxy.timer.isRefresher && !byProxy.requireTimer);
    assert.deepEqual(answerSessionTimer(policy, { sessionExpires: undefined, minSe: undefined, supportsTimer: false }), {
      kind: 'none',
    });
  });

  it('never goes below the Min-SE of the request', () => {
    const verdict = answerSessionTimer(policy, { sessionExpires: '5000', minSe: '3000', supportsTimer: true });
    assert.ok(verdict.kind === 'timer');
    assert.equal(verdict.timer.expires, 3000);
  });

  it('refresh at half of the interval and give up shortly before its end', () => {
    assert.deepEqual(readSessionTimer('200;refresher=uac'), { expires: 200, isRefresher: true });
    assert.equal(readSessionTimer(undefined), undefined);
    assert.equal(actAfter({ expires: 200, isRefresher: true }), 100);
    assert.equal(actAfter({ expires: 200, isRefresher: false }), 168);
    assert.equal(actAfter({ expires: 90, isRefresher: false }), 60);
  });
});
