import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Found, PageRequest, Reach } from '../accounts/reach.ts';
import { type Surcharge, startedMinutes } from '../billing/surcharges.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Ids } from '../runtime/ids.ts';
import type { Log } from '../runtime/log.ts';
import type { BlobStore, ByteRange, OpenBlob } from '../storage/blobs.ts';
import type { CallNotification } from './call-application.ts';
import type { RecordedRoomName, TellProgram } from './call-recordings.ts';
import type { InTransaction } from './call-store.ts';
import { mp3DurationMs } from './mp3-duration.ts';
import type {
  FinishedRecording,
  NewRecording,
  RecordingFile,
  RecordingFilter,
  RecordingFormat,
  RecordingStore,
  StoredRecording,
  UnfinishedRecording,
} from './recording-store.ts';
import { completeWav } from './wav-header.ts';
import type { WriteNotifications } from './write-notifications.ts';

export interface RecordingsOptions {
  readonly store: RecordingStore;
  readonly blobs: BlobStore;
  /** Where files are while they are written; on the disk of this node. */
  readonly directory: string;
  readonly publicUrl: string;
  readonly node: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Prices of recordings; absent = free. */
  readonly surcharge?: Surcharge | undefined;
}

export type BeginRecording = Pick<
  NewRecording,
  'callId' | 'accountId' | 'ownerId' | 'from' | 'to' | 'format' | 'channels' | 'told'
> & {
  /** Where it is no recording of a call alone. */
  readonly room?: RecordedRoomName | undefined;
};

export interface BegunRecording {
  readonly recordingId: string;
  /** Where the file will be served once it is finished. */
  readonly url: string;
  /** Where the recorder writes it. */
  readonly path: string;
}

/** Rows withdrawn by one statement of the retention chore. */
const EXPIRY_BATCH = 100;
const FILE_NAME = /^([0-9a-f-]{36})\.(?:mp3|wav)$/;

/** Where a recording is served: whoever knows the id may listen, unless the account asks for its credentials (voice-api.md §9). */
export const recordingUrl = (publicUrl: string, recording: Pick<NewRecording, 'ownerId' | 'recordingId' | 'format'>): string =>
  `${publicUrl}/v1/Account/${recording.ownerId}/Recording/${recording.recordingId}.${recording.format}`;

/**
 * Recordings from the moment they begin. A row announces each file before it is written and hides it before it is removed, so that
 * whatever a crash leaves behind is found again: `recover` makes a recording of as much audio as was written.
 */
export class Recordings {
  readonly #options: RecordingsOptions;

  constructor(options: RecordingsOptions) {
    this.#options = options;
  }

  /** Resolves when the recording is known to storage: its id and URL may be told. */
  async begin(given: BeginRecording): Promise<BegunRecording> {
    const { store, ids, clock, node, publicUrl, directory } = this.#options;
    const { room, ...facts } = given;
    const recording: NewRecording = {
      ...facts,
      recordingId: ids.secretUuid(),
      node,
      type: room === undefined || room.kind === 'participant' ? 'call' : 'conference',
      conference: room?.kind === 'conference' ? { id: room.id, name: room.name } : undefined,
      multiParty: room === undefined || room.kind === 'conference' ? undefined : { id: room.id, name: room.name },
      startedAt: new Date(clock.now()),
    };
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await store.insert(recording);
    return {
      recordingId: recording.recordingId,
      url: recordingUrl(publicUrl, recording),
      path: this.#fileOf(recording.recordingId, recording.format),
    };
  }

  /**
   * The file is complete: it is kept durably, then readers see it. `also` adds rows to that transaction, such as the webhook that tells
   * of it. False when it was finished before, or has no audio.
   */
  async finished(
    { recordingId, path: file }: Pick<BegunRecording, 'recordingId' | 'path'>,
    facts: Omit<FinishedRecording, 'size'>,
    also?: InTransaction,
  ): Promise<boolean> {
    await this.#options.store.settle(recordingId, facts);
    const size =
      (await this.#options.blobs.adopt(recordingKey(recordingId), file)) ??
      (await this.#options.blobs.sizeOf(recordingKey(recordingId)));
    if (size === undefined || size === 0) {
      await this.failed({ recordingId, path: file });
      return false;
    }
    const micros = startedMinutes(facts.durationMs) * (this.#options.surcharge?.('recording') ?? 0);
    return this.#options.store.publish(recordingId, { ...facts, size }, micros, also);
  }

  /** There will be no recording: disk full, no audio. */
  async failed({ recordingId, path: file }: Pick<BegunRecording, 'recordingId' | 'path'>): Promise<void> {
    await rm(file, { force: true });
    await this.#options.blobs.delete(recordingKey(recordingId));
    await this.#options.store.remove(recordingId);
  }

  find(reach: Reach, recordingId: string): Promise<StoredRecording | undefined> {
    return this.#options.store.find(reach, recordingId);
  }

  list(reach: Reach, filter: RecordingFilter, page: PageRequest): Promise<Found<StoredRecording>> {
    return this.#options.store.list(reach, filter, page);
  }

  /** Removes recording and file. False when there is none within reach. */
  async delete(reach: Reach, recordingId: string): Promise<boolean> {
    const file = await this.#options.store.withdraw(reach, recordingId);
    if (!file) return false;
    await this.#remove(file);
    return true;
  }

  /** What a public URL names, and a way to open it. */
  async findContent(
    authId: string,
    recordingId: string,
    format: string,
  ): Promise<{ readonly recording: StoredRecording; open(range?: ByteRange): Promise<OpenBlob | undefined> } | undefined> {
    const recording = await this.#options.store.findPublic(authId, recordingId);
    if (recording?.format !== format) return undefined;
    return { recording, open: (range) => this.#options.blobs.get(recordingKey(recording.recordingId), range) };
  }

  /** Removes what is older than its account keeps recordings. Returns how many. */
  async expire(): Promise<number> {
    const { store, clock, node } = this.#options;
    let removed = 0;
    // Left over when a file could not be removed.
    for (const file of await store.unfinished(node)) if (file.state === 'removing') await this.#remove(file);
    for (;;) {
      const batch = await store.withdrawExpired(clock.now(), EXPIRY_BATCH);
      for (const file of batch) await this.#remove(file);
      removed += batch.length;
      if (batch.length < EXPIRY_BATCH) return removed;
    }
  }

  /**
   * Takes up what an earlier process of this node left: audio that was written becomes a recording that ends with its last byte, the rest
   * is removed. At start, before anything is recorded. `writeNotifications` tells of those that somebody wanted to be told of, `tellProgram`
   * of those in calls of a program. Returns how many recordings were saved.
   */
  async recover(writeNotifications?: WriteNotifications, tellProgram?: TellProgram): Promise<number> {
    const { store, node, log, directory } = this.#options;
    let saved = 0;
    const known = new Set<string>();
    for (const file of await store.unfinished(node)) {
      known.add(file.recordingId);
      try {
        if (file.state === 'removing') await this.#remove(file);
        else if (await this.#save(file, writeNotifications, tellProgram)) saved++;
      } catch (error) {
        log.warn({ err: error, recording_id: file.recordingId }, 'a recording that was under way could not be saved');
      }
    }
    for (const name of await readdir(directory).catch(() => [])) {
      const id = FILE_NAME.exec(name)?.[1];
      if (id !== undefined && !known.has(id)) await rm(path.join(directory, name), { force: true });
    }
    return saved;
  }

  async #save(
    unfinished: UnfinishedRecording,
    writeNotifications: WriteNotifications | undefined,
    tellProgram: TellProgram | undefined,
  ): Promise<boolean> {
    const { recordingId, format, startedAt, endedAt, ownerId, told } = unfinished;
    const file = this.#fileOf(recordingId, format);
    const found = await stat(file).catch(() => undefined);
    // Taken over already: only the row was left to write.
    const isTaken = found === undefined && (await this.#options.blobs.sizeOf(recordingKey(recordingId))) !== undefined;
    const writtenMs = found && (await (format === 'mp3' ? mp3DurationMs(file) : completeWav(file)));
    if (writtenMs === undefined && !isTaken) {
      await this.failed({ recordingId, path: file });
      return false;
    }
    // What the recorder itself said goes before what the file tells.
    const durationMs = endedAt ? unfinished.durationMs : (writtenMs ?? 0);
    const started = startedAt.getTime();
    const facts = { durationMs, startedAt: started, endedAt: endedAt?.getTime() ?? started + durationMs };
    const url = recordingUrl(this.#options.publicUrl, { ownerId, recordingId, format });
    const notification: CallNotification | undefined =
      told && 'recording' in told && told.kind !== 'multiparty-recording'
        ? { ...told, recording: { recordingId, url, ...facts } }
        : undefined;
    const also: InTransaction | undefined =
      told?.kind === 'program'
        ? tellProgram && ((client) => tellProgram(client, told, { recordingId, url, ...facts }))
        : notification && writeNotifications && ((client) => writeNotifications(client, [notification]));
    return this.finished({ recordingId, path: file }, facts, also);
  }

  async #remove({ recordingId }: RecordingFile): Promise<void> {
    await this.#options.blobs.delete(recordingKey(recordingId));
    await this.#options.store.remove(recordingId);
  }

  #fileOf(recordingId: string, format: RecordingFormat): string {
    return path.join(this.#options.directory, `${recordingId}.${format}`);
  }
}

/** Of its blob. */
export const recordingKey = (recordingId: string): string => `recordings/${recordingId}`;
