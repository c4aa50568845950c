import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { type ApiClient, createSubtenant, createTenant } from '../../../testkit/api-client.ts';
import { createPlivoFixture, type PlivoFixture } from '../../../testkit/plivo-fixture.ts';
import type { TranscribedSegment } from '../../voice/transcription/transcription.ts';
import { TranscriptionStore } from '../../voice/transcription/transcription-store.ts';

const NODE = 'node-a';
const MESSAGE = { transcription_callback_url: 'http://127.0.0.1:9/text' };

describe('transcriptions over the API', () => {
  let fixture: PlivoFixture;
  let api: ApiClient;
  let sub: ApiClient;
  let store: TranscriptionStore;
  before(async () => {
    fixture = await createPlivoFixture();
    api = await createTenant(fixture, 'Transcriptions');
    sub = await createSubtenant(fixture, api, 'Branch');
    store = new TranscriptionStore(fixture.database.storage.pool);
  });
  after(() => fixture.close());

  const record = async (ownerId = api.authId) => {
    const { recordings, ids, clock } = fixture.services;
    const begun = await recordings.begin({
      callId: ids.uuid(),
      accountId: api.authId,
      ownerId,
      from: '14155550123',
      to: '14155550100',
      format: 'mp3',
      channels: 'mono',
    });
    await writeFile(begun.path, '0123456789');
    const at = clock.now();
    await recordings.finished(begun, { durationMs: 61_250, startedAt: at - 61_250, endedAt: at });
    return begun.recordingId;
  };
  /** What a node makes of the next one. */
  const settle = async (given: readonly TranscribedSegment[] | string) => {
    const now = fixture.clock.now();
    const job = await store.claim(NODE, now, 1_000);
    assert.ok(job);
    const outcome =
      typeof given === 'string'
        ? ({ state: 'failed', error: given } as const)
        : ({ state: 'done', segments: given, charge: { rateMicros: 500, amountMicros: 1_000 } } as const);
    await store.finish(NODE, job, outcome, now, undefined);
    return job;
  };

  it('are asked for, in progress, and then told as text or with times', async () => {
    const id = await record();
    assert.equal((await api.get(`Transcription/${id}/`)).status, 404);
    const asked = await api.post(`Transcription/${id}/`, MESSAGE);
    assert.deepEqual([asked.status, asked.body.message], [202, 'transcription in progress']);
    const { body: waiting } = await api.get(`Transcription/${id}/`);
    assert.deepEqual([waiting.status, waiting.transcription], ['in progress', '']);
    const job = await settle([
      { startMs: 0, endMs: 900, text: 'hello', confidence: 0.5 },
      { startMs: 2_000, endMs: 2_900, text: 'world' },
    ]);
    assert.deepEqual(job.callback, { url: MESSAGE.transcription_callback_url, method: 'POST' });
    const { status, body } = await api.get(`Transcription/${id}/`);
    assert.equal(status, 200);
    assert.deepEqual(
      { ...body, api_id: '' },
      {
        api_id: '',
        cost: 0.001,
        rate: 0.0005,
        recording_duration_ms: 61_250,
        recording_start_ms: fixture.clock.now() - 61_250,
        status: 'success',
        transcription: 'hello world',
      },
    );
    assert.deepEqual((await api.get(`Transcription/${id}/?type=full`)).body.transcription, [
      { start_ms: 0, end_ms: 900, text: 'hello', confidence: 0.5 },
      { start_ms: 2_000, end_ms: 2_900, text: 'world', confidence: null },
    ]);
  });

  it('say why they failed', async () => {
    const id = await record();
    await api.post(`Transcription/${id}/`, { transcription_report_type: 'full' });
    await settle('no speech recogniser is configured');
    const { body } = await api.get(`Transcription/${id}/`);
    assert.deepEqual([body.status, body.transcription, body.error], ['failed', [], 'no speech recogniser is configured']);
  });

  it('are deleted without their recording, and with it', async () => {
    const id = await record();
    await api.post(`Transcription/${id}/`, {});
    const deleted = await api.delete(`Transcription/${id}/`);
    assert.deepEqual([deleted.status, deleted.body.message], [202, 'request accepted']);
    assert.equal((await api.delete(`Transcription/${id}/`)).status, 404);
    assert.equal((await api.get(`Recording/${id}/`)).status, 200);
    await api.post(`Transcription/${id}/`, {});
    assert.equal((await api.delete(`Recording/${id}/`)).status, 204);
    assert.equal((await api.get(`Transcription/${id}/`)).status, 404);
    assert.equal((await api.post(`Transcription/${id}/`, {})).status, 404);
  });

  it('are those of the account and of the subaccount that recorded', async () => {
    const stranger = await createTenant(fixture, 'Stranger');
    const [mine, theirs] = [await record(), await record(sub.authId)];
    for (const id of [mine, theirs]) await api.post(`Transcription/${id}/`, {});
    const seen = async (who: ApiClient, id: string) => (await who.get(`Transcription/${id}/`)).status;
    assert.deepEqual([await seen(api, mine), await seen(api, theirs)], [200, 200]);
    assert.deepEqual([await seen(sub, mine), await seen(sub, theirs)], [404, 200]);
    assert.deepEqual([await seen(stranger, mine), await seen(stranger, theirs)], [404, 404]);
    assert.equal((await sub.post(`Transcription/${mine}/`, {})).status, 404);
    assert.equal((await stranger.delete(`Transcription/${theirs}/`)).status, 404);
    assert.equal((await api.post('Transcription/none/', {})).status, 404);
    assert.equal((await api.post(`Transcription/${mine}/`, { transcription_callback_url: 'nowhere' })).status, 400);
  });
});
