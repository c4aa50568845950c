import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';

/**
 * Audio in files: a directory of a limited size that loses what was unused for longest. When a file was used is the file's own
 * modification time, so the order survives a restart. It is a cache: what cannot be read is not there, what cannot be written is
 * not kept, and nothing is synced to the disk.
 */
export interface SpeechFiles {
  /** Undefined when there is none, or none that is whole. */
  read(key: string): Promise<Int16Array<SharedArrayBuffer> | undefined>;
  write(key: string, pcm: Int16Array): Promise<void>;
}

export interface SpeechFilesOptions {
  readonly directory: string;
  readonly maxBytes: number;
  readonly now: () => number;
}

/** A key is a SHA-256 in hexadecimal digits. */
const FILE = /^([0-9a-f]{64})\.pcm$/;
/** Short texts make small files, whose entry here and in the directory costs more than their bytes. */
const MAX_FILES = 20_000;
/** A file has this and the number of its samples (32 bits, little-endian) at its start: one cut short is found out. */
const MAGIC = 0x31445352;
const HEADER_BYTES = 8;
/** A directory of files that are read all the time need not be told so more often. */
const TOUCH_MS = 60_000;

interface Entry {
  readonly bytes: number;
  touchedAt: number;
}

/** Opens (and creates) the directory and looks at what is in it. Rejects when it cannot be used. */
export async function openSpeechFiles(options: SpeechFilesOptions): Promise<SpeechFiles> {
  const { directory } = options;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const found: (Entry & { readonly key: string })[] = [];
  for (const name of await readdir(directory)) {
    const file = path.join(directory, name);
    const key = FILE.exec(name)?.[1];
    const facts = key === undefined ? undefined : await stat(file).catch(() => undefined);
    if (key !== undefined && facts) found.push({ key, bytes: facts.size, touchedAt: facts.mtimeMs });
    else await rm(file, { force: true, recursive: true }); // what a write that was interrupted left
  }
  found.sort((one, other) => one.touchedAt - other.touchedAt);
  const files = new Files(options, new Map(found.map(({ key, ...entry }) => [key, entry])));
  await files.makeRoom();
  return files;
}

class Files implements SpeechFiles {
  readonly #options: SpeechFilesOptions;
  /** In order of last use. */
  readonly #entries: Map<string, Entry>;
  #bytes = 0;

  constructor(options: SpeechFilesOptions, entries: Map<string, Entry>) {
    this.#options = options;
    this.#entries = entries;
    for (const { bytes } of entries.values()) this.#bytes += bytes;
  }

  async read(key: string): Promise<Int16Array<SharedArrayBuffer> | undefined> {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    const file = this.#fileOf(key);
    const pcm = readSamples(await readFile(file).catch(() => Buffer.alloc(0)));
    if (!pcm) {
      this.#forget(key);
      await rm(file, { force: true }).catch(() => undefined);
      return undefined;
    }
    if (this.#entries.delete(key)) this.#entries.set(key, entry);
    const now = this.#options.now();
    if (now - entry.touchedAt > TOUCH_MS) {
      entry.touchedAt = now;
      await utimes(file, now / 1000, now / 1000).catch(() => undefined);
    }
    return pcm;
  }

  async write(key: string, pcm: Int16Array): Promise<void> {
    const bytes = HEADER_BYTES + pcm.byteLength;
    if (bytes > this.#options.maxBytes) return;
    const now = this.#options.now();
    const temporary = path.join(this.#options.directory, `${randomUUID()}.tmp`);
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32LE(MAGIC, 0);
    header.writeUInt32LE(pcm.length, 4);
    try {
      const handle = await open(temporary, 'wx', 0o600);
      try {
        await handle.writev([header, Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength)]);
        await handle.utimes(now / 1000, now / 1000);
      } finally {
        await handle.close();
      }
      await rename(temporary, this.#fileOf(key));
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
    this.#forget(key);
    this.#entries.set(key, { bytes, touchedAt: now });
    this.#bytes += bytes;
    await this.makeRoom();
  }

  async makeRoom(): Promise<void> {
    const { maxBytes } = this.#options;
    for (const key of this.#entries.keys()) {
      if (this.#bytes <= maxBytes && this.#entries.size <= MAX_FILES) return;
      this.#forget(key);
      await rm(this.#fileOf(key), { force: true });
    }
  }

  #forget(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#bytes -= entry.bytes;
    this.#entries.delete(key);
  }

  #fileOf(key: string): string {
    return path.join(this.#options.directory, `${key}.pcm`);
  }
}

function readSamples(file: Buffer): Int16Array<SharedArrayBuffer> | undefined {
  if (file.length < HEADER_BYTES || file.readUInt32LE(0) !== MAGIC) return undefined;
  const samples = file.readUInt32LE(4);
  if (file.length !== HEADER_BYTES + 2 * samples) return undefined;
  const pcm = new Int16Array(new SharedArrayBuffer(2 * samples));
  new Uint8Array(pcm.buffer).set(file.subarray(HEADER_BYTES));
  return pcm;
}
