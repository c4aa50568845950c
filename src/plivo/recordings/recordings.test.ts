import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { type ApiClient, createSubtenant, createTenant, objectsOf } from '../../../testkit/api-client.ts';
import { basic, createPlivoFixture, type PlivoFixture } from '../../../testkit/plivo-fixture.ts';
import type { RecordedRoomName } from '../../voice/call-recordings.ts';

const DAY_MS = 24 * 3_600_000;

describe('recordings over the API', () => {
  let fixture: PlivoFixture;
  let api: ApiClient;
  let sub: ApiClient;
  before(async () => {
    fixture = await createPlivoFixture();
    api = await createTenant(fixture, 'Recordings');
    sub = await createSubtenant(fixture, api, 'Branch');
  });
  after(() => fixture.close());

  const record = async (
    given: { ownerId?: string; callId?: string; from?: string; format?: 'mp3' | 'wav'; room?: RecordedRoomName } = {},
  ) => {
    const { recordings, ids, clock } = fixture.services;
    const callId = given.callId ?? ids.uuid();
    const begun = await recordings.begin({
      callId,
      accountId: api.authId,
      ownerId: given.ownerId ?? api.authId,
      from: given.from ?? '14155550123',
      to: '14155550100',
      format: given.format ?? 'mp3',
      channels: 'mono',
      room: given.room,
    });
    await writeFile(begun.path, '0123456789');
    const at = clock.now();
    await recordings.finished(begun, { durationMs: 61_250, startedAt: at - 61_250, endedAt: at });
    return { ...begun, callId };
  };
  const idsOf = async (query: string, who = api) =>
    objectsOf(await who.get(`Recording/${query}`)).map((recording) => recording.recording_id);

  it('are an empty list when there are none', async () => {
    const who = await createTenant(fixture, 'None');
    const { body } = await who.get('Recording/');
    assert.deepEqual([body.objects, body.meta], [[], { limit: 20, offset: 0, next: null, previous: null, total_count: 0 }]);
  });

  it('have every key in its form', async () => {
    const { recordingId, callId, url } = await record();
    const now = fixture.clock.now();
    const { status, body } = await api.get(`Recording/${recordingId}/`);
    assert.equal(status, 200);
    assert.deepEqual(
      { ...body, api_id: '' },
      {
        api_id: '',
        add_time: `${new Date(now).toISOString().replace('T', ' ').replace('Z', '000')}+00:00`,
        call_uuid: callId,
        conference_name: '',
        conference_uuid: '',
        from_number: '14155550123',
        monthly_recording_storage_amount: 0,
        mpc_name: '',
        mpc_uuid: '',
        recording_duration_ms: '61250.00000',
        recording_end_ms: `${now}.00000`,
        recording_format: 'mp3',
        recording_id: recordingId,
        recording_start_ms: `${now - 61_250}.00000`,
        recording_storage_duration: 0,
        recording_storage_rate: 0,
        recording_type: 'call',
        recording_url: url,
        resource_uri: `/v1/Account/${api.authId}/Recording/${recordingId}/`,
        rounded_recording_duration: 120,
        to_number: '14155550100',
      },
    );
    assert.ok((await idsOf('')).includes(recordingId));
  });

  it('are found by call, numbers, owner, time and days of storage', async () => {
    const mine = await record({ from: '442079460123' });
    const theirs = await record({ ownerId: sub.authId, from: '442079460123' });
    assert.deepEqual(await idsOf(`?call_uuid=${mine.callId}`), [mine.recordingId]);
    assert.deepEqual(await idsOf('?call_uuid=none'), []);
    assert.deepEqual(await idsOf(`?from_number=%2B442079460123&subaccount=${sub.authId}`), [theirs.recordingId]);
    assert.deepEqual(await idsOf('', sub), [theirs.recordingId]);
    for (const query of ['conference_name=standup', 'mpc_name=x', 'mpc_uuid=x', 'conference_uuid=x', 'to_number=1']) {
      assert.deepEqual(await idsOf(`?${query}`), [], query);
    }
    await fixture.database.storage.pool.query(`update recordings set added_at = added_at - interval '8 days'`);
    assert.deepEqual(await idsOf(''), []);
    assert.deepEqual(await idsOf(`?call_uuid=${mine.callId}`), [mine.recordingId]);
    assert.ok((await idsOf('?recording_storage_duration=8')).includes(mine.recordingId));
    assert.ok((await idsOf('?recording_storage_duration__gt=7&recording_storage_duration__lte=8')).includes(mine.recordingId));
    assert.deepEqual(await idsOf('?recording_storage_duration__lt=8'), []);
    assert.deepEqual(await idsOf('?recording_storage_duration__gte=9'), []);
    const from = encodeURIComponent(new Date(fixture.clock.now() - 9 * DAY_MS).toISOString().slice(0, 19));
    assert.ok((await idsOf(`?add_time__gte=${from}`)).includes(mine.recordingId));
    const both = await api.get(`Recording/?add_time__gte=${from}&recording_storage_duration=1`);
    assert.match(String(both.body.error), /exclude each other/);
    const far = encodeURIComponent(new Date(fixture.clock.now() - 60 * DAY_MS).toISOString().slice(0, 19));
    const to = encodeURIComponent(new Date(fixture.clock.now()).toISOString().slice(0, 19));
    assert.equal((await api.get(`Recording/?add_time__gte=${far}&add_time__lte=${to}`)).status, 400);
  });

  it('are found by the conference or multiparty call that they are of', async () => {
    const { ids } = fixture.services;
    const [earlier, later, mpc] = [ids.uuid(), ids.uuid(), ids.uuid()];
    const first = await record({ room: { kind: 'conference', id: earlier, name: 'standup' } });
    const second = await record({ room: { kind: 'conference', id: later, name: 'standup' } });
    const whole = await record({ room: { kind: 'multiparty', id: mpc, name: 'support 42' } });
    const track = await record({ room: { kind: 'participant', id: mpc, name: 'support 42' } });
    const of = (...recordings: readonly { readonly recordingId: string }[]) =>
      new Set(recordings.map(({ recordingId }) => recordingId));
    const found = async (query: string) => new Set(await idsOf(`?${query}`));
    assert.deepEqual(await found(`conference_uuid=${earlier}`), of(first));
    assert.deepEqual(await found('conference_name=standup'), of(first, second));
    assert.deepEqual(await found(`conference_name=other&conference_uuid=${earlier}`), of());
    assert.deepEqual(await found(`mpc_uuid=${mpc}`), of(whole, track));
    assert.deepEqual(await found('mpc_name=support%2042'), of(whole, track));
    assert.deepEqual(await found(`mpc_uuid=${mpc}&call_uuid=${track.callId}`), of(track));
    const { body } = await api.get(`Recording/${second.recordingId}/`);
    assert.deepEqual(
      [body.recording_type, body.conference_name, body.conference_uuid, body.mpc_name, body.mpc_uuid],
      ['conference', 'standup', later, '', ''],
    );
    const { body: ofTrack } = await api.get(`Recording/${track.recordingId}/`);
    assert.deepEqual(
      [ofTrack.recording_type, ofTrack.conference_name, ofTrack.conference_uuid, ofTrack.mpc_name, ofTrack.mpc_uuid],
      ['call', '', '', 'support 42', mpc],
    );
    await fixture.database.storage.pool.query(
      `update recordings set added_at = added_at - interval '40 days' where mpc_id is not null`,
    );
    assert.deepEqual(await found(`mpc_uuid=${mpc}`), of(whole, track), 'whoever asks for one gets it from any time');
  });

  it('are served to whoever has the URL, whole and in parts', async () => {
    const { url, recordingId } = await record({ format: 'wav' });
    const path = new URL(url).pathname;
    const whole = await fixture.http.inject({ method: 'GET', url: path });
    assert.deepEqual(
      [whole.statusCode, whole.headers['content-type'], whole.headers['content-length'], whole.body],
      [200, 'audio/wav', '10', '0123456789'],
    );
    const part = await fixture.http.inject({ method: 'GET', url: path, headers: { range: 'bytes=2-4' } });
    assert.deepEqual([part.statusCode, part.headers['content-range'], part.body], [206, 'bytes 2-4/10', '234']);
    assert.equal((await fixture.http.inject({ method: 'GET', url: path, headers: { range: 'bytes=10-' } })).statusCode, 416);
    const head = await fixture.http.inject({ method: 'HEAD', url: path });
    assert.deepEqual([head.statusCode, head.headers['content-length'], head.body], [200, '10', '']);
    assert.equal((await fixture.http.inject({ method: 'DELETE', url: path })).statusCode, 405);
    assert.equal((await fixture.http.inject({ method: 'GET', url: path.replace('.wav', '.mp3') })).statusCode, 404);
    assert.equal((await fixture.http.inject({ method: 'GET', url: path.replace(api.authId, sub.authId) })).statusCode, 404);
    const guessed = path.replace(recordingId, fixture.services.ids.secretUuid());
    assert.equal((await fixture.http.inject({ method: 'GET', url: guessed })).statusCode, 404);
  });

  it('are served with credentials only when the account asks for them', async () => {
    const { url } = await record({ ownerId: sub.authId });
    const path = new URL(url).pathname;
    await fixture.services.accounts.update(
      api.authId,
      { settings: { apiRequestsPer5s: 0, recordingAuth: true } },
      new Date(fixture.clock.now()),
    );
    fixture.services.directory.invalidateAll();
    const denied = await fixture.http.inject({ method: 'GET', url: path });
    assert.deepEqual([denied.statusCode, denied.headers['www-authenticate']], [401, 'Basic realm="recordings"']);
    for (const who of [api, sub]) {
      assert.equal((await fixture.http.inject({ method: 'GET', url: path, headers: basic(who) })).statusCode, 200);
    }
    const stranger = await createTenant(fixture, 'Stranger');
    assert.equal((await fixture.http.inject({ method: 'GET', url: path, headers: basic(stranger) })).statusCode, 401);
  });

  it('are deleted with their file', async () => {
    const { recordingId, url } = await record();
    assert.equal((await sub.delete(`Recording/${recordingId}/`)).status, 404);
    assert.equal((await api.delete(`Recording/${recordingId}/`, { recording_id: recordingId })).status, 204);
    assert.equal((await api.get(`Recording/${recordingId}/`)).status, 404);
    assert.equal((await api.delete(`Recording/${recordingId}/`)).status, 404);
    assert.equal((await fixture.http.inject({ method: 'GET', url: new URL(url).pathname, headers: basic(api) })).statusCode, 404);
  });
});
