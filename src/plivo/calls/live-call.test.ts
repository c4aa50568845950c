import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type ApiClient, createTenant } from '../../../testkit/api-client.ts';
import { createPlivoFixture, type PlivoFixture } from '../../../testkit/plivo-fixture.ts';
import { REQUEST_IDS, RecordedCalls, UNKNOWN_CALL } from '../../../testkit/recorded-calls.ts';

const CALL = REQUEST_IDS[0];

describe('live calls over the API', () => {
  let fixture: PlivoFixture;
  let api: ApiClient;
  const voice = new RecordedCalls();
  before(async () => {
    fixture = await createPlivoFixture({ voice });
    api = await createTenant(fixture, 'Voice');
  });
  after(() => fixture.close());
  beforeEach(() => {
    voice.taken();
    voice.queued = false;
  });

  describe('on a live one', () => {
    const path = (rest: string) => `Call/${CALL}/${rest}`;

    it('transfers legs', async () => {
      const aleg = { aleg_url: 'http://127.0.0.1:9/a', aleg_method: 'GET' };
      const bleg = { bleg_url: 'http://127.0.0.1:9/b' };
      const { status, body } = await api.post(path(''), aleg);
      assert.deepEqual([status, body.message], [202, 'call transferred']);
      assert.deepEqual(voice.taken(), [
        'transfer',
        CALL,
        { legs: 'aleg', aLeg: { url: 'http://127.0.0.1:9/a', method: 'GET' }, bLeg: undefined },
      ]);
      await api.post(path(''), { ...aleg, ...bleg, legs: 'both', call_uuid: 'repeated' });
      assert.deepEqual(voice.taken(), [
        'transfer',
        CALL,
        {
          legs: 'both',
          aLeg: { url: 'http://127.0.0.1:9/a', method: 'GET' },
          bLeg: { url: 'http://127.0.0.1:9/b', method: 'POST' },
        },
      ]);
      assert.equal((await api.post(path(''), {})).body.error, 'aleg_url parameter is missing');
      assert.equal((await api.post(path(''), { legs: 'bleg' })).body.error, 'bleg_url parameter is missing');
      assert.equal((await api.post(path(''), { ...aleg, legs: 'cleg' })).status, 400);
      const nowhere = await api.post(path(''), { aleg_url: 'http://[' });
      assert.deepEqual([nowhere.status, nowhere.body.error], [400, 'aleg_url parameter is invalid: a URL is expected']);
    });

    it('hangs up one, all, and cancels a request', async () => {
      assert.equal((await api.delete(path(''), { call_uuid: CALL })).status, 204);
      assert.deepEqual(voice.taken(), ['hangUp', CALL]);
      assert.equal((await api.delete('Call/')).status, 204);
      assert.deepEqual(voice.taken(), ['hangUpAll']);
      assert.equal((await api.delete(`Request/${CALL}/`, {})).status, 204);
      assert.deepEqual(voice.taken(), ['cancelRequest', CALL]);
      assert.deepEqual((await api.delete(`Call/${UNKNOWN_CALL}/`)).body.error, 'not found');
    });

    it('plays, URLs joined by commas or as an array', async () => {
      const urls = ['http://127.0.0.1:9/a.mp3', 'http://127.0.0.1:9/b.wav'];
      for (const given of [urls.join(','), urls]) {
        const { status, body } = await api.post(path('Play/'), { urls: given });
        assert.deepEqual([status, body.message], [202, 'play started']);
        assert.deepEqual(voice.taken(), ['play', CALL, { urls, legs: 'aleg', loop: false, mix: true, lengthS: undefined }]);
      }
      await api.post(path('Play/'), { urls: urls[0], legs: 'both', loop: true, mix: false, length: '5' });
      assert.deepEqual(voice.taken(), ['play', CALL, { urls: [urls[0]], legs: 'both', loop: true, mix: false, lengthS: 5 }]);
      assert.equal((await api.post(path('Play/'), {})).body.error, 'urls parameter is missing');
      assert.match(String((await api.post(path('Play/'), { urls: 'file:///etc/passwd' })).body.error), /^urls parameter/);
      assert.equal((await api.delete(path('Play/'))).status, 204);
      assert.deepEqual(voice.taken(), ['stopPlay', CALL]);
    });

    it('speaks; Go sends the voice as length', async () => {
      const { status, body } = await api.post(path('Speak/'), { text: 'Hello' });
      assert.deepEqual([status, body.message], [202, 'speak started']);
      assert.deepEqual(voice.taken(), [
        'speak',
        CALL,
        { content: ['Hello'], voice: 'WOMAN', language: 'en-US', legs: 'aleg', loop: false, mix: true },
      ]);
      await api.post(path('Speak/'), {
        text: 'Hello',
        length: 'MAN',
        language: 'en-GB',
        legs: 'bleg',
        loop: 'true',
        mix: 'false',
      });
      assert.deepEqual(voice.taken(), [
        'speak',
        CALL,
        { content: ['Hello'], voice: 'MAN', language: 'en-GB', legs: 'bleg', loop: true, mix: false },
      ]);
      // The XML element has neither of these (voice-api.md §6.2, voice-xml.md §7).
      for (const [voiceName, language] of [
        ['WOMAN', 'hi-IN'],
        ['MAN', 'ja-JP'],
      ]) {
        assert.equal((await api.post(path('Speak/'), { text: 'Hello', voice: voiceName, language })).status, 202, language);
        const [, , spoken] = voice.taken();
        assert.deepEqual(spoken, { content: ['Hello'], voice: voiceName, language, legs: 'aleg', loop: false, mix: true });
      }
      assert.equal((await api.post(path('Speak/'), {})).body.error, 'text parameter is missing');
      assert.match(String((await api.post(path('Speak/'), { text: 'x', voice: 'ROBOT' })).body.error), /^voice parameter/);
      for (const unspeakable of ['x'.repeat(3_001), ' \n ']) {
        const { status: refused, body: why } = await api.post(path('Speak/'), { text: unspeakable });
        assert.equal(refused, 400);
        assert.match(String(why.error), /^text parameter is invalid: .*(3000 are the most|empty)/);
      }
      assert.match(
        String((await api.post(path('Speak/'), { text: '<speak>x', type: 'ssml', voice: 'Polly.Joanna' })).body.error),
        /^text parameter/,
      );
      assert.equal((await api.delete(path('Speak/'))).status, 204);
      assert.deepEqual(voice.taken(), ['stopSpeak', CALL]);
    });

    it('presses keys, on the leg under either name', async () => {
      const { status, body } = await api.post(path('DTMF/'), { digits: '12w#', leg: 'bleg' });
      assert.deepEqual([status, body.message], [202, 'digits sent']);
      assert.deepEqual(voice.taken(), ['sendDigits', CALL, '12w#', 'bleg']);
      await api.post(path('DTMF/'), { digits: 5, legs: 'both' });
      assert.deepEqual(voice.taken(), ['sendDigits', CALL, '5', 'both']);
      assert.match(String((await api.post(path('DTMF/'), { digits: 'hello' })).body.error), /^digits parameter/);
    });

    it('records; callback_url is told of the file and makes nothing asynchronous', async () => {
      const { status, body } = await api.post(path('Record/'), { callback_url: 'http://127.0.0.1:9/done' });
      assert.equal(status, 202);
      assert.deepEqual(body, {
        api_id: body.api_id,
        message: 'call recording started',
        recording_id: CALL,
        url: `http://127.0.0.1:7464/${CALL}.mp3`,
      });
      assert.deepEqual(voice.taken(), [
        'startRecording',
        CALL,
        {
          format: 'mp3',
          channels: 'mono',
          timeLimitS: 60,
          callback: { url: 'http://127.0.0.1:9/done', method: 'POST' },
          transcription: undefined,
          apiId: body.api_id,
        },
      ]);
      const dotnet = await api.post(path('Record/'), {
        time_limit: 90,
        file_format: 'wav',
        record_channel_type: 'stereo',
        transaction_type: 'auto',
        transaction_url: 'http://127.0.0.1:9/text',
        transaction_method: 'GET',
      });
      assert.deepEqual(voice.taken(), [
        'startRecording',
        CALL,
        {
          format: 'wav',
          channels: 'stereo',
          timeLimitS: 90,
          callback: undefined,
          transcription: { type: 'auto', url: { url: 'http://127.0.0.1:9/text', method: 'GET' }, reportType: 'compact' },
          apiId: dotnet.body.api_id,
        },
      ]);
      assert.match(String((await api.post(path('Record/'), { time_limit: 86_401 })).body.error), /^time_limit parameter/);
    });

    it('stops all recordings or the one with a URL, in capitals or not', async () => {
      assert.equal((await api.delete(path('Record/'))).status, 204);
      assert.deepEqual(voice.taken(), ['stopRecording', CALL, undefined]);
      await api.delete(path('Record/'), { URL: 'http://a/1.mp3' });
      assert.deepEqual(voice.taken(), ['stopRecording', CALL, 'http://a/1.mp3']);
      await api.delete(path('Record/'), { url: 'http://a/2.mp3' });
      assert.deepEqual(voice.taken(), ['stopRecording', CALL, 'http://a/2.mp3']);
    });

    it('takes bodies of no length, and paths without trailing slash', async () => {
      const reply = await fixture.http.inject({
        method: 'DELETE',
        url: `/v1/Account/${api.authId}/Call/${CALL}/Play`,
        headers: {
          authorization: `Basic ${Buffer.from(`${api.authId}:${api.authToken}`).toString('base64')}`,
          'content-type': 'application/json',
        },
        payload: '',
      });
      assert.equal(reply.statusCode, 204);
    });
  });
});
