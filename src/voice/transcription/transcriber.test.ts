import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, before, beforeEach, describe, it } from 'node:test';
import { frames, join, silence, sine } from '../../../testkit/audio.ts';
import { until } from '../../../testkit/rtp-peer.ts';
import { ScriptedRecogniser } from '../../../testkit/scripted-recogniser.ts';
import { silentLog } from '../../../testkit/silent-log.ts';
import { createTestDatabase, type TestDatabase } from '../../../testkit/test-database.ts';
import { VirtualClock } from '../../../testkit/virtual-clock.ts';
import { WavWriter } from '../../media/audio-files/wav-writer.ts';
import { createIds } from '../../runtime/ids.ts';
import { createSystemRandom } from '../../runtime/random.ts';
import { type NewRecording, RecordingStore } from '../recording-store.ts';
import { Transcriber } from './transcriber.ts';
import type { StoredTranscription } from './transcription.ts';
import { type TranscriptionJob, type TranscriptionOutcome, TranscriptionStore } from './transcription-store.ts';
import { Transcriptions } from './transcriptions.ts';

const ACCOUNT = 'MATRANSCRIBER0000001';
const SUBACCOUNT = 'SATRANSCRIBER0000001';
const RATE = 8_000;
const CALLBACK = { url: 'https://app.example/text', method: 'POST' };
const wanted = { type: 'auto', url: CALLBACK, reportType: 'full' } as const;

/** One second of sound twice. */
const FILE = (() => {
  const writer = new WavWriter(RATE, 1);
  const tone = sine(RATE, 300, 1_000);
  const audio = join(silence(RATE, 500), tone, silence(RATE, 1_500), tone, silence(RATE, 1_000));
  return Buffer.concat(frames(audio, 160).map((frame) => Buffer.from(writer.append(frame))));
})();

let database: TestDatabase;
before(async () => {
  database = await createTestDatabase();
});
after(() => database.close());
beforeEach(() => database.storage.pool.query('truncate recordings cascade'));

function rig(node = 'node-a', clock = new VirtualClock()) {
  const ids = createIds(clock, createSystemRandom());
  const recordings = new RecordingStore(database.storage);
  const store = new TranscriptionStore(database.storage.pool);
  const transcriptions = new Transcriptions(store, clock);
  const recogniser = new ScriptedRecogniser();
  recogniser.available = true;
  const told: { readonly job: TranscriptionJob; readonly outcome: TranscriptionOutcome }[] = [];
  const noted: string[] = [];
  const files = new Map<string, Buffer>();
  const transcriber = new Transcriber({
    store,
    recogniser,
    open: async (id) => {
      const file = files.get(id);
      return file && Readable.from([file.subarray(0, 5_000), file.subarray(5_000)]);
    },
    tell: async (_, job, outcome) => {
      told.push({ job, outcome });
      return () => undefined;
    },
    note: (_, event) => void noted.push(event),
    price: () => 500,
    node,
    clock,
    log: silentLog,
  });
  transcriptions.onWork(() => transcriber.wake());
  const begin = async (more: { readonly ownerId?: string; readonly asked?: boolean } = {}) => {
    const recording: NewRecording = {
      recordingId: ids.secretUuid(),
      accountId: ACCOUNT,
      ownerId: more.ownerId ?? ACCOUNT,
      callId: ids.uuid(),
      node,
      type: 'call',
      format: 'wav',
      channels: 'mono',
      from: '1',
      to: '2',
      startedAt: new Date(clock.now()),
    };
    await recordings.insert(recording);
    if (more.asked !== false) await transcriptions.request(recording, wanted);
    return recording;
  };
  const publish = async (recordingId: string, durationMs = 5_000, file: Buffer | undefined = FILE) => {
    if (file) files.set(recordingId, file);
    const facts = { size: FILE.length, durationMs, startedAt: clock.now(), endedAt: clock.now() };
    await recordings.publish(recordingId, facts, 0, undefined);
    transcriptions.recorded();
  };
  const reach = { accountId: ACCOUNT, subaccountId: undefined };
  const find = (recordingId: string) => store.find(reach, recordingId);
  /** Until storage says so; waits of the transcriber itself come when the clock is moved. */
  const stands = (recordingId: string, state: StoredTranscription['state']) =>
    untilTrue(async () => (await find(recordingId))?.state === state, state);
  const nth = async (n: number) => {
    await until(() => recogniser.utterances.length > n && recogniser.utterances[n]?.isEnded === true, `utterance ${n}`);
    return recogniser.utterances[n];
  };
  return {
    clock,
    recordings,
    store,
    transcriptions,
    recogniser,
    told,
    noted,
    files,
    transcriber,
    begin,
    publish,
    find,
    stands,
    nth,
  };
}

async function untilTrue(condition: () => Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`it did not become ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('transcriptions', () => {
  it('are made when the recording has ended, told once and kept with their times', async () => {
    const r = rig();
    await r.transcriber.start();
    const { recordingId, callId } = await r.begin();
    await r.clock.advance(10_000);
    assert.deepEqual([r.recogniser.utterances.length, await r.find(recordingId)], [0, undefined]);
    await r.publish(recordingId);
    (await r.nth(0))?.understands('hello', 0.5);
    (await r.nth(1))?.understands('world', 'untold');
    await r.stands(recordingId, 'done');
    const found = await r.find(recordingId);
    assert.deepEqual(
      found?.segments.map(({ text, confidence }) => [text, confidence]),
      [
        ['hello', 0.5],
        ['world', undefined],
      ],
    );
    assert.ok((found?.segments[1]?.startMs ?? 0) > 2_000);
    assert.deepEqual([found?.durationMs, found?.callback, found?.reportType], [5_000, CALLBACK, 'full']);
    assert.equal(r.told.length, 1);
    assert.deepEqual([r.told[0]?.job.callId, r.told[0]?.outcome.state], [callId, 'done']);
    assert.deepEqual(r.noted, ['transcription_started', 'transcription_done']);
    await r.transcriber.stop();
    assert.equal(r.clock.pending, 0);
  });

  it('belong to their account and subaccount', async () => {
    const r = rig();
    const { recordingId } = await r.begin({ ownerId: SUBACCOUNT });
    await r.publish(recordingId);
    const reaches = [
      [ACCOUNT, undefined, true],
      [ACCOUNT, SUBACCOUNT, true],
      [ACCOUNT, 'SAANOTHER', false],
      ['MAANOTHER', undefined, false],
    ] as const;
    for (const [accountId, subaccountId, isTheirs] of reaches) {
      assert.equal((await r.store.find({ accountId, subaccountId }, recordingId)) !== undefined, isTheirs);
    }
    assert.equal(await r.store.remove({ accountId: 'MAANOTHER', subaccountId: undefined }, recordingId), false);
    assert.equal(await r.store.remove({ accountId: ACCOUNT, subaccountId: SUBACCOUNT }, recordingId), true);
    assert.equal(await r.find('nothing'), undefined);
  });

  it('are tried again after an engine failed, later each time, and then told as failed', async () => {
    const r = rig();
    await r.transcriber.start();
    const { recordingId } = await r.begin();
    await r.publish(recordingId);
    for (const [attempt, waitMs] of [15_000, 60_000, 300_000, 1_800_000].entries()) {
      (await r.nth(attempt))?.fails('openai: answered 503');
      await until(() => r.noted.filter((event) => event === 'transcription_failed').length === attempt + 1, 'its failure');
      await untilTrue(async () => (await held()) === null, 'put off');
      await r.clock.advance(waitMs - 6_000);
      assert.equal(r.recogniser.utterances.length, attempt + 1);
      await pace(r, 12_000);
    }
    (await r.nth(4))?.fails('openai: answered 503');
    await r.stands(recordingId, 'failed');
    assert.deepEqual(
      r.told.map(({ outcome }) => outcome),
      [{ state: 'failed', error: 'openai: answered 503' }],
    );
    await r.transcriber.stop();
    assert.equal(r.clock.pending, 0);
  });

  it('fail at once where nothing can be done', async () => {
    const r = rig();
    await r.transcriber.start();
    const cases: [string, number, Buffer | undefined, boolean, RegExp][] = [
      ['short', 499, FILE, true, /shorter than 500 ms/],
      ['long', 4 * 3_600_000 + 1, FILE, true, /longer than 4 hours/],
      ['no engine', 5_000, FILE, false, /no speech recogniser is configured/],
      ['broken', 5_000, Buffer.alloc(9_000), true, /.+/],
    ];
    for (const [what, durationMs, file, available, error] of cases) {
      r.recogniser.available = available;
      const { recordingId } = await r.begin();
      await r.publish(recordingId, durationMs, file);
      await r.stands(recordingId, 'failed');
      assert.match((await r.find(recordingId))?.error ?? '', error, what);
    }
    assert.equal(r.told.length, cases.length);
    await r.transcriber.stop();
  });

  it('are taken up by the next process, and by another node when theirs has died', async () => {
    const dead = rig();
    await dead.transcriber.start();
    const { recordingId } = await dead.begin();
    await dead.publish(recordingId);
    await dead.nth(0);
    // The process is killed here: nothing of it is stopped or given back.
    const other = rig('node-b', dead.clock);
    other.files.set(recordingId, FILE);
    await other.transcriber.start();
    await pace(other, 30_000);
    assert.equal(other.recogniser.utterances.length, 0);
    const next = rig('node-a', dead.clock);
    next.files.set(recordingId, FILE);
    await next.transcriber.start();
    (await next.nth(0))?.understands('hello');
    (await next.nth(1))?.understands('world');
    await next.stands(recordingId, 'done');
    // What the dead one still thinks to know counts no more.
    dead.recogniser.utterances[0]?.understands('nonsense');
    (await dead.nth(1))?.understands('nonsense');
    await Promise.all([dead.transcriber.stop(), other.transcriber.stop(), next.transcriber.stop()]);
    assert.deepEqual(
      (await next.find(recordingId))?.segments.map(({ text }) => text),
      ['hello', 'world'],
    );
    assert.deepEqual([dead.told.length, next.told.length], [0, 1]);
  });

  it('that a stopping server was making are given back and are no try', async () => {
    const r = rig();
    await r.transcriber.start();
    const { recordingId } = await r.begin();
    await r.publish(recordingId);
    await r.nth(0);
    await r.transcriber.stop();
    const { rows } = await database.storage.pool.query('select state, node, attempts from transcriptions');
    assert.deepEqual(rows, [{ state: 'waiting', node: null, attempts: 0 }]);
    assert.equal(r.recogniser.utterances[0]?.isCancelled, true);
    assert.equal(r.clock.pending, 0);
  });

  it('are not told once they are deleted, also with their recording; and can be asked for anew', async () => {
    const r = rig();
    await r.transcriber.start();
    const first = await r.begin();
    await r.publish(first.recordingId);
    await r.nth(0);
    const reach = { accountId: ACCOUNT, subaccountId: undefined };
    assert.equal(await r.transcriptions.delete(reach, first.recordingId), true);
    await pace(r, 25_000);
    await until(() => r.recogniser.utterances[0]?.isCancelled === true, 'its end');
    const recording = await r.recordings.find(reach, first.recordingId);
    assert.ok(recording);
    await r.transcriptions.requestAgain(recording, { url: undefined, reportType: 'compact' });
    (await r.nth(1))?.understands('anew');
    (await r.nth(2))?.understands('');
    await r.stands(first.recordingId, 'done');
    assert.deepEqual(
      r.told.map(({ job }) => job.callback),
      [undefined],
    );
    await r.recordings.withdraw(reach, first.recordingId);
    assert.equal(await r.find(first.recordingId), undefined);
    await r.recordings.remove(first.recordingId);
    assert.equal((await database.storage.pool.query('select 1 from transcriptions')).rowCount, 0);
    await r.transcriber.stop();
  });
});

const held = async () =>
  (await database.storage.pool.query<{ node: string | null }>('select node from transcriptions')).rows[0]?.node ?? null;

/** Moves the clock in steps between which storage gets to answer. */
async function pace({ clock }: { readonly clock: VirtualClock }, ms: number): Promise<void> {
  for (let at = 0; at < ms; at += 1_000) {
    await clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
