import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Log } from '../runtime/log.ts';
import type { ChargeKind } from './charge-kind.ts';
import type { KeyedDue } from './charge-store.ts';

/**
 * Some 80,000 entries: more than wait in memory while the database is away. The file is emptied whenever nothing waits, so it comes
 * here only when the database has been away for long.
 */
const MAX_BYTES = 16 * 1024 * 1024;
/** What it holds is of accounts and calls. */
const MODE = 0o600;

/**
 * Charges on their way into the ledger, each a line of JSON in a file. A line is with the operating system when `note` returns, so what
 * a killed process had not written into the ledger is found by the next one, which charges it by the same key (decision 40). An entry
 * costs some microseconds; nothing is forced to the disk, which only a failing machine would need.
 */
export class ChargeJournal {
  /** What the process before has left behind; perhaps it is in the ledger already. To be settled like what is noted. */
  readonly left: readonly KeyedDue[];
  readonly #file: number;
  readonly #log: Log;
  #bytes: number;
  #waiting: number;

  private constructor(file: number, left: readonly KeyedDue[], bytes: number, log: Log) {
    this.#file = file;
    this.left = left;
    this.#bytes = bytes;
    this.#waiting = left.length;
    this.#log = log;
  }

  /** @throws Error when the file can be neither read nor made */
  static async open(file: string, log: Log): Promise<ChargeJournal> {
    mkdirSync(path.dirname(file), { recursive: true });
    const descriptor = openSync(file, 'a', MODE);
    const text = await readFile(file, 'utf8');
    const journal = new ChargeJournal(descriptor, text.split('\n').flatMap(readLine), Buffer.byteLength(text), log);
    if (journal.left.length === 0) journal.#empty();
    // The process ended within its last line: the next is one of its own.
    else if (!text.endsWith('\n')) journal.#write('\n');
    return journal;
  }

  note(due: KeyedDue): void {
    this.#waiting++;
    this.#write(`${JSON.stringify(due)}\n`);
  }

  /** One that was noted or left is in the ledger, or can never be. */
  settle(): void {
    this.#waiting--;
    if (this.#waiting === 0) this.#empty();
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(line: string): void {
    if (this.#bytes + line.length > MAX_BYTES) return;
    this.#attempt(() => {
      this.#bytes += writeSync(this.#file, line);
    });
  }

  #empty(): void {
    if (this.#bytes === 0) return;
    this.#attempt(() => {
      ftruncateSync(this.#file);
      this.#bytes = 0;
    });
  }

  /** A disk that is full or broken makes the journal useless, not the call. What is in it twice is charged once. */
  #attempt(change: () => void): void {
    try {
      change();
    } catch (error) {
      this.#log.warn({ err: error }, 'the journal of charges could not be written');
    }
  }
}

const KINDS: Readonly<Record<string, ChargeKind>> = { speech_recognition: 'speech_recognition', cnam_lookup: 'cnam_lookup' };

/** None for a line that is cut short, or is of another version. */
function readLine(line: string): readonly KeyedDue[] {
  let found: unknown;
  try {
    found = JSON.parse(line);
  } catch {
    return [];
  }
  if (typeof found !== 'object' || found === null) return [];
  const { key, accountId, ownerId, kind, micros, at, detail }: Partial<Record<string, unknown>> = { ...found };
  if (typeof key !== 'string' || typeof accountId !== 'string' || typeof ownerId !== 'string') return [];
  const known = typeof kind === 'string' ? KINDS[kind] : undefined;
  if (!known || typeof micros !== 'number' || typeof at !== 'number') return [];
  return [{ key, accountId, ownerId, kind: known, micros, at, detail: typeof detail === 'string' ? detail : undefined }];
}
