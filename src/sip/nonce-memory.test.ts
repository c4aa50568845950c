import assert from 'node:assert/strict';
import { it } from 'node:test';
import { NonceMemory } from './nonce-memory.ts';

it('a nonce count is good once, and only if higher than those before', () => {
  const memory = new NonceMemory(1000);
  assert.ok(memory.use('a', 0, 1, 0));
  assert.ok(!memory.use('a', 0, 1, 1));
  assert.ok(memory.use('a', 0, 5, 2));
  assert.ok(!memory.use('a', 0, 4, 3));
  assert.ok(memory.use('b', 0, 1, 3));
});

it('a full memory forgets the nonce used first and then refuses all as old as it', () => {
  const memory = new NonceMemory(1000, 2);
  assert.ok(memory.use('a', 10, 1, 20));
  assert.ok(memory.use('b', 11, 1, 20));
  assert.ok(memory.use('c', 12, 1, 20), 'takes the place of a');
  assert.ok(!memory.use('a', 10, 1, 21), 'could be a replay');
  assert.ok(!memory.use('d', 10, 1, 21), 'as old as a: cannot be told from one forgotten');
  assert.ok(memory.use('b', 11, 2, 21), 'still remembered');
  assert.ok(memory.use('e', 13, 1, 21));
});

it('expired nonces make room without that', () => {
  const memory = new NonceMemory(1000, 2);
  assert.ok(memory.use('a', 0, 1, 0));
  assert.ok(memory.use('b', 1, 1, 1));
  assert.ok(memory.use('c', 1500, 1, 1500));
  assert.ok(memory.use('d', 1, 1, 1500), 'nothing unexpired was forgotten');
});
