import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';

/** Part of a blob, both ends included, as HTTP ranges count (RFC 9110 §14.1.2). */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

export interface OpenBlob {
  /** Bytes of the whole blob, whatever the range. */
  readonly size: number;
  /** The bytes asked for. Whoever opened it reads it to its end or destroys it. */
  readonly stream: Readable;
}

/**
 * Bytes too large for rows: media and recordings. A key is `<kind>/<name>`, such as `media/0c6a2a5e-…`; a blob is written once and
 * never changed. The local directory below is one implementation; an object store (S3: PutObject, ranged GetObject, DeleteObject,
 * HeadObject) is another file with the same methods, chosen where the program is wired together.
 */
export interface BlobStore {
  /** Resolves when the bytes will survive a power failure. Readers see all of it or nothing. Returns the number of bytes. */
  put(key: string, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<number>;
  /**
   * Takes a finished file over: it is no longer under its own name when this resolves, with the same promise as `put`. Undefined when
   * there is no such file, as when an earlier attempt has taken it.
   */
  adopt(key: string, file: string): Promise<number | undefined>;
  /** Undefined when there is no such blob. */
  get(key: string, range?: ByteRange): Promise<OpenBlob | undefined>;
  /** Deleting what is not there is no error: deletions are repeated after a crash. */
  delete(key: string): Promise<void>;
  sizeOf(key: string): Promise<number | undefined>;
}

/** Nothing in a key can climb out of the directory: no dots, one slash. */
const KEY = /^([a-z]{1,20})\/([A-Za-z0-9_-]{1,100})$/;
/** Where files are written before they get their name; its own directory, so that a sweep finds what a crash left behind. */
const INCOMING = 'incoming';
/** Another process may be writing into a shared directory: only what is far older than any upload takes is swept. */
const ABANDONED_MS = 3_600_000;

/** Opens (and creates) the directory of a local blob store and removes what interrupted writes left in it. */
export async function openLocalBlobs(directory: string, nowMs: number): Promise<BlobStore> {
  const incoming = path.join(directory, INCOMING);
  await mkdir(incoming, { recursive: true, mode: 0o700 });
  for (const name of await readdir(incoming)) {
    const file = path.join(incoming, name);
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: nowMs }));
    if (mtimeMs < nowMs - ABANDONED_MS) await rm(file, { force: true });
  }
  return new LocalBlobs(directory);
}

class LocalBlobs implements BlobStore {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async put(key: string, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<number> {
    const target = this.#fileOf(key);
    const temporary = path.join(this.#directory, INCOMING, randomUUID());
    let size = 0;
    try {
      const file = await open(temporary, 'wx', 0o600);
      try {
        for await (const chunk of content instanceof Uint8Array ? [content] : content) {
          await file.writeFile(chunk);
          size += chunk.byteLength;
        }
        await file.sync();
      } finally {
        await file.close();
      }
      await moveTo(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    return size;
  }

  async adopt(key: string, file: string): Promise<number | undefined> {
    const target = this.#fileOf(key);
    const handle = await open(file, 'r+').catch(absent);
    if (!handle) return undefined;
    let size: number;
    try {
      size = (await handle.stat()).size;
      await handle.sync();
    } finally {
      await handle.close();
    }
    try {
      await moveTo(file, target);
    } catch (error) {
      // The directory is on another file system than the file.
      if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
      await this.put(key, createReadStream(file));
      await rm(file, { force: true });
    }
    return size;
  }

  async get(key: string, range?: ByteRange): Promise<OpenBlob | undefined> {
    const file = await open(this.#fileOf(key)).catch(absent);
    if (!file) return undefined;
    try {
      const { size } = await file.stat();
      const stream = file.createReadStream(range ? { start: range.first, end: range.last } : {}); // closes the file at its end
      return { size, stream };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  delete(key: string): Promise<void> {
    return rm(this.#fileOf(key), { force: true });
  }

  async sizeOf(key: string): Promise<number | undefined> {
    return (await stat(this.#fileOf(key)).catch(absent))?.size;
  }

  /** 256 directories a kind, by a digest of the name: time-ordered names begin alike, and a directory of a million files is slow. */
  #fileOf(key: string): string {
    const [, kind, name] = KEY.exec(key) ?? [];
    if (kind === undefined || name === undefined || kind === INCOMING)
      throw new RangeError(`not a blob key: ${JSON.stringify(key)}`);
    const shard = createHash('sha256').update(name).digest('hex').slice(0, 2);
    return path.join(this.#directory, kind, shard, name);
  }
}

async function moveTo(file: string, target: string): Promise<void> {
  const directory = path.dirname(target);
  const created = await mkdir(directory, { recursive: true, mode: 0o700 });
  await rename(file, target);
  await syncDirectories(directory, created === undefined ? directory : path.dirname(created));
}

/** A new name is durable when its directory is; a new directory when the one above it is. */
async function syncDirectories(from: string, upTo: string): Promise<void> {
  for (let directory = from; directory.length >= upTo.length; directory = path.dirname(directory)) {
    const handle = await open(directory);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (directory === path.dirname(directory)) break;
  }
}

function absent(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
