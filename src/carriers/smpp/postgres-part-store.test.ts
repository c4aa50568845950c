import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createTestDatabase, type TestDatabase } from '../../../testkit/test-database.ts';
import type { InboundPart, PartSet } from './part-store.ts';
import { PostgresPartStore } from './postgres-part-store.ts';

let database: TestDatabase;
let store: PostgresPartStore;
before(async () => {
  database = await createTestDatabase();
});
after(() => database.close());
beforeEach(async () => {
  await database.storage.pool.query('truncate inbound_parts, inbound_parts_done');
  store = new PostgresPartStore(database.storage.pool);
});

const T0 = Date.UTC(2026, 0, 12);
const MINUTE = 60_000;

const part = (number: number, change: Partial<InboundPart> = {}): InboundPart => ({
  carrier: 'lab',
  link: 'lab#1',
  from: '14155550123',
  to: '14155550100',
  reference: 7,
  total: 3,
  part: number,
  dataCoding: 8,
  octets: Uint8Array.from([number, 0, 0xff]),
  receivedAt: T0,
  ...change,
});
const numbers = (set: PartSet | undefined) => set?.parts.map((one) => one.part);

async function whole(...parts: InboundPart[]): Promise<PartSet> {
  for (const one of parts) {
    const outcome = await store.put(one);
    if (outcome.kind === 'complete') return outcome.set;
  }
  throw new Error('the message is not complete');
}

test('parts in any order make a message, as they came, with the last one', async () => {
  assert.deepEqual(await store.put(part(3)), { kind: 'held', crowded: false });
  assert.deepEqual(await store.put(part(1)), { kind: 'held', crowded: false });
  const outcome = await store.put(part(2, { link: 'lab#2', receivedAt: T0 + 5 }));
  assert.equal(outcome.kind, 'complete');
  assert.deepEqual(
    outcome.kind === 'complete' && outcome.set.parts.map((one) => ({ ...one, octets: Uint8Array.from(one.octets) })),
    [part(1), part(2, { link: 'lab#2', receivedAt: T0 + 5 }), part(3)],
  );
});

test('what was put outlives the process', async () => {
  await store.put(part(1));
  await store.put(part(2));
  const restarted = new PostgresPartStore(database.storage.pool);
  assert.equal((await restarted.put(part(3))).kind, 'complete');
});

test('messages of other numbers, references, lengths and carriers are kept apart', async () => {
  await store.put(part(1));
  await store.put(part(2));
  for (const other of [{ from: '14155550124' }, { to: '14155550101' }, { reference: 8 }, { total: 4 }, { carrier: 'other' }]) {
    assert.equal((await store.put(part(3, other))).kind, 'held');
  }
  assert.equal((await store.put(part(3))).kind, 'complete');
});

test('the same part again changes nothing while the message is incomplete', async () => {
  await store.put(part(1));
  assert.equal((await store.put(part(1, { link: 'lab#2' }))).kind, 'held');
  assert.equal((await store.put(part(2))).kind, 'held');
  assert.equal((await store.put(part(3))).kind, 'complete');
});

test('a message whose hand-over failed is complete again with the repeated part', async () => {
  await whole(part(1), part(2), part(3));
  const again = await store.put(part(3, { receivedAt: T0 + 10 }));
  assert.deepEqual(again.kind === 'complete' && numbers(again.set), [1, 2, 3]);
});

test('parts of a message that was handed over are duplicates, also after a restart and for minutes only', async () => {
  await store.complete(await whole(part(1), part(2), part(3)));
  for (const number of [1, 2, 3]) assert.deepEqual(await store.put(part(number)), { kind: 'duplicate' });
  const restarted = new PostgresPartStore(database.storage.pool);
  assert.deepEqual(await restarted.put(part(2, { receivedAt: T0 + 4 * MINUTE })), { kind: 'duplicate' });
  assert.equal((await restarted.put(part(2, { receivedAt: T0 + 6 * MINUTE }))).kind, 'held');
  await restarted.expire('lab', T0 + 6 * MINUTE);
  assert.deepEqual((await database.storage.pool.query('select from inbound_parts_done')).rowCount, 0);
});

test('of a message that was handed over neither number nor text is kept', async () => {
  const octets = Buffer.from('the quick brown fox');
  await store.complete(await whole(part(1, { octets, total: 2 }), part(2, { octets, total: 2 })));
  const { rows } = await database.storage.pool.query('select * from inbound_parts_done');
  assert.equal(rows.length, 2);
  assert.doesNotMatch(JSON.stringify(rows), /14155550123|quick/);
  assert.equal((await database.storage.pool.query('select from inbound_parts')).rowCount, 0);
});

test('another text under the same reference begins a new message, and the old one is delivered as it is', async () => {
  await store.put(part(1));
  await store.put(part(2));
  const fresh = { octets: Uint8Array.from([9]), receivedAt: T0 + MINUTE };
  assert.equal((await store.put(part(1, fresh))).kind, 'held');
  assert.equal((await store.put(part(2, fresh))).kind, 'held');
  const outcome = await store.put(part(3, fresh));
  assert.deepEqual(outcome.kind === 'complete' && outcome.set.parts.map((one) => one.octets[0]), [9, 9, 9]);
  if (outcome.kind === 'complete') await store.complete(outcome.set);
  const [old, ...others] = await store.expire('lab', T0 + 5 * MINUTE);
  assert.deepEqual(numbers(old), [1, 2]);
  assert.deepEqual(others, []);
});

test('a new message that meets an old one being handed over is not forgotten with it', async () => {
  const old = await whole(part(1), part(2), part(3));
  await store.put(part(1, { octets: Uint8Array.from([9]) }));
  await store.complete(old);
  const outcome = [await store.put(part(2, { octets: Uint8Array.from([9]) })), await store.put(part(3))].at(-1);
  assert.deepEqual(outcome?.kind === 'complete' && numbers(outcome.set), [1, 2, 3]);
});

test('an incomplete message is delivered after five minutes, once, and again when whoever took it has died', async () => {
  await store.put(part(2));
  await store.put(part(1, { carrier: 'other' }));
  assert.deepEqual(await store.expire('lab', T0 + 5 * MINUTE - 1), []);
  const [set, ...others] = await store.expire('lab', T0 + 5 * MINUTE);
  assert.deepEqual([numbers(set), others], [[2], []]);
  assert.deepEqual(await store.expire('lab', T0 + 5 * MINUTE + 1), []);
  const [again] = await store.expire('lab', T0 + 6 * MINUTE);
  assert.deepEqual(again, set);
  if (again) await store.complete(again);
  assert.deepEqual(await store.expire('lab', T0 + 60 * MINUTE), []);
});

test('a part that comes while the rest is being delivered waits as a message of its own', async () => {
  await store.put(part(1));
  const [set] = await store.expire('lab', T0 + 5 * MINUTE);
  assert.equal((await store.put(part(2, { receivedAt: T0 + 5 * MINUTE }))).kind, 'held');
  if (set) await store.complete(set);
  const [late] = await store.expire('lab', T0 + 10 * MINUTE);
  assert.deepEqual(numbers(late), [2]);
});

test('a complete message that nobody handed over before a crash is delivered by the expiry', async () => {
  await whole(part(1), part(2), part(3));
  const restarted = new PostgresPartStore(database.storage.pool);
  const [set] = await restarted.expire('lab', T0 + 5 * MINUTE);
  assert.deepEqual(numbers(set), [1, 2, 3]);
});

test('beyond the limit of size the oldest messages are delivered first', async () => {
  const small = new PostgresPartStore(database.storage.pool, { mostParts: 4 });
  for (let reference = 1; reference <= 3; reference++) {
    const at = { reference, receivedAt: T0 + reference };
    const crowded = [await small.put(part(1, at)), await small.put(part(2, at))].map((o) => o.kind === 'held' && o.crowded);
    assert.deepEqual(crowded, [reference === 3, reference === 3]);
  }
  const sets = await small.expire('lab', T0 + 10);
  assert.deepEqual(
    sets.map((set) => set.parts[0]?.reference),
    [1],
  );
});

test('the last parts on two links at once make the message complete exactly once', async () => {
  const node = new PostgresPartStore(database.storage.pool);
  for (let reference = 0; reference < 20; reference++) {
    await store.put(part(1, { reference }));
    const outcomes = await Promise.all([store.put(part(2, { reference })), node.put(part(3, { reference }))]);
    assert.deepEqual(outcomes.map(({ kind }) => kind).sort(), ['complete', 'held']);
  }
});

test('all parts of many messages at once lose nothing', async () => {
  const puts = Array.from({ length: 40 }, (_, reference) => [3, 1, 2].map((number) => store.put(part(number, { reference }))));
  const outcomes = await Promise.all(puts.map((set) => Promise.all(set)));
  for (const set of outcomes) assert.equal(set.filter(({ kind }) => kind === 'complete').length, 1);
});

test('of two nodes that look for old messages at once one delivers each', async () => {
  const node = new PostgresPartStore(database.storage.pool);
  for (let reference = 0; reference < 10; reference++) await store.put(part(1, { reference }));
  const now = T0 + 5 * MINUTE;
  const sets = (await Promise.all([store.expire('lab', now), node.expire('lab', now)])).flat();
  assert.deepEqual(new Set(sets.map((set) => set.key)).size, sets.length);
  assert.equal(sets.length, 10);
});
