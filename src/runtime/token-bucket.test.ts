import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { TokenBucket, unlimited } from './token-bucket.ts';

describe('a token bucket', () => {
  it('lets the burst go at once and then one each interval', () => {
    const bucket = new TokenBucket({ ratePerSecond: 2, burst: 3 });
    assert.deepEqual(
      [0, 0, 0, 0].map((now) => bucket.tryTake(now)),
      [true, true, true, false],
    );
    assert.equal(bucket.tryTake(499), false);
    assert.equal(bucket.tryTake(500), true);
    assert.equal(bucket.tryTake(500), false);
  });

  it('takes rates below one a second', () => {
    const bucket = new TokenBucket({ ratePerSecond: 0.25, burst: 1 });
    assert.equal(bucket.tryTake(1000), true);
    assert.equal(bucket.tryTake(4999), false);
    assert.ok(Math.abs(bucket.readyAt - 5000) < 0.001);
    assert.equal(bucket.tryTake(5000), true);
  });

  it('saves up no more than the burst', () => {
    const bucket = new TokenBucket({ ratePerSecond: 10, burst: 2 });
    bucket.tryTake(0);
    assert.deepEqual(
      [1e6, 1e6, 1e6].map((now) => bucket.tryTake(now)),
      [true, true, false],
    );
  });

  it('takes a token back', () => {
    const bucket = new TokenBucket({ ratePerSecond: 1, burst: 1 });
    assert.equal(bucket.tryTake(0), true);
    assert.equal(bucket.tryTake(0), false);
    bucket.giveBack();
    assert.equal(bucket.tryTake(0), true);
  });

  it('never refuses when it is unlimited', () => {
    const bucket = new TokenBucket(unlimited);
    for (let count = 0; count < 1000; count++) assert.equal(bucket.tryTake(0), true);
    assert.ok(bucket.fullAt <= 0);
  });

  it('keeps to burst + rate × time over any stretch, and wastes nothing', () => {
    const limits = fc.record({
      ratePerSecond: fc.double({ min: 0.1, max: 50, noNaN: true }),
      burst: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(limits, fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 }), (limit, gaps) => {
        const bucket = new TokenBucket(limit);
        const taken: number[] = [];
        let now = 0;
        for (const gap of gaps) {
          now += gap;
          if (bucket.tryTake(now)) taken.push(now);
          else assert.ok(bucket.readyAt > now);
        }
        for (let first = 0; first < taken.length; first++) {
          const from = taken[first] ?? 0;
          const inStretch = taken.length - first;
          const stretch = (taken.at(-1) ?? 0) - from;
          assert.ok(inStretch <= limit.burst + (limit.ratePerSecond * stretch) / 1000 + 1e-6);
        }
      }),
    );
  });

  it('tells how many tokens are there, and may be overdrawn by what goes together', () => {
    const bucket = new TokenBucket({ ratePerSecond: 10, burst: 2.5 });
    assert.equal(bucket.available(0), 2);
    bucket.take(0, 5);
    assert.equal(bucket.available(0), 0);
    assert.ok(Math.abs(bucket.readyAt - 350) < 0.001);
    assert.deepEqual(
      [349, 350, 450].map((now) => bucket.available(now)),
      [0, 1, 2],
    );
    assert.equal(bucket.available(10_000), 2);
    assert.equal(new TokenBucket(unlimited).available(0), Number.POSITIVE_INFINITY);
  });

  it('takes on another limit', () => {
    const bucket = new TokenBucket({ ratePerSecond: 1, burst: 1 });
    bucket.tryTake(0);
    bucket.limit = { ratePerSecond: 10, burst: 2 };
    assert.equal(bucket.available(900), 1);
    bucket.limit = unlimited;
    assert.equal(bucket.tryTake(1_000), true);
    assert.ok(bucket.fullAt <= 1_000);
  });

  it('refuses limits that mean nothing', () => {
    for (const limit of [
      { ratePerSecond: 0, burst: 1 },
      { ratePerSecond: -1, burst: 1 },
      { ratePerSecond: Number.NaN, burst: 1 },
      { ratePerSecond: 1, burst: 0 },
      { ratePerSecond: 1, burst: Number.POSITIVE_INFINITY },
    ]) {
      assert.throws(() => new TokenBucket(limit), RangeError);
    }
  });
});
