import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createTestDatabase, type TestDatabase } from '../../testkit/test-database.ts';
import { VirtualClock } from '../../testkit/virtual-clock.ts';
import { Membership } from './membership.ts';
import { HEARTBEAT_MS, NODE_DEAD_AFTER_MS, NodeStore } from './node-store.ts';

const A = '00000000-0000-4000-8000-00000000000a';
const B = '00000000-0000-4000-8000-00000000000b';

let database: TestDatabase;
let clock: VirtualClock;
let taken: string[];
before(async () => {
  database = await createTestDatabase();
});
after(() => database.close());
beforeEach(async () => {
  await database.storage.pool.query('truncate nodes');
  clock = new VirtualClock();
  taken = [];
});

const member = (node: string) => new Membership(new NodeStore(database.storage.pool), node, clock);
const takeOver = async (node: string) => {
  taken.push(node);
};
const nodes = async () => (await database.storage.pool.query('select id from nodes order by id')).rows.map((row) => row.id);

async function beats(membership: Membership, count: number, act = takeOver): Promise<void> {
  for (let beat = 0; beat < count; beat++) {
    await membership.beat(act);
    await clock.advance(HEARTBEAT_MS);
  }
}

test('a node that is silent for twenty seconds is taken over, once', async () => {
  const [a, b] = [member(A), member(B)];
  await b.beat(takeOver);
  await beats(a, 4);
  assert.deepEqual(taken, []);
  await beats(a, 3);
  assert.deepEqual(taken, [B]);
  assert.deepEqual(await nodes(), [A]);
});

test('a take-over that fails is tried again, and the node is not forgotten meanwhile', async () => {
  const [a, b] = [member(A), member(B)];
  await b.beat(takeOver);
  let failures = 0;
  const failing = async (node: string) => {
    if (failures++ === 0) throw new Error('the database is away');
    taken.push(node);
  };
  for (let beat = 0; beat < 8; beat++) {
    await a.beat(failing).catch(() => undefined);
    await clock.advance(HEARTBEAT_MS);
  }
  assert.deepEqual(taken, [B]);
});

test('after an outage that everybody had nobody is declared dead', async () => {
  const [a, b] = [member(A), member(B)];
  await beats(a, 2);
  await b.beat(takeOver);
  await clock.advance(NODE_DEAD_AFTER_MS * 3);
  await a.beat(takeOver);
  assert.deepEqual(taken, []);
  await b.beat(takeOver);
  await clock.advance(HEARTBEAT_MS);
  await a.beat(takeOver);
  assert.deepEqual(taken, []);
});

test('a node never finds itself dead, and one that comes back at the last moment is not buried', async () => {
  const store = new NodeStore(database.storage.pool);
  await store.beat(A, clock.now());
  await store.beat(B, clock.now());
  await clock.advance(NODE_DEAD_AFTER_MS + 1);
  assert.deepEqual(await store.dead(A, clock.now()), [B]);
  await store.beat(B, clock.now());
  await store.bury(B, clock.now());
  assert.deepEqual(await nodes(), [A, B]);
});
