import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { type BlobStore, openLocalBlobs } from './blobs.ts';

let directory: string;
let blobs: BlobStore;
before(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'ringdown-blobs-'));
  blobs = await openLocalBlobs(path.join(directory, 'blobs'), Date.now());
});
after(() => rm(directory, { recursive: true, force: true }));

test('what was put comes back, whole or in part', async () => {
  assert.equal(await blobs.put('media/a', Buffer.from('0123456789')), 10);
  assert.equal(await blobs.sizeOf('media/a'), 10);
  const whole = await blobs.get('media/a');
  assert.equal(whole?.size, 10);
  assert.equal(await text(whole.stream), '0123456789');
  const part = await blobs.get('media/a', { first: 2, last: 4 });
  assert.equal(part?.size, 10);
  assert.equal(await text(part.stream), '234');
});

test('a stream is written piece by piece', async () => {
  async function* pieces() {
    yield Buffer.from('ab');
    yield Buffer.from('cd');
  }
  assert.equal(await blobs.put('recordings/b', pieces()), 4);
  const found = await blobs.get('recordings/b');
  assert.ok(found);
  assert.deepEqual(await buffer(found.stream), Buffer.from('abcd'));
});

test('a write that fails half-way leaves neither a blob nor a file behind', async () => {
  async function* broken() {
    yield Buffer.from('ab');
    throw new Error('the source broke');
  }
  await assert.rejects(blobs.put('media/c', broken()), /the source broke/);
  assert.equal(await blobs.get('media/c'), undefined);
  assert.deepEqual(await readdir(path.join(directory, 'blobs', 'incoming')), []);
});

test('a finished file is taken over, once', async () => {
  const file = path.join(directory, 'finished');
  await writeFile(file, 'audio');
  assert.equal(await blobs.adopt('recordings/e', file), 5);
  assert.equal(await blobs.adopt('recordings/e', file), undefined);
  assert.equal(await blobs.sizeOf('recordings/e'), 5);
});

test('deleting takes the blob away, and may be repeated', async () => {
  await blobs.put('media/d', Buffer.from('x'));
  await blobs.delete('media/d');
  await blobs.delete('media/d');
  assert.equal(await blobs.sizeOf('media/d'), undefined);
});

test('no key leads out of the directory', async () => {
  await writeFile(path.join(directory, 'outside'), 'kept');
  const keys = [
    '../outside',
    'media/../../outside',
    'media/..',
    '/etc/passwd',
    'media/a/b',
    'media/',
    'media',
    '',
    'incoming/a',
    'media/a\0',
  ];
  for (const key of keys) {
    await assert.rejects(async () => blobs.get(key), RangeError, key);
    await assert.rejects(async () => blobs.put(key, Buffer.from('x')), RangeError, key);
    await assert.rejects(async () => blobs.delete(key), RangeError, key);
  }
  assert.equal(await readFile(path.join(directory, 'outside'), 'utf8'), 'kept');
});

test('opening sweeps what interrupted writes left, but not what may still be written', async () => {
  const incoming = path.join(directory, 'blobs', 'incoming');
  await writeFile(path.join(incoming, 'old'), 'x');
  await writeFile(path.join(incoming, 'new'), 'x');
  const now = Date.now();
  await utimes(path.join(incoming, 'old'), now / 1000 - 7200, now / 1000 - 7200);
  await openLocalBlobs(path.join(directory, 'blobs'), now);
  assert.deepEqual(await readdir(incoming), ['new']);
});
