import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type ApiClient, createSubtenant, createTenant, objectsOf } from '../../../testkit/api-client.ts';
import { createPlivoFixture, type PlivoFixture } from '../../../testkit/plivo-fixture.ts';
import { RecordedCalls } from '../../../testkit/recorded-calls.ts';
import { NAMED_BY_ID, RECORDING_ID, UNKNOWN_MULTIPARTY } from '../../../testkit/recorded-multiparty-calls.ts';
import type { MultiPartyRecord, ParticipantRecord } from '../../voice/multiparty/multiparty-record.ts';

const ID = '019a0000-0000-7000-8000-000000000042';
const CALL_ID = '019a0000-0000-7000-8000-000000000043';
const ROOM = 'MultiPartyCall/name_mpc%201000/';
const BY_NAME = { by: 'name', name: 'mpc 1000' };
const BY_ID = { by: 'id', id: ID };
const AUDIO = 'http://127.0.0.1:9/a.mp3';
const DAY_MS = 24 * 3_600_000;

describe('multiparty calls over the API', () => {
  let fixture: PlivoFixture;
  let api: ApiClient;
  let sub: ApiClient;
  let now: number;
  const voice = new RecordedCalls();
  const mpcs = voice.multiPartyCalls;
  before(async () => {
    fixture = await createPlivoFixture({ voice });
    api = await createTenant(fixture, 'Rooms');
    sub = await createSubtenant(fixture, api, 'Branch');
    now = fixture.clock.now();
  });
  after(() => fixture.close());
  beforeEach(() => {
    mpcs.taken();
    mpcs.records = [];
    mpcs.stays = [];
  });

  const live = (): MultiPartyRecord => ({
    id: ID,
    accountId: api.authId,
    ownerId: api.authId,
    name: 'mpc 1000',
    state: 'active',
    createdAt: now - 61_900,
    startedAt: now - 60_000,
    endedAt: undefined,
    bill: undefined,
    recording: 'paused',
    stayAlone: false,
    maxParticipants: 10,
    maxDurationMs: 14_400_000,
    terminationCode: undefined,
  });
  const ended = (): MultiPartyRecord => ({
    ...live(),
    ownerId: sub.authId,
    state: 'ended',
    startedAt: undefined,
    endedAt: now,
    bill: { durationS: 61, billedS: 120, amountMicros: 5_000 },
    recording: undefined,
    terminationCode: 1010,
  });
  const inside = (): ParticipantRecord => ({
    memberId: '812',
    multiPartyId: ID,
    callId: CALL_ID,
    address: '14155550123',
    role: 'supervisor',
    coach: true,
    mute: false,
    hold: false,
    startOnEnter: true,
    endOnExit: false,
    joinedAt: now - 5_000,
    exitedAt: undefined,
    bill: undefined,
    exit: undefined,
  });
  const time = (ms: number) => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}+00:00`;

  it('shows a live one under its name, with null for what has not happened', async () => {
    mpcs.records = [live()];
    const { status, body } = await api.get(ROOM);
    assert.equal(status, 200);
    const uri = `/v1/Account/${api.authId}/MultiPartyCall/name_mpc%201000/`;
    assert.deepEqual(
      { ...body, api_id: '' },
      {
        api_id: '',
        mpc_uuid: ID,
        friendly_name: 'mpc 1000',
        status: 'Active',
        creation_time: time(now - 61_900),
        start_time: time(now - 60_000),
        end_time: null,
        duration: null,
        billed_duration: null,
        billed_amount: null,
        recording: 'paused',
        participants: `${uri}Participant/`,
        resource_uri: uri,
        stay_alone: false,
        sub_account: null,
        termination_cause: null,
        termination_cause_code: null,
        max_participants: 10,
        max_duration: 14_400,
      },
    );
    assert.deepEqual(mpcs.taken(), ['find', BY_NAME]);
  });

  it('lists with both spellings of the count, an ended one under its id', async () => {
    mpcs.records = [ended()];
    const { body } = await api.get('MultiPartyCall/?limit=1');
    assert.deepEqual(body.meta, { limit: 1, offset: 0, next: null, previous: null, total_count: 1, count: 1 });
    const [object] = objectsOf({ status: 200, body });
    const uri = `/v1/Account/${api.authId}/MultiPartyCall/uuid_${ID}/`;
    assert.deepEqual(
      [object?.status, object?.start_time, object?.end_time, object?.duration, object?.billed_duration, object?.billed_amount],
      ['Ended', null, time(now), 61, 120, '0.00500'],
    );
    assert.deepEqual(
      [object?.recording, object?.termination_cause, object?.termination_cause_code, object?.sub_account, object?.resource_uri],
      [null, 'Stay Alone Not Permitted', 1010, `/v1/Account/${api.authId}/Subaccount/${sub.authId}/`, uri],
    );
    assert.equal(object?.api_id, undefined);
    mpcs.records = [live(), ended()];
    const { meta } = (await api.get('MultiPartyCall/?limit=1&status=ended')).body;
    const next = `/v1/Account/${api.authId}/MultiPartyCall/?status=ended&limit=1&offset=1`;
    assert.deepEqual(meta, { limit: 1, offset: 0, next, previous: null, total_count: 2, count: 2 });
  });

  const NO_FILTER = {
    ownerId: undefined,
    name: undefined,
    state: undefined,
    terminationCode: undefined,
    createdFromMs: undefined,
    createdToMs: undefined,
    endedFromMs: undefined,
    endedToMs: undefined,
  };
  const PAGE = { limit: 20, offset: 0 };

  it('lists the last seven days, or what the filters say, in the spelling of every SDK', async () => {
    await api.get('MultiPartyCall/');
    assert.deepEqual(mpcs.taken(), ['list', { ...NO_FILTER, endedFromMs: now - 7 * DAY_MS, endedToMs: now }, PAGE]);
    await api.get(
      `MultiPartyCall/?sub_account=${sub.authId}&friendly_name=a%20b&status=Active&termination_cause_code=1000&offset=3`,
    );
    assert.deepEqual(mpcs.taken(), [
      'list',
      {
        ...NO_FILTER,
        ownerId: sub.authId,
        name: 'a b',
        state: 'active',
        terminationCode: 1000,
        endedFromMs: now - 7 * DAY_MS,
        endedToMs: now,
      },
      { limit: 20, offset: 3 },
    ]);
    const from = Date.UTC(2026, 0, 1);
    for (const name of ['creation_time_gte', 'creation_time__gte']) {
      await api.get(`MultiPartyCall/?${name}=2026-01-01%2000:00&creation_time__lt=2026-01-02%2000:00:00`);
      assert.deepEqual(mpcs.taken()[1], { ...NO_FILTER, createdFromMs: from, createdToMs: from + DAY_MS - 1 });
    }
    await api.get('MultiPartyCall/?end_time__gt=2026-01-01%2000:00:00');
    const endedFromMs = from + 1;
    assert.deepEqual(mpcs.taken()[1], { ...NO_FILTER, endedFromMs, endedToMs: endedFromMs + 30 * DAY_MS });
    await sub.get('MultiPartyCall/');
    assert.deepEqual(mpcs.taken()[1], { ...NO_FILTER, ownerId: sub.authId, endedFromMs: now - 7 * DAY_MS, endedToMs: now });
  });

  for (const query of [
    'status=over',
    'sub_account=MA1',
    'limit=21',
    'offset=-1',
    'termination_cause_code=x',
    'end_time__gt=soon',
  ]) {
    it(`refuses a list by ${query}`, async () => {
      const { status, body } = await api.get(`MultiPartyCall/?${query}`);
      assert.equal(status, 400);
      assert.match(String(body.error), new RegExp(query.split('=')[0] ?? ''));
    });
  }

  it('shows participants, the state of those who have left as null', async () => {
    mpcs.stays = [inside()];
    const { status, body } = await api.get(`${ROOM}Participant/812/`);
    assert.equal(status, 200);
    assert.deepEqual(
      { ...body, api_id: '' },
      {
        api_id: '',
        member_id: '812',
        mpc_uuid: ID,
        call_uuid: CALL_ID,
        member_address: '14155550123',
        role: 'supervisor',
        coach_mode: true,
        mute: false,
        hold: false,
        join_time: time(now - 5_000),
        exit_time: null,
        duration: null,
        billed_duration: null,
        billed_amount: null,
        start_mpc_on_enter: true,
        end_mpc_on_exit: false,
        exit_cause: null,
        resource_uri: `/v1/Account/${api.authId}/MultiPartyCall/name_mpc%201000/Participant/812/`,
      },
    );
    assert.deepEqual(mpcs.taken(), ['participant', BY_NAME, '812']);
    mpcs.stays = [
      {
        ...inside(),
        coach: undefined,
        mute: undefined,
        hold: undefined,
        exitedAt: now,
        exit: 'kicked',
        bill: { durationS: 5, billedS: 60, amountMicros: 2_500 },
      },
    ];
    const list = await api.get(`MultiPartyCall/uuid_${ID}/Participant/?call_uuid=${CALL_ID}`);
    const [gone] = objectsOf(list);
    assert.deepEqual(
      [gone?.coach_mode, gone?.mute, gone?.hold, gone?.exit_time, gone?.exit_cause, gone?.duration, gone?.billed_amount],
      [null, null, null, time(now), 'Kicked Out of Multiparty Call', 5, '0.00250'],
    );
    assert.equal(gone?.resource_uri, `/v1/Account/${api.authId}/MultiPartyCall/uuid_${ID}/Participant/812/`);
    assert.deepEqual(list.body.meta, { limit: 20, offset: 0, next: null, previous: null, total_count: 1, count: 1 });
    assert.deepEqual(mpcs.taken(), ['participants', BY_ID, { callId: CALL_ID }, PAGE]);
    mpcs.records = [live()];
    assert.deepEqual(objectsOf(await api.get(`${ROOM}Participant/?call_uuid=none`)), []);
  });

  for (const [path, which] of [
    [ROOM, BY_NAME],
    [`MultiPartyCall/uuid_${ID}/`, BY_ID],
    [`MultiPartyCall/${ID}`, BY_ID],
    ['MultiPartyCall/mpc%201000/', BY_NAME],
    ['MultiPartyCall/name_uuid_x/', { by: 'name', name: 'uuid_x' }],
    ['MultiPartyCall/name_Malm%C3%B6/', { by: 'name', name: 'Malmö' }],
  ] as const) {
    it(`reads ${path} as the ${which.by}`, async () => {
      assert.equal((await api.delete(path)).status, 204);
      assert.deepEqual(mpcs.taken(), ['end', which]);
    });
  }

  it('answers 404 for what is not there and for what no id can be', async () => {
    for (const path of [`MultiPartyCall/name_${UNKNOWN_MULTIPARTY}/`, 'MultiPartyCall/uuid_42/', 'MultiPartyCall/name_/']) {
      for (const reply of [
        await api.get(path),
        await api.delete(path),
        await api.post(path, { status: 'active' }),
        await api.get(`${path}Participant/`),
        await api.post(`${path}Record/`),
        await api.post(`${path}Participant/all/`, { mute: true }),
      ]) {
        assert.equal(reply.status, 404, path);
      }
    }
  });

  it('starts one, the status as text or in an array', async () => {
    for (const status of ['active', 'Active', ['active']]) {
      assert.equal((await api.post(ROOM, { status })).status, 204);
      assert.deepEqual(mpcs.taken(), ['activate', BY_NAME]);
    }
    for (const body of [{}, { status: 'ended' }, { status: [] }, { status: ['active', 'active'] }, { status: 7 }]) {
      assert.equal((await api.post(ROOM, body)).status, 400, JSON.stringify(body));
    }
  });

  for (const [method, path, asked] of [
    ['delete', 'Participant/all/', ['kick', BY_NAME, 'all']],
    ['delete', 'Participant/10,%2011,10/', ['kick', BY_NAME, ['10', '11']]],
    ['delete', 'Record/', ['stopRecording', BY_NAME]],
    ['post', 'Record/Pause/', ['pauseRecording', BY_NAME]],
    ['post', 'Record/Resume/', ['resumeRecording', BY_NAME]],
    ['delete', 'Participant/10/Record/', ['stopParticipantRecording', BY_NAME, '10', 'all']],
    ['post', 'Participant/10/Record/Pause/', ['pauseParticipantRecording', BY_NAME, '10', 'all']],
    ['post', 'Participant/10/Record/Resume/', ['resumeParticipantRecording', BY_NAME, '10', 'all']],
    ['delete', 'Member/10/Play/', ['stopPlay', BY_NAME, ['10']]],
    ['delete', 'Member/all/Play/', ['stopPlay', BY_NAME, 'all']],
    ['delete', 'Member/all/Speak/', ['stopSpeak', BY_NAME, 'all']],
  ] as const) {
    it(`takes ${method.toUpperCase()} ${path}, surplus keys and all, and answers 204`, async () => {
      const { status } = await api[method](`${ROOM}${path}`, { friendly_name: 'x', uuid: null, participant_id: 10 });
      assert.equal(status, 204);
      assert.deepEqual(mpcs.taken(), asked);
    });
  }

  it('reads the track of a recording in any case', async () => {
    await api.delete(`${ROOM}Participant/10/Record/`, { record_track_type: 'BOTH' });
    assert.deepEqual(mpcs.taken().at(-1), 'both');
    await api.post(`${ROOM}Participant/10/Record/Pause/`, { record_track_type: '' });
    assert.deepEqual(mpcs.taken().at(-1), 'all');
    assert.equal((await api.post(`${ROOM}Participant/10/Record/`, { record_track_type: 'stereo' })).status, 400);
  });

  it('changes participants and says what it did', async () => {
    const all = await api.post(`${ROOM}Participant/all/`, { mute: 'true', hold: false, disable_state_change_sound: true });
    assert.equal(all.status, 202);
    assert.deepEqual(
      { ...all.body, api_id: '' },
      {
        api_id: '',
        mute: 'MPC: mpc 1000 mute/unmute member(s) succeeded',
        hold: 'MPC: mpc 1000 hold/unhold member(s) succeeded',
      },
    );
    assert.deepEqual(mpcs.taken(), ['update', BY_NAME, 'all', { mute: true, hold: false, coach: undefined, silently: true }]);
    const one = await api.post(`MultiPartyCall/uuid_${ID}/Participant/7/`, { coach_mode: false });
    assert.equal(one.body.coach_mode, `MPC: ${NAMED_BY_ID} coach_mode enable/disable succeeded`);
    assert.deepEqual(mpcs.taken()[3], { mute: undefined, hold: undefined, coach: false, silently: false });
    assert.equal((await api.post(`${ROOM}Participant/7/`, {})).status, 400);
    assert.equal((await api.post(`${ROOM}Participant/all/`, { coach_mode: true })).status, 400);
    assert.equal((await api.post(`${ROOM}Participant/,/`, { mute: true })).status, 400);
    assert.deepEqual(mpcs.taken(), []);
  });

  it('records, with the callback under its present name or its older one', async () => {
    const callback = 'http://127.0.0.1:9/file';
    const { status, body } = await api.post(`${ROOM}Record/`, {
      file_format: 'WAV',
      recording_callback_url: callback,
      transcript: true,
      transcription_url: 'http://127.0.0.1:9/text',
    });
    assert.equal(status, 202);
    assert.deepEqual(
      { ...body, api_id: '', recording_url: '' },
      { api_id: '', message: 'MPC: mpc 1000 record started', recording_id: RECORDING_ID, recording_url: '' },
    );
    assert.deepEqual(mpcs.taken(), [
      'startRecording',
      BY_NAME,
      { format: 'wav', callback: { url: callback, method: 'POST' }, transcription: { url: 'http://127.0.0.1:9/text' } },
    ]);
    const one = await api.post(`${ROOM}Participant/10/Record/`, {
      status_callback_url: callback,
      status_callback_method: 'get',
      record_track_type: 'Participant',
    });
    assert.deepEqual([one.status, one.body.message], [200, 'MPC: mpc 1000 participant record started']);
    assert.deepEqual(mpcs.taken(), [
      'startParticipantRecording',
      BY_NAME,
      '10',
      { format: 'mp3', callback: { url: callback, method: 'GET' }, transcription: undefined, track: 'participant' },
    ]);
    assert.equal((await api.post(`${ROOM}Record/`, { file_format: 'ogg' })).status, 400);
    assert.equal((await api.post(`${ROOM}Record/`, { recording_callback_method: 'PUT' })).status, 400);
  });

  it('plays one file and speaks to one, several or all', async () => {
    for (const body of [{ url: AUDIO }, { urls: AUDIO }, { urls: [AUDIO] }]) {
      const { status, body: reply } = await api.post(`${ROOM}Member/355/Play/`, body);
      assert.equal(status, 202);
      assert.deepEqual(
        { ...reply, api_id: '' },
        { api_id: '', message: 'play queued into MPC', mpcMemberId: ['355'], mpcName: 'mpc 1000' },
      );
      assert.deepEqual(mpcs.taken(), ['play', BY_NAME, ['355'], AUDIO]);
    }
    for (const body of [{}, { url: 'file:///etc/passwd' }, { urls: [AUDIO, AUDIO] }, { urls: [] }]) {
      assert.equal((await api.post(`${ROOM}Member/355/Play/`, body)).status, 400, JSON.stringify(body));
    }
    const spoken = await api.post(`${ROOM}Member/all/Speak/`, { text: 'hello', mix: true, type: '' });
    assert.deepEqual([spoken.status, spoken.body.message, spoken.body.mpcMemberId], [202, 'speak queued into MPC', ['12', '13']]);
    assert.deepEqual(mpcs.taken(), ['speak', BY_NAME, 'all', { content: ['hello'], voice: 'WOMAN', language: 'en-US' }]);
    const marked = { type: 'ssml', language: 'hi-IN', mix: false };
    await api.post(`${ROOM}Member/7/Speak/`, { ...marked, text: '<speak>a <break time="1s"/> b</speak>' });
    const content = ['a ', { name: 'break', attributes: { time: '1s' }, content: [] }, 'b'];
    assert.partialDeepStrictEqual(mpcs.taken(), ['speak', { content, language: 'hi-IN', mix: false }]);
    for (const body of [{}, { text: 'x'.repeat(3_001) }, { text: 'x', language: 'xx-XX' }, { text: '<speak>', type: 'ssml' }]) {
      assert.equal((await api.post(`${ROOM}Member/355/Speak/`, body)).status, 400, JSON.stringify(body));
    }
  });

  it('is answered later where a callback URL is given', async () => {
    for (const reply of [
      await api.post(`${ROOM}Member/7/Speak/`, { text: 'x', callback_url: 'http://127.0.0.1:9/async' }),
      await api.post(ROOM, { status: ['active'], callback_url: ['http://127.0.0.1:9/async'], callback_method: ['POST'] }),
      await api.get(`${ROOM}?callback_url=${encodeURIComponent('http://127.0.0.1:9/async')}&callback_method=GET`),
    ]) {
      assert.deepEqual([reply.status, reply.body.message], [200, 'async api spawned']);
    }
  });
});
