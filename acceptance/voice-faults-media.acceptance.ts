/** What goes wrong around a call that goes on: its application, its audio files, the disk, the phone at its other end. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { call, list } from './api.ts';
import { mp3Of } from './mp3.ts';
import { msOf, phoneAnswers, phoneCall } from './phones.ts';
import { causeOf, type Outcome, type Scene, Stage } from './stage.ts';
import { sine, wavOf } from './tones.ts';
import { xml } from './voice.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

const NEXT_HZ = 700;
const FILE_HZ = 900;
const TALK_HZ = 500;
const CHUNK = Buffer.alloc(64 * 1024, 'ringdown');
/** A file may have 10 MB. */
const HUGE_OCTETS = 11 * 1024 * 1024;
/** RTP is missed for this long before a call is given up. */
const MEDIA_TIMEOUT_MS = 60_000;

const next = (scene: Scene) => `<Play>${scene.tone(NEXT_HZ, 500)}</Play>`;
const stepOf = ({ steps }: Outcome, event: string) => steps.find((step) => step.event === event)?.detail;
/** A file that begins as one and never ends. */
const pour = (response: ServerResponse): void => {
  if (response.destroyed) return;
  if (response.write(CHUNK)) setImmediate(() => pour(response));
  else response.once('drain', () => pour(response));
};

describe('audio files that are none', { concurrency: 5 }, () => {
  let stage: Stage;
  let files: string;
  const mp3 = mp3Of(sine(FILE_HZ, 800));
  const wav = wavOf(sine(FILE_HZ, 800));
  const server = createServer(async (request, response) => {
    const head = (type: string, more: Record<string, string> = {}) => response.writeHead(200, { 'content-type': type, ...more });
    switch (request.url) {
      case '/huge.wav':
        head('audio/wav', { 'content-length': String(HUGE_OCTETS) });
        response.write(wav);
        return pour(response);
      case '/endless.wav':
        head('audio/wav');
        response.write(wav);
        return pour(response);
      case '/page.wav':
        return head('audio/wav').end('<html><body>Not a sound</body></html>');
      case '/noise.mp3':
        return head('audio/mpeg').end(Buffer.alloc(20_000, 0x55));
      case '/cut.wav':
        return head('audio/wav').end(wav.subarray(0, 30));
      case '/empty.wav':
        return head('audio/wav').end();
      case '/half.wav':
        head('audio/wav', { 'content-length': String(wav.length) });
        response.write(wav.subarray(0, 4000), () => request.socket.destroy());
        return;
      case '/wrong-type.wav':
        return head('text/html').end(wav);
      case '/mp3-called.wav':
        return head('audio/wav').end(await mp3);
      case '/slow.wav':
        head('audio/wav');
        for (let at = 0; at < wav.length; at += 2000) {
          response.write(wav.subarray(at, at + 2000));
          await sleep(250);
        }
        return response.end();
      default:
        return response.writeHead(404).end();
    }
  });
  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    files = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    stage = await Stage.start('voice-audio-faults', { numbers: 20 });
  });
  after(async () => {
    await stage?.dispose();
    server.closeAllConnections();
    server.close();
  });

  const played = async (name: string) => {
    const scene = stage.scene();
    scene.on('/answer', xml(`<Play>${files}/${name}</Play>${next(scene)}`));
    const ended = await scene.play();
    assert.equal(causeOf(ended), '4010 Plivo');
    assert.ok(msOf(ended.phone, 'tone', NEXT_HZ) >= 300, `the next element runs: ${JSON.stringify(ended.phone.heard)}`);
    return ended;
  };
  for (const [name, cause] of [
    ['missing.wav', /404/],
    ['huge.wav', /10485760|10 MB|large|big|octets|bytes/i],
    ['endless.wav', /10485760|10 MB|large|big|octets|bytes/i],
    ['page.wav', /./],
    ['noise.mp3', /./],
    ['cut.wav', /./],
    ['empty.wav', /./],
    ['half.wav', /./],
  ] as const) {
    it(`${name}: the cause is in the timeline, and the next element runs`, async () => {
      const skipped = stepOf(await played(name), 'sound_skipped');
      assert.equal(skipped?.element, 'Play');
      assert.match(String(skipped?.reason), cause);
    });
  }
  for (const name of ['wrong-type.wav', 'mp3-called.wav', 'slow.wav']) {
    it(`${name} is heard all the same`, async () => {
      const ended = await played(name);
      assert.ok(msOf(ended.phone, 'tone', FILE_HZ) >= 600, JSON.stringify(ended.phone.heard));
      assert.equal(stepOf(ended, 'sound_skipped'), undefined);
    });
  }
});

describe('an application that is slow, dies or babbles', { concurrency: 5 }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.start('voice-app-faults', { numbers: 12 });
  });
  after(() => stage?.dispose());

  it('slow: the call rings on until the document is there', async () => {
    const scene = stage.scene();
    scene.on('/answer', { body: xml(next(scene)), contentType: 'application/xml', afterMs: 2500 });
    const ended = await scene.play();
    assert.equal(causeOf(ended), '4010 Plivo');
    assert.ok((ended.phone.answeredAt ?? 0) - ended.phone.startedAt >= 2400, 'it rings until then');
    assert.ok(msOf(ended.phone, 'tone', NEXT_HZ) >= 300);
  });

  it('dead in the middle of a call: its action ends the call with 7012', async () => {
    const scene = stage.scene();
    const other = await WebhookReceiver.start();
    scene.on(
      '/answer',
      xml(`<GetDigits action="${other.url('/menu')}" numDigits="1"><Wait length="10"/></GetDigits>${next(scene)}`),
    );
    await scene.dial([
      { do: 'wait', ms: 1000 },
      { do: 'press', digits: '1' },
    ]);
    await phoneCall(stage.server, scene.caller, ({ state }) => state === 'answered');
    await other.stop();
    const ended = await scene.ended();
    assert.equal(causeOf(ended), '7012 Error');
    assert.equal(msOf(ended.phone, 'tone', NEXT_HZ), 0);
  });

  for (const [what, octets] of [
    ['random octets', Buffer.from(Array.from({ length: 5000 }, (_, n) => (n * 7919 + (n >> 3)) & 0xff))],
    ['a document cut off', Buffer.from('<Response><Speak>Hello')],
    ['a document in UTF-16', Buffer.from(`\ufeff${xml('<Hangup/>')}`, 'utf16le')],
    ['elements without end', Buffer.from(`<Response>${'<Speak>'.repeat(5000)}`)],
    [
      'entities of its own',
      Buffer.from('<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><Response><Speak>&b;</Speak></Response>'),
    ],
  ] as const) {
    it(`${what}: 8011, and the timeline says where`, async () => {
      const scene = stage.scene();
      scene.on('/answer', { body: octets, contentType: 'application/xml' });
      const ended = await scene.play();
      assert.equal(causeOf(ended), '8011 Error');
      const asked = ended.steps.find(({ event, detail }) => event === 'request' && detail.purpose === 'answer');
      assert.notEqual(String(asked?.detail.failure ?? ''), '', JSON.stringify(asked));
    });
  }
});

describe('a phone that is gone without a word', { concurrency: 5 }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.start('voice-vanished', { numbers: 8 });
  });
  after(() => stage?.dispose());

  it('while the document plays: the call ends with the document, though the BYE is never answered', async () => {
    const scene = stage.scene();
    scene.on('/answer', xml(`<Play>${scene.tone(NEXT_HZ, 1500)}</Play>`));
    await scene.dial([{ do: 'wait', ms: 300 }, { do: 'vanish' }]);
    const outcome = await scene.outcome();
    assert.equal(causeOf(outcome), '4010 Plivo');
    assert.ok(Number(outcome.hangup.Duration) <= 4, outcome.hangup.Duration);
    assert.equal(scene.received('/hangup').length, 1);
  });

  it('for good: the call ends with 6020 when no audio has come for a minute', async () => {
    const scene = stage.scene();
    scene.on('/answer', xml(`<Play loop="0">${scene.tone(NEXT_HZ, 1500)}</Play>`));
    await scene.dial([{ do: 'wait', ms: 300 }, { do: 'vanish' }]);
    const began = performance.now();
    const outcome = await scene.outcome(MEDIA_TIMEOUT_MS + 20_000);
    assert.equal(causeOf(outcome), '6020 Plivo');
    const took = performance.now() - began;
    assert.deepEqual(list((await call(stage.server, 'Call/?status=live')).json.calls), [], 'nothing is left of any of them');
    assert.ok(took > MEDIA_TIMEOUT_MS - 3000 && took < MEDIA_TIMEOUT_MS + 10_000, `after ${Math.round(took)} ms`);
  });

  it('as the second party: the caller hears silence, then the document goes on', async () => {
    const scene = stage.scene();
    await phoneAnswers(stage.server, scene.callee, [{ do: 'answer' }, { do: 'wait', ms: 500 }, { do: 'vanish' }]);
    scene.on('/answer', xml(`<Dial timeLimit="3"><Number>${scene.callee}</Number></Dial>${next(scene)}`));
    const ended = await scene.play();
    assert.equal(causeOf(ended), '4010 Plivo');
    assert.ok(msOf(ended.phone, 'tone', NEXT_HZ) >= 300);
  });

  it('and one that never was: the ring timeout ends the call', async () => {
    const scene = stage.scene();
    await scene.fire({ to: '15005554002', ring_timeout: '3' });
    const outcome = await scene.outcome();
    assert.equal(causeOf(outcome), '6010 Plivo');
    assert.deepEqual([outcome.hangup.AnswerTime, outcome.hangup.Duration], ['', '0']);
    assert.equal(scene.received('/answer').length, 0);
  });
});

/** Whether a file system of its own can be laid over the directory of recordings: needs root and a mount namespace. */
const canMount = spawnSync('unshare', ['-m', 'sh', '-c', 'mount -t tmpfs -o size=64k tmpfs /mnt']).status === 0;
const DISK = '192k';

describe('the disk is full while a call is recorded', () => {
  it('the call goes on, and the timeline says why there is no recording', async (t) => {
    t.diagnostic(
      canMount ? `recordings are written to a tmpfs of ${DISK}` : 'no mount namespace: the directory of recordings is a file',
    );
    const stage = await Stage.start('voice-disk-full', {
      numbers: 4,
      wrap: (dataDir) => {
        const lay = canMount
          ? 'mkdir -p "$1/recordings" && mount -t tmpfs -o size="$2" tmpfs "$1/recordings"'
          : 'mkdir -p "$1" && rm -rf "$1/recordings" && : > "$1/recordings"';
        return [...(canMount ? ['unshare', '-m'] : []), 'sh', '-c', `${lay} && shift 2 && exec "$@"`, 'sh', dataDir, DISK];
      },
    });
    try {
      const session = stage.scene();
      const record = 'fileFormat="wav" recordChannelType="stereo"';
      session.on(
        '/answer',
        xml(
          `<Record recordSession="true" ${record} callbackUrl="${session.url('/rec')}"/><Play loop="12">${session.tone(NEXT_HZ, 1000)}</Play>`,
        ),
      );
      const prompted = stage.scene();
      prompted.on(
        '/answer',
        xml(
          `<Record ${record} playBeep="false" maxLength="15" action="${prompted.url('/vm')}" redirect="false"/>${next(prompted)}`,
        ),
      );
      await Promise.all([session.dial(), prompted.dial([{ do: 'tone', hz: TALK_HZ, ms: 14_000 }])]);
      const [whole, asked] = await Promise.all([session.ended(60_000), prompted.ended(60_000)]);
      assert.deepEqual([causeOf(whole), causeOf(asked)], ['4010 Plivo', '4010 Plivo']);
      assert.ok(msOf(whole.phone, 'tone', NEXT_HZ) > 10_000, 'the caller notices nothing');
      assert.ok(msOf(asked.phone, 'tone', NEXT_HZ) >= 300, 'the next element runs');
      for (const outcome of [whole, asked]) {
        const failed = stepOf(outcome, 'recording_failed');
        const found = list((await call(stage.server, `Recording/?call_uuid=${outcome.id}`)).json.objects);
        t.diagnostic(JSON.stringify([failed, found.map(({ recording_duration_ms }) => recording_duration_ms)]));
        assert.notEqual(
          String(failed?.reason ?? ''),
          '',
          JSON.stringify(outcome.steps.filter(({ event }) => event.startsWith('rec'))),
        );
        assert.deepEqual(found, [], 'no half recording');
      }
      assert.equal((await fetch(`${stage.server.url}/healthz`)).status, 200);
    } finally {
      await stage.dispose();
    }
  });
});
