import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { knownOutsideCluster, outsideCluster, removeOrphanedClusters } from './outside-clusters.ts';

const NOW = Date.UTC(2026, 0, 12);
const DAY = 24 * 3_600_000;
/** None of the directories of these tests counts as temporary, unless a test says so. */
const ELSEWHERE = '/nowhere';

let place: string;
let root: string;
let dataDir: string;
beforeEach(async () => {
  place = await mkdtemp(path.join(os.tmpdir(), 'ringdown-outside-'));
  root = path.join(place, 'root');
  dataDir = path.join(place, 'data');
  await mkdir(dataDir);
});
afterEach(() => rm(place, { recursive: true, force: true }));

test('a data directory finds its cluster again', async () => {
  const cluster = await outsideCluster(root, dataDir, NOW);
  await mkdir(cluster);
  assert.equal(await outsideCluster(root, dataDir, NOW + DAY), cluster);
  assert.equal(await knownOutsideCluster(dataDir), cluster);
  assert.deepEqual(await removeOrphanedClusters(root, NOW + 30 * DAY, ELSEWHERE), []);
});

test('a cluster goes once its data directory has been gone for a week', async () => {
  const folder = path.dirname(await outsideCluster(root, dataDir, NOW));
  await rm(dataDir, { recursive: true });
  assert.deepEqual(await removeOrphanedClusters(root, NOW, ELSEWHERE), []);
  assert.deepEqual(await removeOrphanedClusters(root, NOW + 6 * DAY, ELSEWHERE), []);
  await mkdir(dataDir); // the disk is back
  assert.deepEqual(await removeOrphanedClusters(root, NOW + 8 * DAY, ELSEWHERE), []);
  await rm(dataDir, { recursive: true });
  assert.deepEqual(await removeOrphanedClusters(root, NOW + 9 * DAY, ELSEWHERE), []);
  assert.deepEqual(await removeOrphanedClusters(root, NOW + 16 * DAY, ELSEWHERE), [folder]);
  assert.deepEqual(await readdir(root), []);
});

test('that of a temporary data directory goes at once', async () => {
  const folder = path.dirname(await outsideCluster(root, dataDir, NOW));
  await rm(dataDir, { recursive: true });
  assert.deepEqual(await removeOrphanedClusters(root, NOW, place), [folder]);
});

test('a new data directory in the place of an old one gets a cluster of its own; the old one is kept for a week', async () => {
  const cluster = await outsideCluster(root, dataDir, NOW);
  await mkdir(cluster);
  await rm(dataDir, { recursive: true });
  await mkdir(dataDir);
  assert.equal(await outsideCluster(root, dataDir, NOW + DAY), cluster);
  assert.equal((await readdir(root)).length, 2);
  assert.deepEqual(await removeOrphanedClusters(root, NOW + DAY, ELSEWHERE), []);
  assert.equal((await removeOrphanedClusters(root, NOW + 9 * DAY, ELSEWHERE)).length, 1);
  assert.equal(await knownOutsideCluster(dataDir), cluster);
  assert.equal((await readdir(root)).length, 1);
});

test('what bears no note of ours, or another name, is left alone, and so is a cluster whose server runs', async () => {
  for (const name of ['cluster-0123456789abcdef', 'cluster-fedcba9876543210', 'postgres-18.4.0']) {
    await mkdir(path.join(root, name), { recursive: true });
  }
  await writeFile(path.join(root, 'cluster-fedcba9876543210', 'data-directory'), '/some/where\n');
  const cluster = await outsideCluster(root, dataDir, NOW);
  await mkdir(cluster);
  await writeFile(path.join(cluster, 'postmaster.pid'), `${process.pid}\n`);
  await rm(dataDir, { recursive: true });
  assert.deepEqual(await removeOrphanedClusters(root, NOW, place), []);
  assert.deepEqual(await removeOrphanedClusters(path.join(place, 'none'), NOW), []);
});
