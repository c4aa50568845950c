import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { inboundCall } from '../../testkit/call-facts.ts';
import { silentLog } from '../../testkit/silent-log.ts';
import { createTestDatabase, type TestDatabase } from '../../testkit/test-database.ts';
import { unfinishedWav } from '../../testkit/unfinished-wav.ts';
import { VirtualClock } from '../../testkit/virtual-clock.ts';
import { systemClock } from '../runtime/clock.ts';
import { createIds } from '../runtime/ids.ts';
import { createSystemRandom } from '../runtime/random.ts';
import { type BlobStore, openLocalBlobs } from '../storage/blobs.ts';
import type { CallNotification, RecordingFacts } from './call-application.ts';
import type { ProgramRecording, TellProgram } from './call-recordings.ts';
import { RecordingStore } from './recording-store.ts';
import { Recordings } from './recordings.ts';
import type { WriteNotifications } from './write-notifications.ts';

const DAY_MS = 24 * 3_600_000;

describe('recordings', () => {
  let database: TestDatabase;
  let clock: VirtualClock;
  let directory: string;
  let blobs: BlobStore;
  let recordings: Recordings;
  let accountId: string;
  const ids = createIds(systemClock, createSystemRandom());
  const reach = () => ({ accountId, subaccountId: undefined });
  const begin = (format: 'mp3' | 'wav' = 'mp3', told?: CallNotification | ProgramRecording) =>
    recordings.begin({
      callId: ids.uuid(),
      accountId,
      ownerId: accountId,
      from: '14155550123',
      to: '14155550100',
      format,
      channels: 'mono',
      told,
    });
  const facts = () => ({ durationMs: 4_000, startedAt: clock.now() - 4_000, endedAt: clock.now() });
  const all = { fromMs: undefined, toMs: undefined };
  const page = { limit: 20, offset: 0 };

  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.close());
  beforeEach(async () => {
    clock = new VirtualClock();
    directory = await mkdtemp(path.join(os.tmpdir(), 'ringdown-recordings-'));
    blobs = await openLocalBlobs(path.join(directory, 'blobs'), clock.now());
    accountId = ids.authId('MA');
    recordings = new Recordings({
      store: new RecordingStore(database.storage),
      blobs,
      directory: path.join(directory, 'spool'),
      publicUrl: 'http://127.0.0.1:7464',
      node: accountId,
      clock,
      ids,
      log: silentLog,
    });
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('are seen once their file is finished, under the URL that was promised', async () => {
    const { recordingId, url, path: file } = await begin();
    assert.equal(url, `http://127.0.0.1:7464/v1/Account/${accountId}/Recording/${recordingId}.mp3`);
    await writeFile(file, 'audio');
    assert.equal(await recordings.find(reach(), recordingId), undefined);
    assert.equal(await recordings.findContent(accountId, recordingId, 'mp3'), undefined);
    let told = 0;
    const tell = async () => {
      told++;
      return () => undefined;
    };
    assert.equal(await recordings.finished({ recordingId, path: file }, facts(), tell), true);
    assert.equal(await recordings.finished({ recordingId, path: file }, facts(), tell), false);
    assert.equal(told, 1);
    const found = await recordings.find(reach(), recordingId);
    assert.deepEqual([found?.durationMs, found?.size, found?.type], [4_000, 5, 'call']);
    const content = await recordings.findContent(accountId, recordingId, 'mp3');
    const blob = await content?.open();
    assert.equal(blob && (await text(blob.stream)), 'audio');
    assert.equal(await recordings.findContent(accountId, recordingId, 'wav'), undefined);
    assert.deepEqual(await readdir(path.join(directory, 'spool')), []);
  });

  it('without audio come to nothing', async () => {
    const empty = await begin();
    await writeFile(empty.path, '');
    assert.equal(await recordings.finished(empty, facts()), false);
    const missing = await begin();
    assert.equal(await recordings.finished(missing, facts()), false);
    assert.equal((await recordings.list(reach(), all, page)).total, 0);
    assert.equal(await recordings.recover(), 0);
  });

  it('are deleted with their file, and only by those whose they are', async () => {
    const begun = await begin();
    await writeFile(begun.path, 'audio');
    await recordings.finished(begun, facts());
    assert.equal(await recordings.delete({ accountId: 'MAOTHER', subaccountId: undefined }, begun.recordingId), false);
    assert.equal(await recordings.delete(reach(), begun.recordingId), true);
    assert.equal(await recordings.delete(reach(), begun.recordingId), false);
    assert.equal(await blobs.sizeOf(`recordings/${begun.recordingId}`), undefined);
  });

  it('are found by what lists filter', async () => {
    const begun = await begin();
    await writeFile(begun.path, 'audio');
    await recordings.finished(begun, facts());
    const count = async (filter: object) => (await recordings.list(reach(), { ...all, ...filter }, page)).total;
    assert.equal(await count({ from: '14155550123', to: '14155550100', conferenceName: '' }), 1);
    assert.equal(await count({ from: '14155550100' }), 0);
    assert.equal(await count({ callId: ids.uuid() }), 0);
    assert.equal(await count({ fromMs: clock.now(), toMs: clock.now() }), 1);
    assert.equal(await count({ fromMs: clock.now() + 1 }), 0);
    assert.equal(await count({ toMs: clock.now() - 1 }), 0);
    assert.equal(await count({ ownerId: 'SA' }), 0);
  });

  it('that a dead process was writing keep the audio that was written', async () => {
    const mp3 = await begin();
    // 32 kbit/s of MPEG-2.5 at 8 kHz: frames of 288 octets and 72 ms. The last one was cut off.
    const frame = Buffer.alloc(288);
    Buffer.from([0xff, 0xe3, 0x48, 0xc4]).copy(frame);
    await writeFile(mp3.path, Buffer.concat([...Array.from({ length: 50 }, () => frame), frame.subarray(0, 100)]));
    const wav = await begin('wav');
    await writeFile(wav.path, unfinishedWav(100));
    const broken = await begin('wav');
    await writeFile(broken.path, 'no audio');
    const never = await begin();
    const stray = path.join(directory, 'spool', `${ids.secretUuid()}.mp3`);
    await writeFile(stray, 'nobody knows it');

    assert.equal(await recordings.recover(), 2);
    assert.deepEqual(await readdir(path.join(directory, 'spool')), []);
    const saved = await recordings.findContent(accountId, wav.recordingId, 'wav');
    const blob = await saved?.open();
    const bytes = blob ? await buffer(blob.stream) : Buffer.alloc(44);
    assert.deepEqual([bytes.readUInt32LE(4), bytes.readUInt32LE(40)], [1636, 1600]);
    // As long as what was written, not as long as the process lived.
    assert.equal((await recordings.find(reach(), mp3.recordingId))?.durationMs, 3_600);
    const length = await recordings.find(reach(), wav.recordingId);
    assert.deepEqual([length?.durationMs, (length?.endedAt.getTime() ?? 0) - (length?.startedAt.getTime() ?? 0)], [100, 100]);
    assert.equal(await recordings.find(reach(), broken.recordingId), undefined);
    assert.equal(await recordings.find(reach(), never.recordingId), undefined);
  });

  it('that a dead process was writing are told to whom they were promised, once', async () => {
    const call = inboundCall({ callId: ids.uuid(), accountId, ownerId: accountId });
    const recording = { recordingId: '', url: '', durationMs: 0, startedAt: 0, endedAt: 0 };
    const told: CallNotification[] = [];
    const writeNotifications: WriteNotifications = async (_client, notifications) => {
      told.push(...notifications);
      return () => undefined;
    };
    const begun = await begin('wav', {
      kind: 'recorded',
      call,
      target: { url: 'http://app.example/rec', method: 'POST' },
      recording,
    });
    await writeFile(begun.path, unfinishedWav(2_000));
    assert.equal(await recordings.recover(writeNotifications), 1);
    assert.equal(await recordings.recover(writeNotifications), 0);
    const [notification] = told;
    assert.equal(told.length, 1);
    assert.ok(notification?.kind === 'recorded');
    assert.deepEqual(
      [notification.call.callId, notification.target.url, notification.recording.durationMs, notification.recording.url],
      [call.callId, 'http://app.example/rec', 2_000, begun.url],
    );
  });

  it('that a dead process was writing in a call of a program are told to the program, once', async () => {
    const told: [ProgramRecording, RecordingFacts][] = [];
    const tellProgram: TellProgram = async (_client, program, facts) => {
      told.push([program, facts]);
      return () => undefined;
    };
    const program = { kind: 'program', subjectId: 'session 1', from: '14155550123', to: '14155550177' } as const;
    const begun = await begin('wav', program);
    await writeFile(begun.path, unfinishedWav(1_000));
    assert.equal(await recordings.recover(undefined, tellProgram), 1);
    assert.equal(await recordings.recover(undefined, tellProgram), 0);
    assert.deepEqual(
      told.map(([of, { recordingId, durationMs, url }]) => [of, recordingId, durationMs, url]),
      [[program, begun.recordingId, 1_000, begun.url]],
    );
  });

  it('whose file had been taken over when the process died are published with what was known', async () => {
    const begun = await begin();
    await writeFile(begun.path, 'audio');
    await new RecordingStore(database.storage).settle(begun.recordingId, facts());
    await blobs.adopt(`recordings/${begun.recordingId}`, begun.path);
    assert.equal(await recordings.recover(), 1);
    assert.equal((await recordings.find(reach(), begun.recordingId))?.durationMs, 4_000);
  });

  it('go after the days that their account keeps them', async () => {
    await database.storage.pool.query(
      `insert into accounts (auth_id, auth_token, name, settings) values ($1, '', '', '{"recordingRetentionDays": 2}')`,
      [accountId],
    );
    const begun = await begin();
    await writeFile(begun.path, 'audio');
    await recordings.finished(begun, facts());
    await clock.advance(2 * DAY_MS);
    assert.equal(await recordings.expire(), 0);
    await clock.advance(1_000);
    assert.equal(await recordings.expire(), 1);
    assert.equal(await recordings.find(reach(), begun.recordingId), undefined);
  });

  it('that failed leave nothing behind', async () => {
    const begun = await begin('wav');
    await writeFile(begun.path, Buffer.alloc(100));
    await recordings.failed(begun);
    assert.equal(await recordings.finished(begun, facts()), false);
    await assert.rejects(readFile(begun.path));
  });
});
