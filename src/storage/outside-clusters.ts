import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/**
 * Database clusters that cannot lie in their data directory, because root runs the program and the directory is closed to the user
 * who runs PostgreSQL. Each has a folder of its own below one that is root's, named after the data directory, with a note of it.
 */

/** In the cluster's folder: the data directory it belongs to. */
const OWNER_NOTE = 'data-directory';
/** In the cluster's folder: since when its data directory has been seen to be gone, milliseconds since the epoch. */
const GONE_NOTE = 'gone-since';
/** In the data directory: where its cluster is. */
const LOCATION_NOTE = 'postgres.location';
const FOLDER = /^cluster-([0-9a-f]{16})(-replaced-\d+)?$/;
/** A data directory may be gone because its disk is not mounted today: nothing is removed before it has been gone this long. */
const KEPT_MS = 7 * 24 * 3_600_000;

const nameOf = (dataDir: string) => createHash('sha256').update(path.resolve(dataDir)).digest('hex').slice(0, 16);

/**
 * The folder of the data directory's cluster, made when it is missing. One that another data directory at the same place has left (this
 * one knows nothing of it) is put aside: its password went with its owner.
 */
export async function outsideCluster(root: string, dataDir: string, now: number): Promise<string> {
  const folder = path.join(root, `cluster-${nameOf(dataDir)}`);
  const note = path.join(dataDir, LOCATION_NOTE);
  if ((await exists(folder)) && !(await exists(note))) await rename(folder, `${folder}-replaced-${now}`);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  await writeFile(path.join(folder, OWNER_NOTE), `${path.resolve(dataDir)}\n`);
  await writeFile(note, `${folder}/postgres\n`);
  return path.join(folder, 'postgres');
}

/** Where the data directory's cluster is, when it is outside. */
export async function knownOutsideCluster(dataDir: string): Promise<string | undefined> {
  return (await readFile(path.join(dataDir, LOCATION_NOTE), 'utf8').catch(() => undefined))?.trim();
}

/**
 * Removes clusters whose data directory has been gone for a week, at once when it was a temporary one. Touches only folders that bear
 * our note under the name it stands for, and none whose server still runs. Returns what was removed.
 */
export async function removeOrphanedClusters(root: string, now: number, temporary = os.tmpdir()): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const name of await readdir(root).catch(() => [])) {
    const [, hash, replaced] = FOLDER.exec(name) ?? [];
    const folder = path.join(root, name);
    const owner = (await readFile(path.join(folder, OWNER_NOTE), 'utf8').catch(() => '')).trim();
    if (hash === undefined || owner === '' || nameOf(owner) !== hash || (await isServed(folder))) continue;
    const isTemporary = owner.startsWith(`${temporary}${path.sep}`);
    if (replaced === undefined && !(await isGone(owner))) {
      await rm(path.join(folder, GONE_NOTE), { force: true });
      continue;
    }
    if (!isTemporary && now - (await goneSince(folder, now)) < KEPT_MS) continue;
    await rm(folder, { recursive: true, force: true });
    removed.push(folder);
  }
  return removed;
}

async function goneSince(folder: string, now: number): Promise<number> {
  const note = path.join(folder, GONE_NOTE);
  const since = Number((await readFile(note, 'utf8').catch(() => '')).trim());
  if (since > 0) return since;
  await writeFile(note, `${now}\n`);
  return now;
}

/** Only "there is no such directory" counts; one that cannot be looked at is there. */
async function isGone(directory: string): Promise<boolean> {
  return await stat(directory).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  );
}

/** Whether the process that the cluster's lock file names is alive. */
async function isServed(folder: string): Promise<boolean> {
  const text = await readFile(path.join(folder, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number(text.split('\n')[0]);
  if (!pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );
