import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { RecogniserServer } from '../../../testkit/recogniser-server.ts';
import { until } from '../../../testkit/rtp-peer.ts';
import { HttpClient } from '../../delivery/http-client.ts';
import { TargetGuard } from '../../delivery/target-guard.ts';
import { WebSocketClient } from '../../delivery/websocket-client.ts';
import { openWav } from '../../media/audio-files/wav-reader.ts';
import { systemClock } from '../../runtime/clock.ts';
import { OpenAiRecogniser } from './openai-recogniser.ts';
import { type InterimResult, type Recogniser, RecognitionError, type RecognitionRequest } from './recogniser.ts';
import { WebSocketRecogniser } from './websocket-recogniser.ts';

const SAMPLES = 1_600;
const guard = new TargetGuard({ allowPrivateTargets: true, allowed: [] }, systemClock);
const sockets = new WebSocketClient({ guard, clock: systemClock, userAgent: 'Ringdown/test' });

let server: RecogniserServer;
let http: HttpClient;
before(async () => {
  server = await RecogniserServer.start();
  http = new HttpClient({ guard, clock: systemClock, userAgent: 'Ringdown/test', connectionsPerHost: 4 });
});
after(async () => {
  await http.close();
  await server.stop();
});
afterEach(() => {
  server.fault = undefined;
  server.onMessage = () => undefined;
  server.requests.length = 0;
  server.sessions.length = 0;
});

const request = (more: Partial<RecognitionRequest> = {}): RecognitionRequest => ({
  sampleRate: 16_000,
  language: 'en-US',
  hints: ['sales', 'customer support'],
  model: 'default',
  profanityFilter: false,
  resultWithinMs: 2_000,
  ...more,
});

const failure = (text: RegExp) => (error: unknown) => error instanceof RecognitionError && text.test(error.message);

/** Says a tenth of a second in two pieces. */
const spoken = (engine: Recogniser, more?: Partial<RecognitionRequest>) => {
  const recognition = engine.recognise(request(more));
  recognition.push(new Int16Array(SAMPLES / 2).fill(1_000));
  recognition.push(new Int16Array(SAMPLES / 2).fill(-1_000));
  recognition.end();
  recognition.push(new Int16Array(SAMPLES));
  return recognition;
};

describe('the HTTP engine', () => {
  const engine = (format: 'json' | 'verbose_json' = 'json') =>
    new OpenAiRecogniser({
      baseUrl: server.url('http', '/v1/'),
      apiKey: 'sk-lab',
      model: 'whisper-1',
      format,
      send: (wanted) => http.request(wanted),
    });

  it('posts the utterance as a WAV file with its hints, and answers the text', async () => {
    assert.deepEqual(await spoken(engine()).result, { text: 'Hello there.', confidence: undefined });
    const [posted] = server.requests;
    assert.deepEqual([posted?.path, posted?.authorization], ['/v1/audio/transcriptions', 'Bearer sk-lab']);
    assert.deepEqual(posted?.fields, {
      model: 'whisper-1',
      response_format: 'json',
      language: 'en',
      prompt: 'sales, customer support',
    });
    const wav = openWav(posted?.file ?? Buffer.alloc(0));
    assert.deepEqual([wav.sampleRate, wav.channels, wav.length], [16_000, 1, SAMPLES]);
  });

  it('is as sure as the segments of a verbose answer', async () => {
    server.answer = { text: 'Hello', segments: [{ avg_logprob: Math.log(0.5) }, { avg_logprob: Math.log(0.5) }] };
    const { confidence = 0 } = await spoken(engine('verbose_json')).result;
    assert.ok(Math.abs(confidence - 0.5) < 1e-9);
    server.answer = { text: ' Hello there. ' };
  });

  it('tells what is wrong with an answer, or that there is none in time', async () => {
    server.fault = { kind: 'status', status: 401, body: '{"error":{"message":"Incorrect API key"}}' };
    await assert.rejects(spoken(engine()).result, failure(/openai: answered 401: Incorrect API key/));
    server.fault = { kind: 'body', body: '<html>' };
    await assert.rejects(spoken(engine()).result, failure(/without a text/));
    server.fault = { kind: 'silent' };
    await assert.rejects(
      spoken(engine(), { resultWithinMs: 200 }).result,
      (error: unknown) => error instanceof RecognitionError && error.kind === 'timed out',
    );
  });

  it('ends what is under way when it is cancelled or closed', async () => {
    server.fault = { kind: 'silent' };
    const held = engine();
    const [one, two] = [spoken(held), spoken(held)];
    one.cancel();
    await assert.rejects(one.result, failure(/nobody waits/));
    await held.close();
    await assert.rejects(two.result, failure(/nobody waits/));
  });
});

describe('the WebSocket engine', () => {
  const engine = (dialect: 'deepgram' | 'vosk', models = {}) =>
    new WebSocketRecogniser({
      url: server.url('ws', '/v1/listen'),
      dialect,
      apiKey: 'key',
      models,
      open: (wanted) => sockets.open(wanted),
    });
  const results = (transcript: string, isFinal: boolean, confidence: number) =>
    JSON.stringify({ type: 'Results', is_final: isFinal, channel: { alternatives: [{ transcript, confidence }] } });

  it('streams to Deepgram, and joins what is final', async () => {
    server.onMessage = ({ socket }, text) => {
      if (text === undefined) socket.send(results('customer sup', false, 0.5));
      if (text !== '{"type":"CloseStream"}') return;
      socket.send('not json');
      socket.send(results('Customer support', true, 0.9));
      socket.send(results('', true, 0));
      socket.send(results('please.', true, 0.6));
      socket.send('{"type":"Metadata"}');
    };
    const interims: InterimResult[] = [];
    const held = engine('deepgram', { default: 'nova-2', phone_call: 'nova-2-phonecall' });
    const more = {
      model: 'phone_call',
      profanityFilter: true,
      interim: (result: InterimResult) => interims.push(result),
    } as const;
    const { text, confidence = 0 } = await spoken(held, more).result;
    assert.equal(text, 'Customer support please.');
    assert.ok(confidence > 0.8 && confidence < 0.85, String(confidence));
    assert.deepEqual(interims[0], { stable: '', unstable: 'customer sup', stability: 0.5 });
    assert.deepEqual(interims.at(-1), { stable: 'Customer support please.', unstable: '', stability: 1 });
    const [session] = server.sessions;
    assert.equal(session?.authorization, 'Token key');
    assert.equal(session?.audio, SAMPLES * 2);
    const { searchParams } = new URL(session?.url ?? '', 'ws://x');
    assert.deepEqual(
      ['encoding', 'sample_rate', 'language', 'model', 'interim_results', 'profanity_filter'].map((name) =>
        searchParams.get(name),
      ),
      ['linear16', '16000', 'en-US', 'nova-2-phonecall', 'true', 'true'],
    );
    assert.deepEqual(searchParams.getAll('keywords'), ['sales', 'customer support']);
    await until(() => session?.isClosed === true, 'the end of the session');
  });

  it('streams to Vosk, whose last word is its close', async () => {
    server.onMessage = ({ socket }, text) => {
      if (text === undefined) socket.send('{"partial":"go for"}');
      if (text !== '{"eof" : 1}') return;
      socket.send('{"result":[{"conf":0.5,"word":"go"},{"conf":1,"word":"forward"}],"text":"go forward"}');
      socket.close(1000);
    };
    assert.deepEqual(await spoken(engine('vosk')).result, { text: 'go forward', confidence: 0.75 });
    assert.deepEqual(server.sessions[0]?.texts[0], '{"config":{"sample_rate":16000,"words":true}}');
  });

  it('fails when the server is lost, tells an error, or does not answer the upgrade', async () => {
    server.onMessage = ({ socket }) => socket.terminate();
    await assert.rejects(spoken(engine('vosk')).result, failure(/closed with 1006/));
    server.onMessage = ({ socket }) => socket.send('{"type":"Error","description":"no credit"}');
    await assert.rejects(spoken(engine('deepgram')).result, failure(/no credit/));
    server.fault = { kind: 'silent' };
    const waiting = spoken(engine('deepgram'));
    waiting.cancel();
    await assert.rejects(waiting.result, failure(/nobody waits/));
  });
});
