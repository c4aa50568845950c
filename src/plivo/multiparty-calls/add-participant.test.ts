import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type ApiClient, createTenant } from '../../../testkit/api-client.ts';
import { createPlivoFixture, type PlivoFixture } from '../../../testkit/plivo-fixture.ts';
import { RecordedCalls } from '../../../testkit/recorded-calls.ts';
import { ADDED_CALLS, RECORDING_ID } from '../../../testkit/recorded-multiparty-calls.ts';

const PATH = 'MultiPartyCall/name_support-42/Participant/';
const CALL_ID = '019a0000-0000-7000-8000-000000000043';
const AGENT = { role: 'Agent', from: '14155550100', to: '14155550101' };
const BOT = { ...AGENT, role: 'ai-agent', ai_agent_stream_service_url: 'wss://bot.example/' };
const get = (url: string) => ({ url, method: 'GET' });
const post = (url: string) => ({ url, method: 'POST' });
const at = (path: string) => `http://127.0.0.1:9/${path}`;

describe('a participant who is added over the API', () => {
  let fixture: PlivoFixture;
  let api: ApiClient;
  const voice = new RecordedCalls();
  const mpcs = voice.multiPartyCalls;
  before(async () => {
    fixture = await createPlivoFixture({ voice });
    api = await createTenant(fixture, 'Participants');
  });
  after(() => fixture.close());
  beforeEach(() => void mpcs.taken());

  const DIALLED = {
    kind: 'dial',
    from: '14155550100',
    callerName: undefined,
    destinations: [{ to: '14155550101', ringTimeoutS: 45, delayS: 0 }],
    headers: {},
    callStatusCallback: undefined,
    confirmKey: undefined,
    confirmSound: undefined,
    dialMusic: { kind: 'real' },
    sendDigits: undefined,
    sendOnPreanswer: false,
  };
  const SETTINGS = {
    maxDurationMs: 14_400_000,
    maxParticipants: 10,
    waitMusic: undefined,
    agentHoldMusic: undefined,
    customerHoldMusic: undefined,
    record: false,
    recordMinMembers: 1,
    recordFormat: 'mp3',
    recordCoachVoice: true,
    recordingCallback: undefined,
    startRecordingAudio: undefined,
    stopRecordingAudio: undefined,
    transcription: undefined,
    statusCallback: undefined,
    statusEvents: ['mpc-state-changes', 'participant-state-changes'],
    waitForAgent: false,
  };
  const PARTICIPANT = {
    role: 'agent',
    stayAlone: false,
    coach: false,
    mute: false,
    hold: false,
    startOnEnter: true,
    endOnExit: false,
    enterSound: { kind: 'beeps', count: 1 },
    exitSound: { kind: 'beeps', count: 2 },
    onExit: undefined,
    relayDigits: false,
    recordTrack: false,
    waitTimeMs: undefined,
    agentStream: undefined,
  };

  it('is dialled with the documented defaults', async () => {
    const { status, body } = await api.post(PATH, AGENT);
    assert.equal(status, 201);
    assert.deepEqual(
      { ...body, api_id: '' },
      {
        api_id: '',
        message: 'add participant action initiated',
        request_uuid: ADDED_CALLS[0],
        calls: [{ to: '14155550101', from: '14155550100', call_uuid: ADDED_CALLS[0] }],
      },
    );
    const asked = {
      invite: DIALLED,
      settings: SETTINGS,
      participant: PARTICIPANT,
      mayBeFirst: true,
      requesterIp: '127.0.0.1',
    };
    assert.deepEqual(mpcs.taken(), ['add', { by: 'name', name: 'support-42' }, asked]);
  });

  it('may be a live call that moves, or one that may not be the first', async () => {
    const moved = await api.post('MultiPartyCall/x/Participant/', {
      role: 'customer',
      call_uuid: CALL_ID.toUpperCase(),
      from: '',
    });
    assert.deepEqual([moved.status, moved.body.request_uuid], [201, CALL_ID]);
    const [, , asked] = mpcs.taken();
    assert.ok(typeof asked === 'object' && asked !== null && 'invite' in asked);
    assert.deepEqual(asked.invite, { kind: 'transfer', callId: CALL_ID });
    await api.post(PATH, { ...AGENT, create_mpc_with_single_participant: 'false' });
    const [, , late] = mpcs.taken();
    assert.ok(typeof late === 'object' && late !== null && 'mayBeFirst' in late);
    assert.equal(late.mayBeFirst, false);
    assert.equal((await api.post(PATH, { role: 'agent', call_uuid: 'no-id' })).status, 404);
  });

  it('has every parameter that there is, as the Node SDK writes it', async () => {
    const { status } = await api.post(PATH, {
      role: 'Supervisor',
      from: 'sip:ana.with.a.name.that.is.longer.than.fifty@phone.example',
      to: 'sip:agent7@phone.example',
      caller_name: 'sip:ana.with.a.name.that.is.longer.than.fifty@phone.example',
      call_status_callback_url: at('call'),
      call_status_callback_method: 'GET',
      sip_headers: 'Ticket=A17,Level=2',
      confirm_key: '#',
      confirm_key_sound_url: at('confirm'),
      confirm_key_sound_method: 'post',
      dial_music: at('dial'),
      ring_timeout: '20',
      delay_dial: 3,
      send_digits: '1w2',
      send_on_preanswer: 'true',
      max_duration: 300,
      max_participants: '2',
      record_min_member_count: 2,
      wait_music_url: at('wait'),
      wait_music_method: 'POST',
      agent_hold_music_url: at('agent'),
      customer_hold_music_url: at('customer'),
      record: 'true',
      record_participant_track: true,
      record_file_format: 'wav',
      recording_callback_url: at('recorded'),
      status_callback_url: at('status'),
      status_callback_method: 'Post',
      status_callback_events: 'mpc-state-changes, Participant-Speak-Events',
      on_exit_action_url: at('exit'),
      stay_alone: 'true',
      coach_mode: 'true',
      mute: 'true',
      hold: 'true',
      start_mpc_on_enter: 'false',
      end_mpc_on_exit: 'true',
      relay_dtmf_inputs: 'true',
      enter_sound: 'none',
      exit_sound: at('left'),
      exit_sound_method: 'POST',
      start_recording_audio: at('start'),
      stop_recording_audio: at('stop'),
      stop_recording_audio_method: 'POST',
      transcript: true,
      transcription_url: at('text'),
      unknown_key: 1,
    });
    assert.equal(status, 201);
    assert.deepEqual(mpcs.taken()[2], {
      invite: {
        kind: 'dial',
        from: 'sip:ana.with.a.name.that.is.longer.than.fifty@phone.example',
        callerName: 'sip:ana.with.a.name.that.is.longer.than.fifty@phone.example',
        destinations: [{ to: 'sip:agent7@phone.example', ringTimeoutS: 20, delayS: 3 }],
        headers: { Ticket: 'A17', Level: '2' },
        callStatusCallback: get(at('call')),
        confirmKey: '#',
        confirmSound: post(at('confirm')),
        dialMusic: { kind: 'url', url: at('dial') },
        sendDigits: '1w2',
        sendOnPreanswer: true,
      },
      settings: {
        maxDurationMs: 300_000,
        maxParticipants: 2,
        waitMusic: post(at('wait')),
        agentHoldMusic: get(at('agent')),
        customerHoldMusic: get(at('customer')),
        record: true,
        recordMinMembers: 2,
        recordFormat: 'wav',
        recordCoachVoice: true,
        recordingCallback: get(at('recorded')),
        startRecordingAudio: get(at('start')),
        stopRecordingAudio: post(at('stop')),
        transcription: { url: at('text') },
        statusCallback: post(at('status')),
        statusEvents: ['mpc-state-changes', 'participant-speak-events'],
        waitForAgent: false,
      },
      participant: {
        role: 'supervisor',
        stayAlone: true,
        coach: true,
        mute: true,
        hold: true,
        startOnEnter: false,
        endOnExit: true,
        enterSound: undefined,
        exitSound: { kind: 'document', target: post(at('left')) },
        onExit: post(at('exit')),
        relayDigits: true,
        recordTrack: true,
        waitTimeMs: undefined,
        agentStream: undefined,
      },
      mayBeFirst: true,
      requesterIp: '127.0.0.1',
    });
  });

  it('has an application where it is an AI agent', async () => {
    const bot = {
      ai_agent_stream_service_url: 'wss://bot.example/ws?room=7',
      ai_agent_stream_content_type: 'audio/x-mulaw;rate=8000',
      ai_agent_stream_extra_headers: 'user=42',
      ai_agent_stream_status_callback_url: at('stream'),
      ai_agent_stream_status_callback_method: 'get',
    };
    const participant = async (body: object) => {
      assert.equal((await api.post(PATH, { ...AGENT, ...bot, ...body })).status, 201);
      const [, , asked] = mpcs.taken();
      assert.ok(typeof asked === 'object' && asked !== null && 'participant' in asked);
      return asked.participant;
    };
    const agentStream = {
      url: 'wss://bot.example/ws?room=7',
      bidirectional: true,
      track: 'inbound',
      timeoutMs: 86_400_000,
      encoding: 'mulaw',
      sampleRate: 8_000,
      extraHeaders: 'user=42',
      statusCallback: get(at('stream')),
      noiseLevel: undefined,
      keepCallAlive: false,
    };
    assert.deepEqual(await participant({ role: 'AI-Agent' }), { ...PARTICIPANT, role: 'ai-agent', agentStream });
    assert.deepEqual(await participant({}), PARTICIPANT, 'no other role has one');
  });

  it('is the first of several agents who answers, each with its own times', async () => {
    const to = '14155550101<sip:agent7@phone.example<14155550102';
    const { body } = await api.post(PATH, { ...AGENT, to, ring_timeout: '20<30', delay_dial: '0<5<10' });
    assert.equal(body.request_uuid, RECORDING_ID);
    const [, , asked] = mpcs.taken();
    assert.ok(typeof asked === 'object' && asked !== null && 'invite' in asked);
    assert.deepEqual(asked.invite, {
      ...DIALLED,
      destinations: [
        { to: '14155550101', ringTimeoutS: 20, delayS: 0 },
        { to: 'sip:agent7@phone.example', ringTimeoutS: 30, delayS: 5 },
        { to: '14155550102', ringTimeoutS: 45, delayS: 10 },
      ],
    });
    const twenty = Array.from({ length: 20 }, (_, n) => `141555502${String(n).padStart(2, '0')}`).join('<');
    assert.equal((await api.post(PATH, { ...AGENT, to: twenty })).status, 201);
    assert.equal((await api.post(PATH, { ...AGENT, to: `${twenty}<14155550300` })).status, 400);
  });

  for (const [what, body, names] of [
    ['without a role', { from: '1', to: '2' }, 'role'],
    ['with an unknown role', { ...AGENT, role: 'boss' }, 'role'],
    ['without anybody', { role: 'agent' }, 'call_uuid'],
    ['with from alone', { role: 'agent', from: '14155550100' }, 'to'],
    ['with to alone', { role: 'agent', to: '14155550100' }, 'from'],
    ['with a call and destinations', { ...AGENT, call_uuid: CALL_ID }, 'call_uuid'],
    ['with several destinations for a customer', { ...AGENT, role: 'customer', to: '14155550101<14155550102' }, 'to'],
    ['with more ring timeouts than destinations', { ...AGENT, ring_timeout: '20<20' }, 'ring_timeout'],
    ['with a delay that is no number', { ...AGENT, delay_dial: 'soon' }, 'delay_dial'],
    ['with a delay below zero', { ...AGENT, delay_dial: -1 }, 'delay_dial'],
    ['with too short a duration', { ...AGENT, max_duration: 299 }, 'max_duration'],
    ['with too many participants', { ...AGENT, max_participants: 11 }, 'max_participants'],
    ['with three members before the recording', { ...AGENT, record_min_member_count: 3 }, 'record_min_member_count'],
    ['with two keys', { ...AGENT, confirm_key: '12' }, 'confirm_key'],
    ['with an unknown dial music', { ...AGENT, dial_music: 'jazz' }, 'dial_music'],
    ['with an unknown sound', { ...AGENT, enter_sound: 'beep:3' }, 'enter_sound'],
    ['with unknown events', { ...AGENT, status_callback_events: 'all' }, 'status_callback_events'],
    ['with an unknown method', { ...AGENT, status_callback_method: 'PUT' }, 'status_callback_method'],
    ['with a file URL', { ...AGENT, wait_music_url: 'file:///x' }, 'wait_music_url'],
    ['with a long caller name', { ...AGENT, caller_name: 'x'.repeat(51) }, 'caller_name'],
    [
      'with a stream to a web page',
      { ...BOT, ai_agent_stream_service_url: 'https://bot.example/' },
      'ai_agent_stream_service_url',
    ],
    ['with a stream in Opus', { ...BOT, ai_agent_stream_content_type: 'audio/opus' }, 'ai_agent_stream_content_type'],
    ['with long headers', { ...BOT, ai_agent_stream_extra_headers: 'ä'.repeat(300) }, 'ai_agent_stream_extra_headers'],
    ['with letters for digits', { ...AGENT, send_digits: 'hello' }, 'send_digits'],
  ] as const) {
    it(`is refused ${what}`, async () => {
      const reply = await api.post(PATH, body);
      assert.equal(reply.status, 400);
      assert.match(String(reply.body.error), new RegExp(`\\b${names}\\b`));
      assert.deepEqual(mpcs.taken(), []);
    });
  }
});
