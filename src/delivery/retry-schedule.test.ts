import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { messagingPolicy, nextDelayMs, splitFragment, voicePolicy } from './retry-schedule.ts';

describe('messaging schedule', () => {
  it('repeats after 60, 120 and 240 seconds, whatever went wrong', () => {
    for (const failure of ['connect', 'response', 'partial', '3xx', '4xx', '5xx'] as const) {
      const delays = [1, 2, 3, 4].map((attempts) => nextDelayMs(messagingPolicy, attempts, failure, 0));
      assert.deepEqual(delays, [60_000, 120_000, 240_000, null]);
    }
  });

  it('never repeats a request to a refused target', () => {
    assert.equal(nextDelayMs(messagingPolicy, 1, 'refused', 0), null);
  });
});

it('a failure of our own is always retried, and not at once', () => {
  assert.equal(nextDelayMs(messagingPolicy, 1, 'local', 0), 60_000);
  assert.equal(nextDelayMs(messagingPolicy, 4, 'local', 0), null);
  assert.equal(nextDelayMs(voicePolicy('https://a/'), 1, 'local', 0), 5_000);
});

describe('voice fragment', () => {
  const url = (fragment: string) => `https://ivr.example.net/answer?a=1#${fragment}`;

  it('is split off the URL', () => {
    assert.deepEqual(splitFragment(url('ct=1')), { url: 'https://ivr.example.net/answer?a=1', fragment: 'ct=1' });
    assert.deepEqual(splitFragment('https://a/'), { url: 'https://a/', fragment: '' });
  });

  it('has defaults', () => {
    for (const fragment of ['', 'nonsense', 'ct=&rt=x&tt=-1&rc=1.5&rp=&er=moon']) {
      const policy = voicePolicy(url(fragment));
      assert.equal(policy.connectTimeoutMs, 2_000);
      assert.equal(policy.readTimeoutMs, 40_000);
      assert.equal(policy.totalTimeoutMs, 55_000);
      assert.deepEqual(policy.retryDelaysMs, [0]);
      assert.deepEqual([...policy.retryOn].sort(), ['connect', 'response']);
      assert.equal(policy.egress, 'nearest');
    }
  });

  it('sets every value', () => {
    const policy = voicePolicy(url('ct=500&rt=5000&tt=30000&rc=2&rp=ct,5xx&er=mumbai'));
    assert.equal(policy.connectTimeoutMs, 500);
    assert.equal(policy.readTimeoutMs, 5_000);
    assert.equal(policy.totalTimeoutMs, 30_000);
    assert.equal(policy.attemptTimeoutMs, 30_000);
    assert.deepEqual(policy.retryDelaysMs, [0, 0]);
    assert.deepEqual([...policy.retryOn].sort(), ['5xx', 'connect']);
    assert.equal(policy.egress, 'mumbai');
  });

  it('takes the default for values outside their bounds', () => {
    const of = (fragment: string) => voicePolicy(url(fragment));
    assert.deepEqual([of('ct=99').connectTimeoutMs, of('ct=10001').connectTimeoutMs], [2_000, 2_000]);
    assert.deepEqual([of('ct=100').connectTimeoutMs, of('ct=10000').connectTimeoutMs], [100, 10_000]);
    assert.deepEqual(
      [of('rt=100').readTimeoutMs, of('rt=40000').readTimeoutMs, of('rt=40001').readTimeoutMs],
      [100, 40_000, 40_000],
    );
    assert.deepEqual(
      [of('tt=99').totalTimeoutMs, of('tt=55001').totalTimeoutMs, of('tt=100').totalTimeoutMs],
      [55_000, 55_000, 100],
    );
    assert.deepEqual(
      [of('rc=0').retryDelaysMs.length, of('rc=5').retryDelaysMs.length, of('rc=6').retryDelaysMs.length],
      [0, 5, 1],
    );
  });

  it('repeats everything but partial answers with rp=all', () => {
    const policy = voicePolicy(url('rp=all'));
    for (const failure of ['connect', 'response', '3xx', '4xx', '5xx'] as const)
      assert.equal(nextDelayMs(policy, 1, failure, 0), 0);
    assert.equal(nextDelayMs(policy, 1, 'partial', 0), null);
  });

  it('does not repeat 4xx and 5xx by default, nor beyond the total time', () => {
    assert.equal(nextDelayMs(voicePolicy(url('')), 1, '4xx', 0), null);
    assert.equal(nextDelayMs(voicePolicy(url('')), 1, '5xx', 0), null);
    assert.equal(nextDelayMs(voicePolicy(url('')), 1, 'response', 54_999), 0);
    assert.equal(nextDelayMs(voicePolicy(url('')), 1, 'response', 55_000), null);
  });
});
