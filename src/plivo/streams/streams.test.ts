import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type ApiClient, createTenant } from '../../../testkit/api-client.ts';
import { createPlivoFixture, type PlivoFixture } from '../../../testkit/plivo-fixture.ts';
import { REQUEST_IDS, RecordedCalls, UNKNOWN_CALL } from '../../../testkit/recorded-calls.ts';
import { stream } from '../../../testkit/voice-elements.ts';
import type { StreamFacts } from '../../voice/streams/stream-facts.ts';

const [STREAM = '', CALL = '', OTHER = ''] = REQUEST_IDS;
const SERVICE = { service_url: 'wss://bot.example/ws?room=7' };

describe('streams over the API (audio-streaming.md §9, item 7)', () => {
  let fixture: PlivoFixture;
  let api: ApiClient;
  const voice = new RecordedCalls();
  before(async () => {
    fixture = await createPlivoFixture({ voice });
    api = await createTenant(fixture, 'Streams');
  });
  after(() => fixture.close());
  beforeEach(() => void voice.streamsAsked.splice(0));

  const facts = (more: Partial<StreamFacts> = {}): StreamFacts => ({
    streamId: STREAM,
    callId: CALL,
    accountId: api.authId,
    ownerId: api.authId,
    plan: { ...stream().plan, bidirectional: true },
    state: 'connecting',
    createdAt: Date.UTC(2026, 0, 12, 9, 14, 2, 345),
    startedAt: undefined,
    endedAt: undefined,
    endReason: undefined,
    ...more,
  });

  it('start with every default, with and without the trailing slash', async () => {
    for (const path of [`Call/${CALL}/Stream/`, `Call/${CALL}/Stream`]) {
      const { status, body } = await api.post(path, SERVICE);
      assert.equal(status, 202);
      assert.deepEqual({ ...body, api_id: '' }, { api_id: '', message: 'audio streaming started', stream_id: STREAM });
    }
    const { plan } = stream({ statusCallback: undefined });
    assert.deepEqual(voice.streamsAsked[0], { what: 'start', of: CALL, plan: { ...plan, url: SERVICE.service_url } });
  });

  it('start with every parameter, booleans as text too', async () => {
    await api.post(`Call/${CALL}/Stream/`, {
      ...SERVICE,
      bidirectional: 'true',
      audio_track: 'inbound',
      stream_timeout: 60,
      content_type: 'audio/x-mulaw;rate=8000',
      status_callback_url: 'https://app.example/s',
      status_callback_method: 'GET',
      extra_headers: 'a=1,b=2',
      noise_cancellation: 'true',
      noise_cancellation_level: 120,
      cx_bot: true,
    });
    assert.deepEqual(voice.streamsAsked[0]?.plan, {
      url: SERVICE.service_url,
      bidirectional: true,
      track: 'inbound',
      timeoutMs: 60_000,
      encoding: 'mulaw',
      sampleRate: 8_000,
      extraHeaders: 'a=1,b=2',
      statusCallback: { url: 'https://app.example/s', method: 'GET' },
      noiseLevel: 100,
      keepCallAlive: false,
    });
  });

  it('start with a method in any case, as two SDKs let it through', async () => {
    const callback = { status_callback_url: 'https://app.example/s', status_callback_method: 'get' };
    assert.equal((await api.post(`Call/${CALL}/Stream/`, { ...SERVICE, ...callback })).status, 202);
    assert.deepEqual(voice.streamsAsked[0]?.plan?.statusCallback, { url: 'https://app.example/s', method: 'GET' });
  });

  it('are refused with 400 when they cannot be, and with 404 without their call', async () => {
    for (const [name, wrong] of [
      ['service_url', { service_url: undefined }],
      ['service_url', { service_url: 'https://bot.example/' }],
      ['audio_track', { audio_track: 'left' }],
      ['audio_track', { bidirectional: true, audio_track: 'both' }],
      ['content_type', { content_type: 'audio/x-mulaw;rate=16000' }],
      ['stream_timeout', { stream_timeout: 0 }],
      ['extra_headers', { extra_headers: 'ä'.repeat(300) }],
      ['status_callback_method', { status_callback_method: 'PUT' }],
    ] as const) {
      const { status, body } = await api.post(`Call/${CALL}/Stream/`, { ...SERVICE, ...wrong });
      assert.equal(status, 400, JSON.stringify(wrong));
      assert.match(String(body.error), new RegExp(`^${name} parameter is `));
    }
    assert.equal((await api.post(`Call/${UNKNOWN_CALL}/Stream/`, SERVICE)).status, 404);
  });

  it('stop with 204', async () => {
    assert.equal((await api.delete(`Call/${CALL}/Stream/${STREAM}`)).status, 204);
    assert.equal((await api.delete(`Call/${CALL}/Stream/`)).status, 204);
    assert.deepEqual(voice.streamsAsked, [
      { what: 'stop', of: STREAM },
      { what: 'stopAll', of: CALL },
    ]);
  });

  it('are told with the types that every SDK reads', async () => {
    const { streamRecords } = fixture.services;
    await streamRecords.insert(facts());
    const begun = await api.get(`Call/${CALL}/Stream/${STREAM}`);
    assert.deepEqual(
      { ...begun.body, api_id: '' },
      {
        api_id: '',
        audio_track: 'inbound',
        bidirectional: true,
        bill_duration: 0,
        billed_amount: '0.00000',
        call_uuid: CALL,
        content_type: 'audio/x-l16;rate=8000',
        created_at: '2026-01-12 09:14:02.345000+00:00',
        end_time: null,
        plivo_auth_id: api.authId,
        resource_uri: `/v1/Account/${api.authId}/Call/${CALL}/Stream/${STREAM}/`,
        rounded_bill_duration: '0',
        service_url: 'wss://bot.example/ws?room=7',
        start_time: null,
        status: 'initiated',
        status_callback_url: 'http://app.example/stream',
        stream_id: STREAM,
      },
    );
    const startedAt = Date.UTC(2026, 0, 12, 9, 14, 3);
    const ended = { state: 'stopped', startedAt, endedAt: startedAt + 26_500, endReason: 'API request' } as const;
    await streamRecords.update(facts(ended));
    const { body } = await api.get(`Call/${CALL}/Stream/${STREAM}/`);
    assert.deepEqual(
      [body.bill_duration, body.rounded_bill_duration, body.start_time, body.end_time, body.status],
      [27, '60', '2026-01-12 09:14:03+00:00', '2026-01-12 09:14:29+00:00', 'completed'],
    );
  });

  it('are listed, the latest first, with the total under both of its names', async () => {
    await fixture.services.streamRecords.insert(facts({ streamId: OTHER, createdAt: Date.UTC(2026, 0, 12, 9, 20) }));
    const { body } = await api.get(`Call/${CALL}/Stream/?limit=1`);
    const next = `/v1/Account/${api.authId}/Call/${CALL}/Stream/?limit=1&offset=1`;
    assert.deepEqual(body.meta, { count: 2, limit: 1, next, offset: 0, previous: null, total_count: 2 });
    assert.ok(Array.isArray(body.objects));
    assert.deepEqual(
      body.objects.map(({ stream_id }) => stream_id),
      [OTHER],
    );
  });

  it('are nobody else’s', async () => {
    const other = await createTenant(fixture, 'Other');
    assert.equal((await other.get(`Call/${CALL}/Stream/${STREAM}/`)).status, 404);
    assert.deepEqual((await other.get(`Call/${CALL}/Stream/`)).body.objects, []);
    assert.equal((await api.get(`Call/${OTHER}/Stream/${STREAM}/`)).status, 404);
    assert.equal((await api.get('Call/x/Stream/y/')).status, 404);
  });

  it('that a dead process left open are closed, and old ones are forgotten', async () => {
    const { streamRecords } = fixture.services;
    await streamRecords.closeAbandoned('00000000-0000-4000-8000-00000000000a', fixture.clock.now());
    assert.equal((await api.get(`Call/${CALL}/Stream/${OTHER}/`)).body.status, 'failed');
    await streamRecords.forgetBefore(Date.UTC(2026, 0, 12, 9, 15));
    assert.equal((await api.get(`Call/${CALL}/Stream/${STREAM}/`)).status, 404);
  });
});
