import { ownerOf, type Scope } from '../accounts/account.ts';
import { type Reach, reachOf } from '../accounts/reach.ts';
import type { InboundMedia } from '../carriers/carrier.ts';
import { invalidParameter } from '../errors/catalogue.ts';
import type { MessageErrorCode } from '../errors/message-codes.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Ids } from '../runtime/ids.ts';
import type { Log } from '../runtime/log.ts';
import type { BlobStore, ByteRange, OpenBlob } from '../storage/blobs.ts';
import { cleanFileName } from './file-name.ts';
import type { MediaStore, Queryable, StoredMedia } from './media-store.ts';
import { judgeType, OPAQUE_TYPE } from './media-type.ts';

/** messaging.md §6: files in one upload, bytes of each; attachments of one message; bytes of an inbound message. */
export const MAX_UPLOAD_FILES = 10;
export const MAX_UPLOAD_BYTES = 2 * 1024 * 1024;
export const MAX_ATTACHMENTS = 10;
export const MAX_INBOUND_BYTES = 7 * 1024 * 1024;

const HOUR_MS = 3_600_000;
const UNUSED_MS = 6 * HOUR_MS;
const USED_MS = 365 * 24 * HOUR_MS;

/** Rows withdrawn by one statement of the expiry job, and blobs removed at once: short transactions, a few open files. */
const EXPIRY_BATCH = 200;
const REMOVALS_AT_ONCE = 8;

export interface MediaFile {
  /** As declared by whoever sent it. */
  readonly contentType: string;
  readonly fileName: string;
  readonly bytes: Uint8Array;
}

export interface UploadedFile extends MediaFile {
  /** It was longer than allowed and has been cut off. */
  readonly truncated: boolean;
}

export type UploadOutcome =
  | { readonly kind: 'stored'; readonly media: StoredMedia }
  | {
      readonly kind: 'refused';
      readonly reason: 'too_large' | 'empty' | 'unsupported' | 'mismatch';
      readonly file: { readonly contentType: string; readonly fileName: string; readonly size: number };
      readonly message: string;
    };

/** Account and owner of what is stored. */
export interface MediaOwner {
  readonly accountId: string;
  readonly ownerId: string;
}

export const mediaOwnerOf = (scope: Scope): MediaOwner => ({ accountId: scope.account.authId, ownerId: ownerOf(scope) });

export interface MediaDependencies {
  readonly store: MediaStore;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/**
 * Media of MMS: kept for 6 hours, and for a year from the moment a message uses them. Storing is durable when it returns. Each is
 * announced by a row before its bytes are written and hidden by that row before they are removed, so that a crash in between leaves
 * something the expiry job finds, and readers never see half a file.
 */
export class Media {
  readonly #store: MediaStore;
  readonly #blobs: BlobStore;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #log: Log;

  constructor({ store, blobs, clock, ids, log }: MediaDependencies) {
    this.#store = store;
    this.#blobs = blobs;
    this.#clock = clock;
    this.#ids = ids;
    this.#log = log;
  }

  /** Stores those files of an upload that are acceptable, and says of each what became of it, in order. */
  async upload(owner: MediaOwner, files: readonly UploadedFile[]): Promise<readonly UploadOutcome[]> {
    const judged = files.map(judgeUpload);
    const stored = await this.#write(
      owner,
      judged.flatMap((one) => (one.kind === 'good' ? [one.file] : [])),
      true,
    );
    const good = stored.values();
    return judged.map((one): UploadOutcome => {
      if (one.kind === 'refused') return one;
      const { value: media } = good.next();
      if (!media) throw new Error('fewer files were stored than accepted');
      return { kind: 'stored', media };
    });
  }

  /** Stores what was fetched for an outbound message; already judged. Lives 6 hours unless it is attached. */
  keep(owner: MediaOwner, files: readonly MediaFile[]): Promise<readonly StoredMedia[]> {
    return this.#write(owner, files, false);
  }

  /**
   * Stores the media of an inbound message; attach them in the transaction that stores the message. What exceeds 10 files or 7 MB
   * is left out, and the error code says so. Types are not refused, but bytes that are not what they claim lose the claim.
   */
  async keepInbound(
    owner: MediaOwner,
    media: readonly InboundMedia[],
  ): Promise<{ readonly stored: readonly StoredMedia[]; readonly errorCode: MessageErrorCode | undefined }> {
    const files: MediaFile[] = [];
    let room = MAX_INBOUND_BYTES - 1;
    for (const { contentType, fileName, bytes } of media) {
      if (files.length === MAX_ATTACHMENTS || bytes.byteLength > room || bytes.byteLength === 0) continue;
      room -= bytes.byteLength;
      const verdict = judgeType(contentType, bytes);
      files.push({ contentType: verdict.kind === 'accepted' ? verdict.type : OPAQUE_TYPE, fileName: fileName ?? '', bytes });
    }
    return { stored: await this.#write(owner, files, false), errorCode: files.length < media.length ? '140' : undefined };
  }

  find(reach: Reach, mediaId: string): Promise<StoredMedia | undefined> {
    return this.#store.find(reach, mediaId);
  }

  /** Media that a message is to be sent with, in the order of the ids; throws when one is not there. */
  async findForMessage(scope: Scope, mediaIds: readonly string[]): Promise<readonly StoredMedia[]> {
    const wanted = [...new Set(mediaIds)];
    const found = await this.#store.findAll(reachOf(scope), wanted);
    if (found.length < wanted.length) throw unknownMedia();
    return found;
  }

  listUploads(reach: Reach, limit: number, offset: number): Promise<{ total: number; items: readonly StoredMedia[] }> {
    return this.#store.listUploads(reach, limit, offset);
  }

  ofMessage(reach: Reach, messageId: string): Promise<readonly StoredMedia[]> {
    return this.#store.ofMessage(reach, messageId);
  }

  /**
   * Gives each of the messages all of the media and keeps them for a year; with `on`, as part of that connection's transaction.
   * Throws `invalid_parameter` of `media_ids`, and attaches none, when one of them is gone.
   */
  async attach(reach: Reach, messageIds: readonly string[], mediaIds: readonly string[], on?: Queryable): Promise<void> {
    const wanted = [...new Set(mediaIds)];
    if (wanted.length === 0 || messageIds.length === 0) return;
    const until = new Date(this.#clock.now() + USED_MS);
    if (!(await this.#store.attach(on, reach, messageIds, wanted, until))) throw unknownMedia();
  }

  /** What a public URL names, and a way to open it; undefined when there is no such media or it has just been removed. */
  async findContent(
    authId: string,
    messageId: string | undefined,
    mediaId: string,
  ): Promise<{ readonly media: StoredMedia; open(range?: ByteRange): Promise<OpenBlob | undefined> } | undefined> {
    const media = await this.#store.findPublic(authId, messageId, mediaId);
    if (!media || media.expiresAt.getTime() <= this.#clock.now()) return undefined;
    return { media, open: (range) => this.#blobs.get(media.blobKey, range) };
  }

  /** Deletes one, also from the messages that have it. False when there is none within reach. */
  async delete(reach: Reach, mediaId: string): Promise<boolean> {
    const media = await this.#store.withdraw(reach, mediaId, this.#now());
    if (!media) return false;
    await this.#remove([media]);
    return true;
  }

  /** Takes all media from a message. What another message still has stays for that one. */
  async deleteOfMessage(reach: Reach, messageId: string): Promise<void> {
    await this.#remove(await this.#store.withdrawFromMessage(reach, messageId, this.#now()));
  }

  /** Removes what is past its time, and what a crash left half-written or half-removed. Returns how many. Run it hourly. */
  async expire(): Promise<number> {
    let removed = 0;
    for (;;) {
      const batch = await this.#store.withdrawExpired(this.#now(), EXPIRY_BATCH);
      const done = await this.#remove(batch);
      removed += done;
      // When bytes could not be removed their rows stay for the next run: going on now would meet the same ones again.
      if (batch.length < EXPIRY_BATCH || done < batch.length) return removed;
    }
  }

  async #write(owner: MediaOwner, files: readonly MediaFile[], uploaded: boolean): Promise<readonly StoredMedia[]> {
    const now = this.#clock.now();
    const media = files.map((file): StoredMedia => {
      const mediaId = this.#ids.secretUuid();
      return {
        mediaId,
        ...owner,
        contentType: file.contentType,
        size: file.bytes.byteLength,
        fileName: cleanFileName(file.fileName),
        blobKey: `media/${mediaId}`,
        uploaded,
        createdAt: new Date(now),
        expiresAt: new Date(now + UNUSED_MS),
      };
    });
    await this.#store.announce(media);
    await Promise.all(files.map((file, index) => this.#blobs.put(media[index]?.blobKey ?? '', file.bytes)));
    await this.#store.publish(media.map((one) => one.mediaId));
    return media;
  }

  /** Bytes first, then the rows of those whose bytes are gone. Returns how many. */
  async #remove(media: readonly StoredMedia[]): Promise<number> {
    const gone: string[] = [];
    for (let start = 0; start < media.length; start += REMOVALS_AT_ONCE) {
      await Promise.all(
        media.slice(start, start + REMOVALS_AT_ONCE).map(async ({ mediaId, blobKey }) => {
          try {
            await this.#blobs.delete(blobKey);
            gone.push(mediaId);
          } catch (error) {
            this.#log.warn({ media_id: mediaId, err: error }, 'media could not be removed, the next run tries again');
          }
        }),
      );
    }
    await this.#store.remove(gone);
    return gone.length;
  }

  #now(): Date {
    return new Date(this.#clock.now());
  }
}

const unknownMedia = () =>
  invalidParameter('media_ids', 'media_ids parameter is invalid: it names media that do not exist or have expired');

type Judged = { readonly kind: 'good'; readonly file: MediaFile } | Extract<UploadOutcome, { kind: 'refused' }>;

function judgeUpload(file: UploadedFile): Judged {
  const size = file.bytes.byteLength;
  const refused = (reason: Extract<UploadOutcome, { kind: 'refused' }>['reason'], message: string): Judged => ({
    kind: 'refused',
    reason,
    file: { contentType: file.contentType, fileName: cleanFileName(file.fileName), size },
    message,
  });
  if (file.truncated || size > MAX_UPLOAD_BYTES) return refused('too_large', `the file is larger than ${MAX_UPLOAD_BYTES} bytes`);
  if (size === 0) return refused('empty', 'the file is empty');
  const verdict = judgeType(file.contentType, file.bytes);
  switch (verdict.kind) {
    case 'accepted':
      return { kind: 'good', file: { ...file, contentType: verdict.type } };
    case 'unsupported':
      return refused('unsupported', `files of type ${verdict.type} are not supported`);
    case 'mismatch':
      return refused('mismatch', `the content is not ${verdict.type}`);
  }
}
