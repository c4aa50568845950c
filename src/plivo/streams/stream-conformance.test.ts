import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import plivo from 'plivo';
import { BOT, inbound, stream } from '../../../testkit/voice-elements.ts';
import { isUuid } from '../../runtime/ids.ts';
import type { StreamElement } from '../../voice/document.ts';
import type { StreamPlan } from '../../voice/streams/stream-plan.ts';
import { streamStatusParams } from '../callbacks/stream-status.ts';
import { parseVoiceDocument } from '../xml/voice-document.ts';
import { readStreamMessage } from './read-stream-message.ts';

/** The conformance checklist of audio-streaming.md §9, item by item. */

const TALK = { keepCallAlive: true, bidirectional: true, extraHeaders: 'user=42,session=a_1' } as const;
const MULAW = { encoding: 'mulaw', sampleRate: 8_000 } as const;

async function streaming(plan: Partial<StreamPlan> = TALK) {
  const run = inbound([stream(plan)]);
  await run.rig.clock.advance(1);
  return { ...run, app: run.rig.apps.latest };
}

const read = (attributes: string, url = BOT): StreamElement => {
  const [element] = parseVoiceDocument(`<Response><Stream ${attributes}>${url}</Stream></Response>`).elements;
  return element?.element === 'Stream' ? element : assert.fail('no Stream was read');
};

describe('1. the address and the handshake', () => {
  it('text is trimmed, the URL is kept as it is, ws and wss alike', () => {
    const url = 'ws://bot.example:8080/ws?token=a+b/c==&body=%7B%7D';
    assert.equal(read('', `\n    ${url.replaceAll('&', '&amp;')}\n  `).plan.url, url);
  });

  it('every attribute is read, with its default', () => {
    assert.deepEqual(read('').plan, { ...stream().plan, statusCallback: undefined });
    const all = read(
      'bidirectional="true" audioTrack="inbound" streamTimeout="60" contentType="audio/x-mulaw;rate=8000" keepCallAlive="true" ' +
        'extraHeaders="a_b=1;c-d=2" statusCallbackUrl="https://app.example/s" statusCallbackMethod="get" ' +
        'noiseCancellation="true" noiseCancellationLevel="20"',
    );
    assert.deepEqual(all.plan, {
      url: BOT,
      bidirectional: true,
      track: 'inbound',
      timeoutMs: 60_000,
      ...MULAW,
      keepCallAlive: true,
      extraHeaders: 'a_b=1;c-d=2',
      statusCallback: { url: 'https://app.example/s', method: 'GET' },
      noiseLevel: 60,
    });
    assert.equal(read('contentType="audio/x-l16;rate=24000" audioTrack="both"').plan.sampleRate, 24_000);
  });

  for (const [what, attributes, url] of [
    ['a track nobody knows', 'audioTrack="left"', BOT],
    ['both tracks on a bidirectional stream', 'bidirectional="true" audioTrack="both"', BOT],
    ['mu-law at 16 kHz', 'contentType="audio/x-mulaw;rate=16000"', BOT],
    ['another method', 'statusCallbackUrl="https://app.example/s" statusCallbackMethod="PUT"', BOT],
    ['513 octets of extra headers', `extraHeaders="${'x'.repeat(513)}"`, BOT],
    ['no URL', '', ''],
    ['another scheme', '', 'https://bot.example/ws'],
    ['a URL of 2049 characters', '', `wss://bot.example/${'x'.repeat(2049 - 18)}`],
  ] as const) {
    it(`${what} refuses the document`, () => {
      assert.throws(() => read(attributes, url), /<Stream> /);
    });
  }

  it('the signature is valid for every spelling of the URL that validators build', async () => {
    const { app, rig } = await streaming();
    const { headers } = app.request;
    const nonce = headers['X-Plivo-Signature-V3-Nonce'] ?? '';
    for (const name of ['X-Plivo-Signature-V3', 'X-Plivo-Signature-Ma-V3']) {
      for (const url of [
        'http://bot.example/ws?room=7',
        'http://bot.example/ws',
        'https://bot.example/ws?room=7',
        'wss://bot.example/ws?room=7',
        'http://bot.example/ws/websocket',
      ]) {
        assert.ok(plivo.validateV3Signature('GET', url, nonce, 'x'.repeat(40), headers[name] ?? '', {}), `${name} ${url}`);
      }
      assert.ok(!plivo.validateV3Signature('GET', 'http://evil.example/', nonce, 'x'.repeat(40), headers[name] ?? '', {}));
    }
    await rig.assertClean();
  });
});

describe('2. and 3. what the application gets', () => {
  it('start comes first, with the types that strict clients want', async () => {
    const { app, call, rig } = await streaming({ ...TALK, ...MULAW });
    const { event, sequenceNumber, start, extra_headers } = app.received[0] ?? {};
    assert.deepEqual([event, sequenceNumber, extra_headers], ['start', 1, 'user=42,session=a_1']);
    const [stored] = [...rig.apps.stored.values()];
    assert.deepEqual(start, {
      callId: call.id,
      streamId: stored?.streamId,
      accountId: call.accountId,
      tracks: ['inbound'],
      mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000 },
    });
    assert.ok(isUuid(call.id) && isUuid(stored?.streamId ?? ''));
    await rig.assertClean();
  });

  it('media has chunks of its track from 1, numbers of the socket, and the time as text', async () => {
    const { app, leg, rig } = await streaming({ keepCallAlive: true, track: 'both', ...MULAW });
    for (const track of ['inbound', 'outbound', 'inbound'] as const) leg.media?.tapped(track, new Uint8Array(160).fill(255));
    const media = app.got('media');
    const at = String(rig.clock.now());
    const payload = Buffer.alloc(160, 255).toString('base64');
    assert.deepEqual(
      media.map((message) => message.media),
      [
        { track: 'inbound', timestamp: at, chunk: 1, payload },
        { track: 'outbound', timestamp: at, chunk: 1, payload },
        { track: 'inbound', timestamp: at, chunk: 2, payload },
      ],
    );
    assert.equal(payload.length, 216);
    assert.deepEqual(
      media.map(({ sequenceNumber }) => sequenceNumber),
      [2, 3, 4],
    );
    for (const message of media) assert.ok(message.extra_headers === '' && isUuid(String(message.streamId)));
    await rig.assertClean();
  });

  it('a key comes once, whichever way it was pressed', async () => {
    const { app, leg, rig } = await streaming();
    leg.media?.press('5');
    leg.media?.press('#', 'info');
    assert.deepEqual(
      app.got('dtmf').map(({ dtmf, extra_headers }) => [dtmf, extra_headers]),
      ['5', '#'].map((digit) => [{ track: 'inbound', digit, timestamp: String(rig.clock.now()) }, TALK.extraHeaders]),
    );
    await rig.assertClean();
  });
});

describe('4. what the application may say', () => {
  const payload = Buffer.alloc(320).toString('base64');
  const bytes = Buffer.alloc(320);
  for (const [what, media, encoding, sampleRate] of [
    ['a rate as a number', { contentType: 'audio/x-mulaw', sampleRate: 8000 }, 'mulaw', 8_000],
    ['a rate as text', { contentType: 'audio/x-l16', sampleRate: '16000' }, 'l16', 16_000],
    ['a rate in the type', { contentType: 'audio/x-l16;rate=24000' }, 'l16', 24_000],
    ['the older name of PCM', { contentType: 'raw', sampleRate: 8000 }, 'l16', 8_000],
    ['the older name of a file', { contentType: 'wav', sampleRate: 16000 }, 'wav', 16_000],
    ['no format, which is that of the stream', {}, 'mulaw', 8_000],
  ] as const) {
    it(what, () => {
      const text = JSON.stringify({ event: 'playAudio', streamId: 'whatever', more: 1, media: { ...media, payload } });
      assert.deepEqual(readStreamMessage(text, MULAW), { kind: 'play', encoding, sampleRate, bytes });
    });
  }

  it('what is not understood is passed over with a reason', () => {
    for (const text of ['', 'null', '[]', '"x"', '{"event":"stop"}', '{"event":"playAudio"}', '{"event":"checkpoint"}']) {
      assert.equal(readStreamMessage(text, MULAW).kind, 'ignored', text);
    }
    assert.equal(readStreamMessage('{"event":"sendDTMF","dtmf":"12x"}', MULAW).kind, 'ignored');
    assert.deepEqual(readStreamMessage('{"event":"sendDTMF","dtmf":"1a#"}', MULAW), { kind: 'digits', digits: '1A#' });
  });
});

describe('5. and 6. the order of things', () => {
  it('playedStream names its checkpoint, clearedAudio the stream; neither has extra headers', async () => {
    const { app, rig } = await streaming();
    app.says({ event: 'checkpoint', streamId: 'x', name: 'greeting' });
    await rig.clock.advance(1);
    app.says({ event: 'clearAudio' });
    const [stored] = [...rig.apps.stored.keys()];
    assert.deepEqual(
      [...app.got('playedStream'), ...app.got('clearedAudio')],
      [
        { event: 'playedStream', sequenceNumber: 2, streamId: stored, name: 'greeting' },
        { event: 'clearedAudio', sequenceNumber: 3, streamId: stored },
      ],
    );
    await rig.assertClean();
  });

  it('nothing is said at the end: the socket is closed, and the call ends with 4010 when nothing follows', async () => {
    const run = await streaming({ ...TALK, timeoutMs: 1_000 });
    await run.rig.clock.advance(2_000);
    assert.deepEqual([run.app.got('stop').length, run.app.ended, run.ending()], [0, 'closed', '4010 Plivo']);
    await run.rig.assertClean();
  });
});

describe('8. status callbacks', () => {
  it('have the parameters of their event', async () => {
    const { rig, call, leg, app } = await streaming();
    leg.media?.tapped('inbound', new Uint8Array(320));
    await rig.clock.advance(1_500);
    app.leaves(1006);
    await rig.clock.advance(1);
    const params = rig.application.notifications.flatMap((told) =>
      told.kind === 'stream' ? [streamStatusParams(told.call, told)] : [],
    );
    const [streamId = ''] = [...rig.apps.stored.keys()];
    const common = {
      CallUUID: call.id,
      StreamID: streamId,
      ServiceURL: BOT,
      From: '14155550123',
      To: '14155550188',
      Direction: 'inbound',
      ParentAuthID: call.accountId,
      bidirectional: 'true',
      audioTrack: 'inbound',
      streamTimeout: '86400',
      contentType: 'audio/x-l16;rate=8000',
      extraHeaders: TALK.extraHeaders,
      keepCallAlive: 'true',
      status_callback_url: 'http://app.example/stream',
      status_callback_method: 'POST',
    };
    const error = 'connection disconnected with the remote service';
    assert.deepEqual(params, [
      { ...common, Event: 'StartStream', Timestamp: '2026-01-12 09:14:02' },
      { ...common, Event: 'DroppedStream', Timestamp: '2026-01-12 09:14:03', Error: error, StatusReason: error, Duration: '2' },
    ]);
    await rig.assertClean();
  });
});
