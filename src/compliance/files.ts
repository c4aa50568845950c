import { invalidParameter } from '../errors/catalogue.ts';
import { cleanFileName } from '../messaging/file-name.ts';
import type { Clock } from '../runtime/clock.ts';
import type { BlobStore, ByteRange, OpenBlob } from '../storage/blobs.ts';
import type { FileStore, StoredFile } from './file-store.ts';

/** compliance.md §9.2: PDF, JPEG or PNG, up to 5 MB, a name of up to 99 characters. */
export const MAX_FILE_BYTES = 5 * 1024 * 1024;
const MAX_NAME = 99;
const SIGNATURES = [
  { contentType: 'application/pdf', bytes: Buffer.from('%PDF-') },
  { contentType: 'image/jpeg', bytes: Buffer.from([0xff, 0xd8, 0xff]) },
  { contentType: 'image/png', bytes: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) },
] as const;

/** Nothing refers to it, and no request that is still running will. */
const UNUSED_MS = 3_600_000;
const REMOVED_AT_ONCE = 100;

/** A file as it came in. */
export interface HandedIn {
  readonly fileName: string;
  readonly bytes: Buffer;
  /** Longer than the limit, and cut off. */
  readonly truncated: boolean;
}

const keyOf = (fileId: string) => `compliance/${fileId}`;

/**
 * Documents that prove who somebody is. A file is announced by a row before its bytes are written, and stays announced as unused until
 * the transaction that refers to it: whatever a crash leaves behind is found.
 */
export class ComplianceFiles {
  readonly store: FileStore;
  readonly #blobs: BlobStore;
  readonly #clock: Clock;

  constructor(store: FileStore, blobs: BlobStore, clock: Clock) {
    this.store = store;
    this.#blobs = blobs;
    this.#clock = clock;
  }

  /** Checks a file and writes it; `invalid_parameter` names `parameter`. */
  async keep(accountId: string, fileId: string, parameter: string, file: HandedIn): Promise<StoredFile> {
    const refuse = (text: string) => invalidParameter(parameter, `${parameter} parameter is invalid: ${text}`);
    if (file.truncated) throw refuse(`the file is larger than ${MAX_FILE_BYTES} bytes`);
    if (file.fileName.length > MAX_NAME) throw refuse(`the file name is longer than ${MAX_NAME} characters`);
    const type = SIGNATURES.find(({ bytes }) => file.bytes.subarray(0, bytes.length).equals(bytes))?.contentType;
    if (!type) throw refuse('a PDF, JPEG or PNG file is expected');
    const stored = {
      fileId,
      accountId,
      fileName: cleanFileName(file.fileName) || 'document',
      contentType: type,
      size: file.bytes.length,
    };
    await this.store.announce(stored, new Date(this.#clock.now()));
    await this.#blobs.put(keyOf(fileId), file.bytes);
    return stored;
  }

  open(fileId: string, range?: ByteRange): Promise<OpenBlob | undefined> {
    return this.#blobs.get(keyOf(fileId), range);
  }

  /** Removes what nothing refers to any more. */
  async removeUnused(): Promise<void> {
    const before = new Date(this.#clock.now() - UNUSED_MS);
    for (const fileId of await this.store.unusedSince(before, REMOVED_AT_ONCE)) {
      await this.#blobs.delete(keyOf(fileId));
      await this.store.forget(fileId);
    }
  }
}
