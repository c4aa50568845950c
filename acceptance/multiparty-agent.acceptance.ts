/** An AI agent in a multiparty call: its application hears the room and speaks in it, over a socket of its own. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { StreamApp } from '../testkit/stream-app.ts';
import { call, list, record } from './api.ts';
import { OWN_NUMBER } from './fixture.ts';
import { AGENT, CUSTOMER, hears, hungUp, MeetingSuite, SECOND_AGENT } from './meeting.ts';
import { shareOf, sine } from './tones.ts';
import { eventually } from './wait.ts';

const APP_HZ = 1_500;
const RATE = 8_000;
const FRAME_SAMPLES = 160;
/** What the application is told of half a second. */
const HEARD_FRAMES = 25;

/** 16-bit samples in little-endian order. */
function samplesOf(payload: unknown): Int16Array {
  const bytes = Buffer.from(String(payload), 'base64');
  return Int16Array.from({ length: bytes.length / 2 }, (_, index) => bytes.readInt16LE(2 * index));
}

describe('an AI agent in a multiparty call', () => {
  let suite: MeetingSuite;
  let app: StreamApp;
  before(async () => {
    suite = await MeetingSuite.start('multiparty-agent');
  });
  after(() => suite?.dispose());
  afterEach(async () => {
    await suite.clear();
    await app.stop();
  });

  /** An application that says a tone, frame for frame of what it hears. */
  async function talkingApp(): Promise<void> {
    app = await StreamApp.start();
    const tone = sine(APP_HZ, 1_000);
    app.onMessage = ({ event }, { socket, messages }) => {
      if (event !== 'media') return;
      const at = ((messages.length - 2) % 50) * FRAME_SAMPLES;
      const pcm = tone.slice(at, at + FRAME_SAMPLES);
      const payload = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength).toString('base64');
      socket.send(JSON.stringify({ event: 'playAudio', media: { contentType: 'audio/x-l16', sampleRate: RATE, payload } }));
    };
  }
  const heardByApp = (hz: number): number => {
    const frames = (app.connections[0]?.messages ?? []).filter(({ event }) => event === 'media').slice(-HEARD_FRAMES);
    if (frames.length < HEARD_FRAMES) return 0;
    const pcm = Int16Array.from(frames.flatMap(({ media }) => [...samplesOf(record(media).payload)]));
    return shareOf(hz, pcm, RATE);
  };

  it('added over the API is heard with the voice of its application, which hears the others; and leaves with it', async () => {
    await talkingApp();
    const room = suite.open();
    await room.add('customer', CUSTOMER, { stayAlone: true });
    const path = `MultiPartyCall/name_${encodeURIComponent(room.which.friendlyName)}/Participant/`;
    const added = await call(suite.target, path, {
      body: {
        role: 'ai-agent',
        from: OWN_NUMBER,
        to: AGENT.number,
        enter_sound: 'none',
        exit_sound: 'none',
        ai_agent_stream_service_url: app.url('/ws?room=7'),
        ai_agent_stream_extra_headers: 'user=42',
        ai_agent_stream_status_callback_url: suite.receiver.url('/agent'),
      },
    });
    assert.equal(added.status, 201, added.text);
    const uuid = String(added.json.request_uuid);
    const agent = await room.memberOf(uuid);
    const { messages, request } = await app.connection();
    await eventually('the start', () => messages[0]);
    assert.deepEqual(record(messages[0]?.start).callId, uuid);
    assert.deepEqual([messages[0]?.event, messages[0]?.extra_headers, request.url], ['start', 'user=42', '/ws?room=7']);
    // The phone of the agent says a tone, which nobody hears.
    await Promise.all([hears(suite.target, CUSTOMER, APP_HZ), hears(suite.target, AGENT, CUSTOMER.hz)]);
    await eventually('the customer in what the application hears', () => (heardByApp(CUSTOMER.hz) > 0.8 ? true : undefined));
    assert.ok(heardByApp(APP_HZ) < 0.1, 'it does not hear itself');
    await room.mute(agent, true);
    await hears(suite.target, CUSTOMER, 'silence');
    await room.mute(agent, false);
    await hears(suite.target, CUSTOMER, APP_HZ);
    const streams = list((await call(suite.target, `Call/${uuid}/Stream/`)).json.objects);
    assert.deepEqual(
      streams.map(({ bidirectional, status }) => [bidirectional, status]),
      [[true, 'in-progress']],
    );
    app.connections[0]?.socket.close(1000);
    assert.equal((await hungUp(suite.target, AGENT)).state, 'ended');
    const left = await eventually('the exit', async () => {
      const { mpcUuid } = await room.get();
      const one = await call(suite.target, `MultiPartyCall/uuid_${mpcUuid}/Participant/${agent}/`);
      return one.json.exit_time === null ? undefined : one.json;
    });
    assert.deepEqual([left.role, left.exit_cause], ['ai-agent', 'Participant Call Hangup']);
    const told = await suite.receiver.waitFor(
      'StopStream',
      ({ path: at, params }) => at === '/agent' && params.Event === 'StopStream',
    );
    assert.deepEqual([told.params.CallUUID, told.params.bidirectional, told.params.audioTrack], [uuid, 'true', 'inbound']);
  });

  it('that enters by XML does the same, and its call goes on when the application has gone', async () => {
    await talkingApp();
    const room = suite.open();
    await room.add('customer', CUSTOMER, { stayAlone: true });
    suite.receiver.answer(({ path }) => {
      const body =
        path === '/agent.xml'
          ? `<Response><MultiPartyCall role="ai-agent" aiAgentStreamServiceUrl="${app.url()}" enterSound="none" exitSound="none">${room.which.friendlyName}</MultiPartyCall><Wait length="60"/></Response>`
          : '<Response><Wait length="60"/></Response>';
      return { contentType: 'application/xml', body };
    });
    const made = await call(suite.target, 'Call/', {
      body: { from: OWN_NUMBER, to: SECOND_AGENT.number, answer_url: suite.receiver.url('/agent.xml') },
    });
    const uuid = String(made.json.request_uuid);
    await room.memberOf(uuid);
    await hears(suite.target, CUSTOMER, APP_HZ);
    app.connections[0]?.socket.terminate();
    await hears(suite.target, CUSTOMER, 'silence');
    await eventually('the exit', async () => ((await room.participants()).length === 1 ? true : undefined));
    assert.equal((await call(suite.target, `Call/${uuid}/?status=live`)).status, 200, 'its document goes on');
  });
});
