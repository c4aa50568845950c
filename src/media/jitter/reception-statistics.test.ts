import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ReceptionStatistics } from './reception-statistics.ts';

function observed(...sequences: readonly number[]): ReceptionStatistics {
  const statistics = new ReceptionStatistics(8000);
  for (const sequence of sequences) statistics.observe(sequence);
  return statistics;
}

describe('reception statistics', () => {
  it('counts what is missing', () => {
    const statistics = observed(10, 11, 14, 15);
    assert.equal(statistics.received, 4);
    assert.equal(statistics.lost, 2);
  });

  it('counts on over the wrap of the sequence number', () => {
    const statistics = observed(65534, 65535, 1, 2);
    assert.equal(statistics.lost, 1);
    assert.equal(statistics.report().highestSequence, 65536 + 2);
  });

  it('takes a late packet for the missing one', () => {
    const statistics = observed(0, 2, 1, 65535);
    assert.equal(statistics.lost, 0);
    assert.equal(statistics.report().highestSequence, 2);
  });

  it('does not believe a single jump, and counts anew when the next packet follows it', () => {
    const statistics = observed(100, 101);
    assert.equal(statistics.observe(40000), 'suspect');
    assert.equal(statistics.observe(102), 'ok');
    assert.equal(statistics.observe(40000), 'suspect');
    assert.equal(statistics.observe(40001), 'restarted');
    assert.equal(statistics.observe(40003), 'ok');
    assert.equal(statistics.lost, 1);
  });

  it('reports the share lost since the last report in 1/256', () => {
    const statistics = observed(1, 2, 3, 5, 6, 7, 9, 10);
    assert.deepEqual(statistics.report(), { fractionLost: 51, cumulativeLost: 2, highestSequence: 10, jitter: 0 });
    for (const sequence of [11, 12, 13, 14]) statistics.observe(sequence);
    assert.deepEqual(statistics.report(), { fractionLost: 0, cumulativeLost: 2, highestSequence: 14, jitter: 0 });
    assert.equal(statistics.report().fractionLost, 0);
  });

  it('goes on counting when the source changes', () => {
    const statistics = observed(1, 2, 4);
    statistics.restart();
    assert.equal(statistics.observe(60000), 'restarted');
    statistics.observe(60002);
    assert.equal(statistics.lost, 2);
    assert.equal(statistics.received, 5);
  });

  it('measures jitter as RFC 3550: a sixteenth of each difference of transit times', () => {
    const statistics = new ReceptionStatistics(8000);
    statistics.observeTiming(0, 1000);
    statistics.observeTiming(160, 1020);
    assert.equal(statistics.jitterMs, 0);
    statistics.observeTiming(320, 1056);
    assert.equal(statistics.jitterMs, 1);
    statistics.observeTiming(480, 1060);
    assert.equal(statistics.jitterMs, 1 + 15 / 16);
    assert.equal(statistics.report().jitter, 16);
  });

  it('does not take a jump of the timestamp for jitter', () => {
    const statistics = new ReceptionStatistics(8000);
    statistics.observeTiming(0, 1000);
    statistics.observeTiming(3_000_000, 1020);
    statistics.observeTiming(3_000_160, 1040);
    assert.equal(statistics.jitterMs, 0);
  });
});
