import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { SpeechServer } from '../../testkit/speech-server.ts';
import { VirtualClock } from '../../testkit/virtual-clock.ts';
import { HttpClient } from '../delivery/http-client.ts';
import { TargetGuard } from '../delivery/target-guard.ts';
import { parseDocument } from '../plivo/xml/document.ts';
import { type OpenAiOptions, OpenAiSynthesizer } from './openai-http.ts';
import { type PollyOptions, PollySynthesizer } from './polly.ts';
import { speechRequest } from './speech-request.ts';
import { SpeechError, type SpeechErrorKind, type SpeechSynthesizer } from './synthesizer.ts';

const clock = new VirtualClock();
const account = {
  openAiKey: 'sk-lab',
  accessKeyId: 'AKIDLAB',
  secretAccessKey: 'lab/secret+key',
  region: 'eu-central-1',
  now: () => clock.now(),
};
const never = new AbortController().signal;
const request = (xml: string, voice = 'Polly.Joanna', language?: string) =>
  speechRequest({ content: parseDocument(`<Speak>${xml}</Speak>`).content, voice, language }, 'api');

let server: SpeechServer;
let http: HttpClient;
before(async () => {
  server = await SpeechServer.start(account);
  const guard = new TargetGuard({ allowPrivateTargets: true, allowed: [] }, clock);
  http = new HttpClient({ guard, clock, userAgent: 'Ringdown/test', connectionsPerHost: 4 });
});
after(async () => {
  await http.close();
  await server.stop();
  assert.equal(clock.pending, 0, 'no timer is left');
});
afterEach(() => {
  server.fault = undefined;
  server.requests.length = 0;
});

const polly = (options: Partial<PollyOptions> = {}) =>
  new PollySynthesizer({
    region: account.region,
    credentials: account,
    model: 'standard',
    endpoint: `${server.url}/`,
    send: (wanted) => http.request(wanted),
    clock,
    ...options,
  });
const openAi = (options: Partial<OpenAiOptions> = {}) =>
  new OpenAiSynthesizer({
    baseUrl: `${server.url}/v1`,
    apiKey: account.openAiKey,
    model: 'gpt-4o-mini-tts',
    format: 'wav',
    sampleRate: 24_000,
    voices: {},
    send: (wanted) => http.request(wanted),
    readWav,
    ...options,
  });
const fails = (result: Promise<unknown>, kind: SpeechErrorKind, message: RegExp) =>
  assert.rejects(result, (error) => {
    assert.ok(error instanceof SpeechError, String(error));
    assert.equal(error.kind, kind);
    assert.match(error.message, message);
    return true;
  });

describe('Amazon Polly', () => {
  it('is asked in markup, with a signature, and answers 16 kHz', async () => {
    const audio = await polly().synthesize(
      request(
        'Code <say-as interpret-as="digits">4711</say-as><break time="400ms"/> <sub alias="a &lt; &quot;b&quot;">R&amp;D</sub>',
      ),
      never,
    );
    assert.equal(audio.sampleRate, 16_000);
    assert.ok(audio.pcm.length > 8_000 && frequency(audio.pcm, 16_000) > 430 && frequency(audio.pcm, 16_000) < 450);
    assert.deepEqual(server.requests, [
      {
        path: '/v1/speech',
        body: {
          Engine: 'standard',
          OutputFormat: 'pcm',
          SampleRate: '16000',
          Text: '<speak>Code <say-as interpret-as="digits">4711</say-as><break time="400ms"/> <sub alias="a &lt; &quot;b&quot;">R&amp;D</sub></speak>',
          TextType: 'ssml',
          VoiceId: 'Joanna',
        },
      },
    ]);
  });

  it('speaks WOMAN and MAN with the first voice of the language, and says which language where a voice has two', async () => {
    await polly().synthesize(request('a', 'MAN', 'en-US'), never);
    await polly().synthesize(request('a', 'WOMAN', 'es-ES'), never);
    await polly().synthesize(request('a', 'Polly.Aditi', 'hi-IN'), never);
    assert.deepEqual(
      server.requests.map(({ body }) => [body.VoiceId, body.LanguageCode]),
      [
        ['Matthew', undefined],
        ['Conchita', undefined],
        ['Aditi', 'hi-IN'],
      ],
    );
  });

  it('takes the model from the name or the configuration, and leaves out what only the standard one understands', async () => {
    const markup = 'a <emphasis>b</emphasis> <prosody rate="slow" pitch="high">c</prosody> <prosody pitch="high">d</prosody>';
    await polly().synthesize(request(markup, 'Polly.Joanna-Neural'), never);
    await polly({ model: 'neural' }).synthesize(request(markup, 'Polly.Kajal', 'hi-IN'), never);
    await polly({ model: 'neural' }).synthesize(request(markup, 'Polly.Vicki-Standard'), never);
    assert.deepEqual(
      server.requests.map(({ body }) => [body.Engine, String(body.Text).includes('pitch')]),
      [
        ['neural', false],
        ['neural', false],
        ['standard', true],
      ],
    );
    assert.equal(server.requests[0]?.body.Text, '<speak>a b <prosody rate="slow">c</prosody> d</speak>');
  });

  it('refuses a wrong key, a wrong region and a clock that is wrong, with its own words', async () => {
    const wrong = (credentials: Partial<typeof account>) => polly({ credentials: { ...account, ...credentials } });
    await fails(
      wrong({ secretAccessKey: 'no' }).synthesize(request('a'), never),
      'engine failed',
      /^polly: answered 403: The request signature/,
    );
    await fails(wrong({ accessKeyId: 'no' }).synthesize(request('a'), never), 'engine failed', /403: The security token/);
    await fails(
      polly({ region: 'eu-west-1' }).synthesize(request('a'), never),
      'engine failed',
      /403: Credential should be scoped/,
    );
    const late = new VirtualClock(clock.now() - 600_000);
    await fails(polly({ clock: late }).synthesize(request('a'), never), 'engine failed', /403: Signature expired/);
  });

  it('refuses a voice that it has not, which is the fault of the text alone', () =>
    fails(polly().synthesize(request('a', 'Polly.Nobody'), never), 'text refused', /^polly: answered 400: 1 validation error/));

  it('must answer PCM', async () => {
    server.fault = { kind: 'body', contentType: 'audio/mpeg', body: 'ID3' };
    await fails(polly().synthesize(request('a'), never), 'engine failed', /answered audio\/mpeg that is no PCM/);
  });
});

describe('an OpenAI-compatible server', () => {
  it('is asked for the words, and its WAV is read', async () => {
    const audio = await openAi().synthesize(
      request('Code <say-as interpret-as="digits">47</say-as><break/>now', 'Polly.Joanna'),
      never,
    );
    assert.equal(audio.sampleRate, 24_000);
    assert.ok(Math.abs(frequency(audio.pcm, 24_000) - 440) < 10);
    assert.deepEqual(server.requests, [
      {
        path: '/v1/audio/speech',
        body: { model: 'gpt-4o-mini-tts', voice: 'nova', input: 'Code 4 7, now', response_format: 'wav' },
      },
    ]);
  });

  it('answers PCM of the rate that the configuration says', async () => {
    const audio = await openAi({ format: 'pcm' }).synthesize(request('Hello'), never);
    assert.equal(audio.sampleRate, 24_000);
    assert.ok(Math.abs(frequency(audio.pcm, 24_000) - 440) < 10);
  });

  it('speaks with the voices of the configuration: by language and name, name, language and gender, gender', async () => {
    const engine = openAi({
      voices: {
        MAN: 'echo',
        'de-DE WOMAN': 'coral',
        WOMAN: 'shimmer',
        Joanna: 'sage',
        'es-US Joanna': 'ash',
        'de-DE Vicki': 'fable',
      },
    });
    const wanted = [
      ['MAN', 'de-DE', 'echo'],
      ['WOMAN', 'de-DE', 'coral'],
      ['WOMAN', 'en-US', 'shimmer'],
      ['Polly.Joanna', 'en-US', 'sage'],
      ['Polly.Vicki', 'de-DE', 'fable'],
      ['Polly.Marlene', 'de-DE', 'coral'],
    ] as const;
    for (const [voice, language] of wanted) await engine.synthesize(request('a', voice, language), never);
    await openAi().synthesize(request('a', 'MAN'), never);
    assert.deepEqual(
      server.requests.map(({ body }) => body.voice),
      [...wanted.map(([, , voice]) => voice), 'onyx'],
    );
  });

  it('refuses a wrong key and a wrong voice, with its own words', async () => {
    await fails(
      openAi({ apiKey: 'no' }).synthesize(request('a'), never),
      'engine failed',
      /^openai: answered 401: Incorrect API key/,
    );
    await fails(openAi({ apiKey: undefined }).synthesize(request('a'), never), 'engine failed', /answered 401/);
    await fails(
      openAi({ voices: { WOMAN: 'x' } }).synthesize(request('a'), never),
      'text refused',
      /answered 400: there is no voice x/,
    );
  });

  it('must answer audio of the format', async () => {
    server.fault = { kind: 'body', contentType: 'audio/wav', body: 'RIFX nothing' };
    await fails(openAi().synthesize(request('a'), never), 'engine failed', /answered audio\/wav that is no wav audio/);
    server.fault = { kind: 'body', contentType: 'audio/pcm', body: 'odd' };
    await fails(openAi({ format: 'pcm' }).synthesize(request('a'), never), 'engine failed', /that is no pcm audio/);
  });
});

describe('an engine behind HTTP', () => {
  const engines: readonly (readonly [string, () => SpeechSynthesizer])[] = [
    ['polly', polly],
    ['openai', openAi],
  ];
  for (const [name, make] of engines) {
    it(`${name}: tells what is wrong with the answer`, async () => {
      const told = async (kind: SpeechErrorKind, message: RegExp) =>
        fails(make().synthesize(request('Hello'), never), kind, message);
      server.fault = { kind: 'status', status: 503, body: '{"message":"Rate\\n exceeded"}' };
      await told('engine failed', new RegExp(`^${name}: answered 503: Rate exceeded$`));
      server.fault = { kind: 'status', status: 500, body: `<h1>${'x'.repeat(5_000)}`, contentType: 'text/html' };
      await told('engine failed', /^\w+: answered 500: <h1>x{196}$/);
      server.fault = { kind: 'status', status: 429, body: '' };
      await told('engine failed', /answered 429$/);
      server.fault = { kind: 'body', contentType: 'application/json', body: '{"error":{"message":"not today"}}' };
      await told('engine failed', /answered application\/json, not audio: not today$/);
      server.fault = { kind: 'body', contentType: 'audio/pcm', body: '' };
      await told('engine failed', /answered without audio$/);
      server.fault = { kind: 'cut' };
      await told('engine failed', new RegExp(`^${name}: .*(closed|terminated|aborted|reset)`));
    });

    it(`${name}: is given up after ten seconds, or with the caller`, async () => {
      server.fault = { kind: 'silent' };
      const slow = fails(
        make().synthesize(request('Hello'), never),
        'timed out',
        new RegExp(`^${name}: no .*answer within 10000 ms$`),
      );
      while (server.requests.length === 0) await wait(5);
      await clock.advance(10_000);
      await slow;
      const leaving = new AbortController();
      const left = make().synthesize(request('Hello'), leaving.signal);
      leaving.abort(new Error('hung up'));
      await assert.rejects(left, /hung up/);
      await clock.advance(10_000);
    });
  }

  it('that nobody listens for fails at once', async () => {
    const nowhere = openAi({ baseUrl: 'http://127.0.0.1:1/v1' });
    await fails(nowhere.synthesize(request('Hello'), never), 'engine failed', /^openai: .*ECONNREFUSED/);
  });
});

/** Samples of a 16-bit mono file of the stand-in. */
function readWav(bytes: Uint8Array): { readonly sampleRate: number; readonly pcm: Int16Array } {
  const file = Buffer.from(bytes);
  if (file.length < 44 || file.toString('latin1', 0, 4) !== 'RIFF') throw new Error('no WAV');
  const pcm = new Int16Array((file.length - 44) >> 1);
  for (let index = 0; index < pcm.length; index++) pcm[index] = file.readInt16LE(44 + 2 * index);
  return { sampleRate: file.readUInt32LE(24), pcm };
}

/** Hz, by zero crossings. */
function frequency(pcm: Int16Array, sampleRate: number): number {
  let crossings = 0;
  for (let index = 1; index < pcm.length; index++) if ((pcm[index - 1] ?? 0) < 0 !== (pcm[index] ?? 0) < 0) crossings++;
  return (crossings * sampleRate) / (2 * pcm.length);
}
