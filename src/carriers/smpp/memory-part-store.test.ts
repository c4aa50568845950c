import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryPartStore } from './memory-part-store.ts';
import type { InboundPart } from './part-store.ts';

function part(number: number, changes: Partial<InboundPart> = {}): InboundPart {
  return {
    carrier: 'lab',
    link: 'lab#1',
    from: '1',
    to: '2',
    reference: 7,
    total: 3,
    part: number,
    dataCoding: 0,
    octets: Buffer.from(`part ${number}`),
    receivedAt: 1000,
    ...changes,
  };
}

describe('parts in memory', () => {
  it('completes a message when the last part is in, in whatever order', async () => {
    const store = new MemoryPartStore();
    assert.deepEqual(await store.put(part(3)), { kind: 'held', crowded: false });
    assert.deepEqual(await store.put(part(1)), { kind: 'held', crowded: false });
    const last = await store.put(part(2));
    assert.ok(last.kind === 'complete');
    assert.deepEqual(
      last.set.parts.map(({ part }) => part),
      [1, 2, 3],
    );
    assert.equal(store.size, 1, 'kept until handed over');
    await store.complete(last.set);
    assert.equal(store.size, 0);
  });

  it('counts a repeated part once, and knows it after the message is complete', async () => {
    const store = new MemoryPartStore();
    await store.put(part(1));
    await store.put(part(1));
    await store.put(part(2));
    const last = await store.put(part(3));
    assert.ok(last.kind === 'complete');
    const again = await store.put(part(3));
    assert.ok(again.kind === 'complete', 'not handed over yet, so it is to be tried again');
    await store.complete(last.set);
    assert.deepEqual(await store.put(part(3)), { kind: 'duplicate' });
    assert.equal(store.size, 0);
  });

  it('begins a new message when a reference comes round with other text', async () => {
    const store = new MemoryPartStore();
    await store.put(part(1));
    await store.put(part(1, { octets: Buffer.from('other') }));
    assert.equal(store.size, 2);
    await store.put(part(2));
    const last = await store.put(part(3));
    assert.ok(last.kind === 'complete');
    assert.equal(Buffer.from(last.set.parts[0]?.octets ?? []).toString(), 'other');
    await store.complete(last.set);
    const expired = await store.expire('lab', 1000 + 300_000);
    assert.deepEqual(
      expired.map(({ parts }) => parts.map(({ octets }) => Buffer.from(octets).toString())),
      [['part 1']],
    );
  });

  it('gives up waiting after its time, for its carrier only, until told that the rest was handed over', async () => {
    const store = new MemoryPartStore({ waitMs: 500 });
    await store.put(part(1));
    await store.put(part(2, { carrier: 'other' }));
    assert.deepEqual(await store.expire('lab', 1499), []);
    const [expired] = await store.expire('lab', 1500);
    assert.deepEqual(
      expired?.parts.map(({ part }) => part),
      [1],
    );
    assert.equal((await store.expire('lab', 1500)).length, 1);
    if (expired !== undefined) await store.complete(expired);
    assert.deepEqual(await store.expire('lab', 1500), []);
    assert.equal(store.size, 1);
  });

  it('says when it holds too much and gives the oldest away', async () => {
    const store = new MemoryPartStore({ mostWeight: 1000 });
    for (let reference = 0; reference < 10; reference++) await store.put(part(1, { reference }));
    assert.deepEqual(await store.put(part(2, { reference: 99 })), { kind: 'held', crowded: true });
    const sets = await store.expire('lab', 1000);
    assert.ok(sets.length > 0 && sets.length < 11);
    assert.equal(sets[0]?.parts[0]?.reference, 0);
  });
});
