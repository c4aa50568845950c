import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type ApiClient, createTenant } from '../../../testkit/api-client.ts';
import { basic, createPlivoFixture, type PlivoFixture } from '../../../testkit/plivo-fixture.ts';
import { REQUEST_IDS, RecordedCalls, UNKNOWN_CONFERENCE } from '../../../testkit/recorded-calls.ts';
import { renderMembers } from './member-selector.ts';

const ROOM = 'Conference/standup%20room/';
const NAME = 'standup room';
const AUDIO = 'http://127.0.0.1:9/a.mp3';

describe('conferences over the API', () => {
  let fixture: PlivoFixture;
  let api: ApiClient;
  const voice = new RecordedCalls();
  before(async () => {
    fixture = await createPlivoFixture({ voice });
    api = await createTenant(fixture, 'Rooms');
  });
  after(() => fixture.close());
  beforeEach(() => void voice.taken());

  it('lists names and nothing else', async () => {
    const { status, body } = await api.get('Conference/');
    assert.equal(status, 200);
    assert.deepEqual({ ...body, api_id: '' }, { api_id: '', conferences: ['room a', 'room b'] });
  });

  it('shows one with its members, numbers as strings', async () => {
    const now = fixture.clock.now();
    voice.conference = {
      createdAt: now - 318_900,
      members: [
        {
          id: '21',
          callId: REQUEST_IDS[0] ?? '',
          from: '14155550101',
          to: '14155550142',
          callerName: 'Ana',
          direction: 'inbound',
          muted: false,
          deaf: true,
          joinedAt: now - 9_000,
        },
      ],
    };
    const { status, body } = await api.get(ROOM);
    assert.equal(status, 200);
    assert.deepEqual(
      { ...body, api_id: '' },
      {
        api_id: '',
        conference_name: NAME,
        conference_run_time: '318',
        conference_member_count: '1',
        members: [
          {
            muted: false,
            member_id: '21',
            deaf: true,
            from: '14155550101',
            to: '14155550142',
            caller_name: 'Ana',
            direction: 'inbound',
            call_uuid: REQUEST_IDS[0],
            join_time: '9',
          },
        ],
      },
    );
    assert.deepEqual(voice.taken(), ['find', NAME]);
  });

  it('answers 404 for one that is not there', async () => {
    const path = `Conference/${encodeURIComponent(UNKNOWN_CONFERENCE)}/`;
    assert.equal((await api.get(path)).status, 404);
    assert.equal((await api.post(`${path}Member/all/Mute/`, {})).status, 404);
    assert.equal((await api.delete(path)).status, 404);
  });

  for (const [verb, path, asked] of [
    ['delete', ROOM, ['hangUp', NAME]],
    ['delete', 'Conference/', ['hangUpAll']],
    ['delete', `${ROOM}Member/10/`, ['hangUpMembers', NAME, ['10']]],
    ['delete', `${ROOM}Member/10,11/Mute/`, ['mute', NAME, ['10', '11'], false]],
    ['delete', `${ROOM}Member/all/Deaf/`, ['deafen', NAME, 'all', false]],
    ['delete', `${ROOM}Member/all/Play/`, ['stopPlay', NAME, 'all']],
    ['delete', `${ROOM}Member/10/Speak/`, ['stopSpeak', NAME, ['10']]],
    ['delete', `${ROOM}Record/`, ['stopRecording', NAME]],
  ] as const) {
    it(`takes ${verb.toUpperCase()} ${path} and answers 204`, async () => {
      const { status } = await api[verb](path);
      assert.equal(status, 204);
      assert.deepEqual(voice.taken(), asked);
    });
  }

  for (const [path, parameters, message, asked] of [
    ['Member/10/Kick/', {}, 'kicked', ['kick', NAME, ['10']]],
    ['Member/10/Mute/', {}, 'muted', ['mute', NAME, ['10'], true]],
    ['Member/10/Deaf/', {}, 'deaf', ['deafen', NAME, ['10'], true]],
    ['Member/10/Play/', { url: AUDIO }, 'play queued into conference', ['play', NAME, ['10'], AUDIO]],
    [
      'Member/10/Speak/',
      { text: 'hello' },
      'speak queued into conference',
      ['speak', NAME, ['10'], { content: ['hello'], voice: 'WOMAN', language: 'en-US' }],
    ],
    [
      'Member/10/Speak/',
      { text: 'namaste', language: 'hi-IN' },
      'speak queued into conference',
      ['speak', NAME, ['10'], { content: ['namaste'], voice: 'WOMAN', language: 'hi-IN' }],
    ],
  ] as const) {
    it(`takes POST ${path} ${JSON.stringify(parameters)} and tells the member`, async () => {
      const { status, body } = await api.post(`${ROOM}${path}`, parameters);
      assert.equal(status, 202);
      assert.deepEqual({ ...body, api_id: '' }, { api_id: '', message, member_id: '10' });
      assert.deepEqual(voice.taken(), asked);
    });
  }

  it('needs what is to be played or spoken, in a voice that there is', async () => {
    assert.equal((await api.post(`${ROOM}Member/10/Play/`, {})).status, 400);
    assert.equal((await api.post(`${ROOM}Member/10/Play/`, { url: 'file:///etc/passwd' })).status, 400);
    assert.equal((await api.post(`${ROOM}Member/10/Speak/`, {})).status, 400);
    assert.equal((await api.post(`${ROOM}Member/10/Speak/`, { text: 'x', language: 'xx-XX' })).status, 400);
    assert.equal((await api.post(`${ROOM}Member/10/Speak/`, { text: 'x'.repeat(3_001) })).status, 400);
    assert.deepEqual(voice.taken(), []);
  });

  it('tells several members as a text, and to the SDKs of Go and Java as an array', async () => {
    const muted = async (path: string, userAgent: string) => {
      const response = await fixture.http.inject({
        method: 'POST',
        url: fixture.path(`${ROOM}Member/${path}/Mute/`),
        headers: { ...basic(fixture.account), 'user-agent': userAgent },
      });
      return response.json<{ readonly member_id: unknown }>().member_id;
    };
    assert.equal(await muted('12,13', 'plivo-python/4.60.0 (Python: 3.12)'), "[u'12', u'13']");
    assert.equal(await muted('all', 'plivo-node/4.79.0'), "[u'12', u'13']");
    assert.deepEqual(await muted('all', 'plivo-go/7.59.0 (Implementation: go; Platform: linux)'), ['12', '13']);
    assert.deepEqual(await muted('12', 'plivo-java/5.46.0'), ['12']);
    assert.equal(await muted('12', 'my-plivo-go/1'), '12');
    assert.equal(renderMembers([], 'curl/8'), '');
  });

  it('records, with its callback told later and not taken for an asynchronous request', async () => {
    const { status, body } = await api.post(`${ROOM}Record/`, {
      file_format: 'wav',
      time_limit: 90,
      callback_url: 'http://127.0.0.1:9/file',
      callback_method: 'GET',
      transcription_type: 'auto',
      transcription_url: 'http://127.0.0.1:9/text',
    });
    assert.equal(status, 202);
    assert.equal(body.message, 'conference recording started');
    assert.equal(body.recording_id, REQUEST_IDS[0]);
    assert.match(String(body.url), /\.mp3$/);
    const callback = { url: 'http://127.0.0.1:9/file', method: 'GET' };
    const transcription = { type: 'auto', url: { url: 'http://127.0.0.1:9/text', method: 'POST' }, reportType: 'compact' };
    const request = { format: 'wav', timeLimitS: 90, callback, transcription, apiId: body.api_id };
    assert.deepEqual(voice.taken(), ['startRecording', NAME, request]);
    await api.post(`${ROOM}Record/`, {});
    const [, , plain] = voice.taken();
    assert.ok(typeof plain === 'object' && plain !== null && 'format' in plain && 'timeLimitS' in plain);
    assert.deepEqual([plain.format, plain.timeLimitS], ['mp3', 86_400]);
  });
});
