import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GroupCommit, type GroupCommitOptions, QueueFullError } from './group-commit.ts';

/** A database that notes its transactions and refuses some values. */
class Writes {
  readonly batches: (readonly number[])[] = [];
  readonly committed: number[] = [];
  refused = new Set<number>();
  failure: Error | undefined;
  #held: (() => void)[] = [];
  hold = false;

  readonly write = async (entries: readonly number[]): Promise<readonly string[]> => {
    this.batches.push(entries);
    if (this.hold) await new Promise<void>((resolve) => this.#held.push(resolve));
    if (this.failure) throw this.failure;
    if (entries.some((entry) => this.refused.has(entry))) throw Object.assign(new Error('refused'), { code: '22021' });
    this.committed.push(...entries);
    return entries.map((entry) => `row ${entry}`);
  };

  get underWay(): number {
    return this.#held.length;
  }

  release(): void {
    this.hold = false;
    for (const resolve of this.#held.splice(0)) resolve();
  }
}

function commitOf(writes: Writes, options: Partial<GroupCommitOptions<number, string>> = {}) {
  return new GroupCommit<number, string>({ write: writes.write, maxBatch: 4, lanes: 1, maxWaiting: 100, ...options });
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('entries of one turn of the event loop share a transaction and get their own results', async () => {
  const writes = new Writes();
  const commit = commitOf(writes);
  assert.deepEqual(await Promise.all([1, 2, 3].map((entry) => commit.add(entry))), ['row 1', 'row 2', 'row 3']);
  assert.deepEqual(writes.batches, [[1, 2, 3]]);
});

test('what comes during a transaction goes together into the next, at most a batch, in order', async () => {
  const writes = new Writes();
  const commit = commitOf(writes);
  writes.hold = true;
  const all = [commit.add(1)];
  await turn();
  all.push(...[2, 3, 4, 5, 6, 7].map((entry) => commit.add(entry)));
  await turn();
  assert.equal(commit.waiting, 6);
  writes.release();
  await Promise.all(all);
  assert.deepEqual(writes.batches, [[1], [2, 3, 4, 5], [6, 7]]);
  assert.equal(commit.waiting, 0);
});

test('a second transaction runs beside the first, no third', async () => {
  const writes = new Writes();
  writes.hold = true;
  const commit = commitOf(writes, { lanes: 2 });
  const all = Array.from({ length: 12 }, (_, entry) => commit.add(entry));
  await turn();
  await turn();
  await turn();
  assert.equal(writes.underWay, 2);
  writes.release();
  await Promise.all(all);
  assert.deepEqual(
    writes.batches.map((batch) => batch.length),
    [4, 4, 4],
  );
});

test('an entry the database refuses fails alone', async () => {
  const writes = new Writes();
  writes.refused.add(3);
  const commit = commitOf(writes);
  const results = await Promise.allSettled([1, 2, 3, 4].map((entry) => commit.add(entry)));
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
  );
  assert.deepEqual(writes.committed, [1, 2, 4]);
});

test('what else counts as the fault of one entry is the owner’s to say', async () => {
  const writes = new Writes();
  class Unwanted extends Error {}
  const commit = commitOf(writes, {
    write: async (entries) => {
      if (entries.includes(2)) throw new Unwanted();
      return writes.write(entries);
    },
    isFaultOfEntry: (error) => error instanceof Unwanted,
  });
  const results = await Promise.allSettled([1, 2, 3].map((entry) => commit.add(entry)));
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
});

test('a database that is away fails the whole batch at once, and the next one is tried anew', async () => {
  const writes = new Writes();
  writes.failure = Object.assign(new Error('away'), { code: '57P01' });
  const commit = commitOf(writes);
  const results = await Promise.allSettled([1, 2].map((entry) => commit.add(entry)));
  assert.ok(results.every(({ status }) => status === 'rejected'));
  assert.equal(writes.batches.length, 1);
  writes.failure = undefined;
  assert.equal(await commit.add(3), 'row 3');
});

test('an entry without a result is told so', async () => {
  const commit = commitOf(new Writes(), { write: async () => [] });
  await assert.rejects(commit.add(1), /no result/);
});

test('beyond the limit entries are refused, and there is room again once they are written', async () => {
  const writes = new Writes();
  writes.hold = true;
  const commit = commitOf(writes, { maxWaiting: 3 });
  const all = [1, 2, 3].map((entry) => commit.add(entry));
  await assert.rejects(commit.add(4), QueueFullError);
  await turn();
  writes.release();
  await Promise.all(all);
  assert.equal(await commit.add(4), 'row 4');
});

test('entries of many rows are counted by their rows, one that is larger than a batch goes alone', async () => {
  const writes = new Writes();
  writes.hold = true;
  const commit = commitOf(writes, { sizeOf: (entry) => entry, maxWaiting: 20 });
  const first = commit.add(1);
  await turn();
  const all = [first, ...[2, 2, 9, 1, 3].map((entry) => commit.add(entry))];
  assert.equal(commit.waiting, 17);
  await assert.rejects(commit.add(4), QueueFullError);
  writes.release();
  await Promise.all(all);
  assert.deepEqual(writes.batches, [[1], [2, 2], [9], [1, 3]]);
});

test('an entry larger than everything that may wait is taken when nothing else waits', async () => {
  const commit = commitOf(new Writes(), { sizeOf: (entry) => entry, maxWaiting: 5 });
  assert.equal(await commit.add(50), 'row 50');
});

test('drain waits for what is written and what waits, whether it succeeds or fails', async () => {
  const writes = new Writes();
  writes.refused.add(2);
  const commit = commitOf(writes, { maxBatch: 1 });
  const results = Promise.allSettled([1, 2, 3].map((entry) => commit.add(entry)));
  await commit.drain();
  assert.equal(writes.batches.length, 3);
  await results;
  await commit.drain();
});
