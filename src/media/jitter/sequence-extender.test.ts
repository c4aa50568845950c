import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SequenceExtender } from './sequence-extender.ts';

/** What becomes of each number: how far it is from the first, or the verdict where it does not count on. */
function observed(...sequences: readonly number[]): (number | string)[] {
  const extender = new SequenceExtender();
  extender.observe(sequences[0] ?? 0);
  const first = extender.extended;
  return sequences.slice(1).map((sequence) => {
    const verdict = extender.observe(sequence);
    return verdict === 'ok' ? extender.extended - first : verdict;
  });
}

describe('extended sequence numbers', () => {
  it('count on over the wrap', () => {
    assert.deepEqual(observed(65534, 65535, 1, 2, 0), [1, 3, 4, 2]);
  });

  it('know late packets, also from before the first and the wrap', () => {
    assert.deepEqual(observed(0, 2, 1, 65535), [2, 1, -1]);
  });

  it('do not believe a single jump, and begin anew when the next packet follows it', () => {
    assert.deepEqual(observed(100, 101, 40000, 102, 40000, 40001), [1, 'suspect', 2, 'suspect', 'restarted']);
  });

  it('begin anew with another source', () => {
    const extender = new SequenceExtender();
    extender.observe(4);
    extender.restart();
    assert.equal(extender.observe(60000), 'restarted');
    assert.equal(extender.observe(60002), 'ok');
  });
});
