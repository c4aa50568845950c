import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IdleMemory, thisProcess } from './idle-memory.ts';

const MB = 1024 * 1024;

function simulated(start: { rss: number; heapTotal: number }) {
  const state = { ...start, heapUsed: 40 * MB, external: 10 * MB, busy: 0.01, collections: 0 };
  const memory = new IdleMemory({
    utilisation: () => state.busy,
    usage: () => state,
    collect() {
      state.collections++;
      state.rss -= 30 * MB;
      state.heapUsed = 40 * MB;
      state.external = 10 * MB;
    },
  });
  return { state, memory };
}

test('memory is given back at the second look that finds nothing to do, and not again until it has grown', () => {
  const { state, memory } = simulated({ rss: 130 * MB, heapTotal: 60 * MB });
  memory.look();
  assert.equal(state.collections, 0);
  memory.look();
  assert.equal(state.collections, 1);
  for (let look = 0; look < 5; look++) memory.look();
  assert.equal(state.collections, 1);
  state.rss += 10 * MB;
  memory.look();
  assert.equal(state.collections, 2);
});

test('garbage in pages that were taken before is given back, too', () => {
  const { state, memory } = simulated({ rss: 130 * MB, heapTotal: 60 * MB });
  memory.look();
  memory.look();
  assert.equal(state.collections, 1);
  state.heapUsed += 10 * MB;
  memory.look();
  assert.equal(state.collections, 1);
  state.external += 10 * MB;
  memory.look();
  assert.equal(state.collections, 2);
  memory.look();
  assert.equal(state.collections, 2);
});

test('what was held for half a minute is given back at a second collection, and then no more is done', () => {
  const { state, memory } = simulated({ rss: 130 * MB, heapTotal: 60 * MB });
  for (let look = 0; look < 8; look++) memory.look();
  assert.equal(state.collections, 1);
  memory.look();
  assert.equal(state.collections, 2);
  for (let look = 0; look < 30; look++) memory.look();
  assert.equal(state.collections, 2);
});

test('a server that works is left alone, and so is one with a large heap', () => {
  const { state, memory } = simulated({ rss: 130 * MB, heapTotal: 60 * MB });
  for (const busy of [0.01, 0.5, 0.01, 0.07, 0.01]) {
    state.busy = busy;
    memory.look();
  }
  assert.equal(state.collections, 0);
  state.heapTotal = 500 * MB;
  memory.look();
  memory.look();
  assert.equal(state.collections, 0);
});

test('this process can be looked at and collected', () => {
  const memory = thisProcess();
  const share = memory.utilisation();
  assert.ok(share >= 0 && share <= 1);
  memory.collect();
  assert.ok(memory.usage().rss >= memory.usage().heapTotal);
});
