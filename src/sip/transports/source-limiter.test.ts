import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../../../testkit/virtual-clock.ts';
import { SourceLimiter } from './source-limiter.ts';

describe('limit of one source', () => {
  it('lets a burst through, then the steady rate, whatever other sources do', async () => {
    const clock = new VirtualClock();
    const limiter = new SourceLimiter(clock, { perSecond: 10, burst: 3, mostSources: 100 });
    const admitted = (count: number) => Array.from({ length: count }, () => limiter.admit('192.0.2.1')).filter(Boolean).length;
    assert.equal(admitted(10), 3);
    await clock.advance(100);
    assert.equal(admitted(10), 1);
    assert.equal(limiter.admit('192.0.2.2'), true);
    await clock.advance(60_000);
    assert.equal(admitted(10), 3);
  });

  it('remembers a bounded number of sources and forgets the most silent one first', () => {
    const limiter = new SourceLimiter(new VirtualClock(), { perSecond: 1, burst: 1, mostSources: 2 });
    assert.equal(limiter.admit('a'), true);
    assert.equal(limiter.admit('b'), true);
    assert.equal(limiter.admit('a'), false);
    assert.equal(limiter.admit('c'), true, 'b is forgotten');
    assert.equal(limiter.sources, 2);
    assert.equal(limiter.admit('a'), false, 'a was in use');
  });
});
