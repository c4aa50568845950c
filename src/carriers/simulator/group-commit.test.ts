import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GroupCommit } from './group-commit.ts';

describe('GroupCommit', () => {
  it('writes what came in one turn, and what came during a write, together', async () => {
    const batches: number[][] = [];
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const commit = new GroupCommit<number>(100, async (items) => {
      batches.push([...items]);
      await gates[batches.length - 1]?.promise;
    });
    const first = [commit.add(1), commit.add(2)];
    await new Promise(setImmediate);
    const second = [commit.add(3), commit.add(4), commit.add(5)];
    gates[0]?.resolve();
    await Promise.all(first);
    gates[1]?.resolve();
    await Promise.all(second);
    assert.deepEqual(batches, [
      [1, 2],
      [3, 4, 5],
    ]);
  });

  it('keeps batches within their size', async () => {
    const sizes: number[] = [];
    const commit = new GroupCommit<number>(10, async (items) => void sizes.push(items.length));
    await Promise.all(Array.from({ length: 25 }, (_, index) => commit.add(index)));
    assert.deepEqual(sizes, [10, 10, 5]);
  });

  it('fails the batch that failed and no other', async () => {
    const commit = new GroupCommit<number>(1, async ([item]) => {
      if (item === 1) throw new Error('disk full');
    });
    const results = await Promise.allSettled([commit.add(1), commit.add(2)]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['rejected', 'fulfilled'],
    );
  });

  it('is drained when nothing is waiting', async () => {
    const commit = new GroupCommit<number>(1, async () => undefined);
    await commit.drained();
    void commit.add(1);
    void commit.add(2);
    await commit.drained();
  });
});
