/** The conformance documents of calls that bring in a second party: Dial, hunting, voice mail, a SIP leg. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { conformanceDocuments } from '../testkit/voice-documents.ts';
import { decodedMp3 } from './mp3.ts';
import { keysOf, msOf, phoneAnswers, phoneCall, utterances } from './phones.ts';
import { freeUdpPort } from './ports.ts';
import { AUTH_TOKEN } from './server.ts';
import { Sipp } from './sipp.ts';
import { calleeBye, exec, expect, expectRequest, KEPT, pause, respond, scenario, sdp, takeInvite } from './sipp-scenario.ts';
import { causeOf, OWN, type Scene, Stage } from './stage.ts';
import { mulawOf, shareOf, sine } from './tones.ts';
import { xml } from './voice.ts';
import { allSignaturesValid, checkSignatures, type Received } from './webhook-receiver.ts';

const CONFIRM_HZ = 800;
const DONE_HZ = 700;
const TALK_HZ = 500;
const FAR_HZ = 600;

const between = (value: number, low: number, high: number, what: string) =>
  assert.ok(value >= low && value <= high, `${what}: ${value} is not within ${low} and ${high}`);
const field = (requests: readonly Received[], name: string) => requests.map(({ params }) => params[name]);

describe('conformance documents with a second party', { concurrency: 6 }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.start('voice-conformance-dial', { numbers: 12 });
  });
  after(() => stage?.dispose());

  const documentsOf = (scene: Scene) => conformanceDocuments({ app: scene.app, files: scene.app, stream: 'ws://127.0.0.1:9' });

  describe('6: simultaneous ring with confirmation', () => {
    /** The scene's own phones in place of the two of the document, so that several tests may run. */
    const ring = ({ confirmTimeout = 120 } = {}): Scene => {
      const scene = stage.scene();
      scene.on(
        '/answer',
        documentsOf(scene)
          .simultaneousRing.replace('confirmKey', `confirmTimeout="${confirmTimeout}" confirmKey`)
          .replace('14155550111', scene.callee)
          .replace('14155550112', scene.otherCallee),
      );
      scene.on('/confirm', xml(`<Play>${scene.tone(CONFIRM_HZ, 600)}</Play>`));
      scene.on('/done', xml(`<Play>${scene.tone(DONE_HZ, 600)}</Play>`));
      return scene;
    };
    const legs = (scene: Scene, to: string) => scene.received('/legs').filter(({ params }) => params.DialBLegTo === to);

    it('the first that confirms is connected, the other lost the race, and every step is told in order', async () => {
      const scene = ring();
      await phoneAnswers(stage.server, scene.callee, [
        { do: 'ring' },
        { do: 'wait', ms: 500 },
        { do: 'answer' },
        { do: 'hear', tone: CONFIRM_HZ, ms: 300 },
        { do: 'press', digits: '5' },
        { do: 'hear', tone: TALK_HZ, ms: 400 },
        { do: 'tone', hz: FAR_HZ, ms: 800 },
        { do: 'press', digits: '99' },
        { do: 'wait', ms: 500 },
        { do: 'hang_up' },
      ]);
      await phoneAnswers(stage.server, scene.otherCallee, [{ do: 'ring' }]);
      await scene.dial([
        { do: 'tone', hz: TALK_HZ, ms: 1500 },
        { do: 'hear', tone: FAR_HZ, ms: 400 },
      ]);
      const ended = await scene.ended();
      assert.equal(ended.phone.scriptError, undefined);
      const winner = await phoneCall(stage.server, scene.callee, ({ state }) => state === 'ended');
      const loser = await phoneCall(stage.server, scene.otherCallee, ({ state }) => state === 'ended');
      assert.deepEqual([winner.scriptError, winner.endedBy, winner.from], [undefined, 'phone', OWN]);
      assert.deepEqual([loser.answeredAt, loser.endedBy], [undefined, 'far']);
      assert.ok(Math.abs(loser.startedAt - winner.startedAt) < 700, 'both ring at once');
      assert.ok(msOf(winner, 'tone', CONFIRM_HZ) >= 300);
      assert.ok(msOf(ended.phone, 'tone', FAR_HZ) >= 500, 'the two hear each other');
      assert.ok(
        utterances(ended.phone).some(({ kind }) => kind !== 'silence'),
        'the caller hears it ring',
      );
      assert.ok(msOf(ended.phone, 'tone', DONE_HZ) >= 300, 'then what the action says');
      assert.equal(causeOf(ended), '4010 Plivo');

      const won = legs(scene, scene.callee);
      assert.deepEqual(field(won, 'DialAction'), ['answer', 'connected', 'digits', 'hangup']);
      assert.deepEqual(field(won, 'Event'), ['DialAnswer', 'DialConnected', 'DialDigitsMatch', 'DialHangup']);
      const [answer, , digits, hangup] = won;
      assert.deepEqual([digits?.params.DialDigitsMatch, digits?.params.DialDigitsPressedBy], ['99', 'BLeg']);
      assert.deepEqual([hangup?.params.DialBLegHangupCauseCode, hangup?.params.DialBLegHangupSource], ['4000', 'Callee']);
      const lost = legs(scene, scene.otherCallee);
      assert.deepEqual([field(lost, 'DialAction'), field(lost, 'DialBLegHangupCauseCode')], [['hangup'], ['9000']]);
      assert.deepEqual(new Set(field([...won, ...lost], 'CallUUID')), new Set([ended.id]));
      const [done] = scene.received('/done');
      assert.ok(done !== undefined && hangup !== undefined);
      assert.ok(done.at >= hangup.at, 'the action comes after the last callback');
      assert.deepEqual(
        [done.params.DialStatus, done.params.DialBLegUUID, done.params.DialALegUUID, done.params.DialRingStatus],
        ['completed', answer?.params.DialBLegUUID, ended.id, 'true'],
      );
      assert.equal(scene.received('/confirm')[0]?.params.Event, 'DialRemoteSounds');
      for (const request of scene.received().filter(({ path }) => !path.endsWith('.wav'))) {
        assert.deepEqual(checkSignatures(request, AUTH_TOKEN, AUTH_TOKEN), allSignaturesValid, request.path);
      }
    });

    it('who does not press the key in time is dropped with 9110, and the hunt goes on', async () => {
      const scene = ring({ confirmTimeout: 60 });
      await phoneAnswers(stage.server, scene.callee, [
        { do: 'answer' },
        { do: 'hear', tone: CONFIRM_HZ, ms: 300 },
        { do: 'press', digits: '1' },
      ]);
      await phoneAnswers(stage.server, scene.otherCallee, [
        { do: 'ring' },
        { do: 'wait', ms: 2500 },
        { do: 'answer' },
        { do: 'hear', tone: CONFIRM_HZ, ms: 300 },
        { do: 'press', digits: '5' },
        { do: 'hear', digits: '42#' },
        { do: 'wait', ms: 300 },
        { do: 'hang_up' },
      ]);
      const ended = await scene.play();
      const wrong = await phoneCall(stage.server, scene.callee, ({ state }) => state === 'ended');
      const right = await phoneCall(stage.server, scene.otherCallee, ({ state }) => state === 'ended');
      assert.deepEqual([wrong.endedBy, right.scriptError, keysOf(right)], ['far', undefined, '42#']);
      assert.deepEqual(
        legs(scene, scene.callee)
          .map(({ params }) => [params.DialAction, params.DialBLegHangupCauseCode ?? ''])
          .at(-1),
        ['hangup', '9110'],
      );
      assert.deepEqual(field(legs(scene, scene.otherCallee), 'DialAction'), ['answer', 'connected', 'hangup']);
      const [done] = scene.received('/done');
      assert.deepEqual(
        [done?.params.DialStatus, done?.params.DialBLegUUID],
        ['completed', legs(scene, scene.otherCallee)[0]?.params.DialBLegUUID],
      );
      assert.equal(causeOf(ended), '4010 Plivo');
    });

    it('when nobody confirms, the action says so', async () => {
      const scene = ring();
      const refuse = [{ do: 'refuse', status: 486 }];
      await phoneAnswers(stage.server, scene.callee, refuse);
      await phoneAnswers(stage.server, scene.otherCallee, refuse);
      const ended = await scene.play();
      const [done] = scene.received('/done');
      assert.deepEqual([done?.params.DialStatus, done?.params.DialBLegUUID], ['busy', '']);
      assert.deepEqual(field(scene.received('/legs'), 'DialBLegHangupCauseCode'), ['3010', '3010']);
      assert.ok(msOf(ended.phone, 'tone', DONE_HZ) >= 300);
    });
  });

  it('7: one phone after the other, then voice mail', async () => {
    const scene = stage.scene();
    scene.on('/answer', documentsOf(scene).sequentialHunt);
    scene.on('/try1', xml('<Speak>ignored</Speak>'));
    scene.on('/vm', xml('<Speak>ignored</Speak>'));
    await phoneAnswers(stage.server, '14155550121', [{ do: 'ring' }]);
    await phoneAnswers(stage.server, '14155550122', [{ do: 'ring' }, { do: 'wait', ms: 500 }, { do: 'refuse', status: 486 }]);
    await scene.dial([
      { do: 'wait', ms: 500 },
      { do: 'tone', hz: TALK_HZ, ms: 1500 },
      { do: 'press', digits: '*' },
    ]);
    const ended = await scene.ended();
    const first = await phoneCall(stage.server, '14155550121');
    const second = await phoneCall(stage.server, '14155550122');
    between((first.endedAt ?? 0) - first.startedAt, 9500, 12_500, 'the first rings for ten seconds');
    assert.ok(second.startedAt >= (first.endedAt ?? 0) - 200, 'the second rings after it');
    const [tried] = scene.received('/try1');
    assert.deepEqual([tried?.params.DialStatus, tried?.params.DialBLegUUID], ['no-answer', '']);
    const vm = await scene.request('/vm');
    const ms = Number(vm.params.RecordingDurationMs);
    assert.equal(vm.params.Digits, '*');
    between(ms, 1500, 4000, 'RecordingDurationMs');
    between(Number(vm.params.RecordingEndMs) - Number(vm.params.RecordingStartMs), ms - 100, ms + 100, 'the two moments');
    const file = await scene.request('/vmfile');
    assert.deepEqual(
      [file.params.Digits, file.params.RecordingID, file.params.RecordUrl, file.params.Event],
      [undefined, vm.params.RecordingID, vm.params.RecordUrl, 'RecordStop'],
    );
    // Nobody is there who would understand it; what that looks like otherwise is in the suite of speech.
    const { params: text } = await scene.request('/text');
    assert.deepEqual(
      [text.transcription, text.error, text.recording_id, text.call_uuid],
      ['', 'no speech recogniser is configured', vm.params.RecordingID, vm.params.CallUUID],
    );
    const said = utterances(ended.phone).map(({ kind }) => kind);
    assert.ok(said.includes('tone'), `no beep among ${JSON.stringify(ended.phone.heard)}`);
    assert.equal(said.at(-1), 'sound', 'Saved.');
    assert.equal(causeOf(ended), '4010 Plivo');
    const recording = await fetch(String(file.params.RecordUrl));
    assert.equal(recording.headers.get('content-type'), 'audio/mpeg');
    const { seconds, channels, sampleRate } = await decodedMp3(new Uint8Array(await recording.arrayBuffer()));
    between(seconds * 1000, ms - 200, ms + 300, 'length of the file');
    assert.ok(
      channels.some((samples) => toneMs(TALK_HZ, samples, sampleRate) >= 1000),
      'what the caller said is in it',
    );
    assert.deepEqual(scene.paths().slice(0, 2), ['/answer', '/try1']);
  });

  describe('8: a SIP leg with digest, headers and a recording', () => {
    const CHALLENGE = 'WWW-Authenticate: Digest realm="pbx", nonce="8f0ab3", algorithm=MD5, qop="auth"';
    const challenge = [takeInvite(), respond('401 Unauthorized', { headers: [CHALLENGE] }), expectRequest('ACK')];
    const document = (scene: Scene, port: number, attributes = '') =>
      documentsOf(scene).sipLeg.replace('pbx.example.net', `127.0.0.1:${port}`).replace('<Dial ', `<Dial ${attributes} `);

    it('answers the challenge, carries the one header that may travel, and records both sides apart', async () => {
      const scene = stage.scene();
      const mediaPort = await freeUdpPort();
      const sipp = await Sipp.start({
        mediaPort,
        files: { 'far.ulaw': mulawOf(sine(FAR_HZ, 6000)) },
        scenario: scenario(
          ...challenge,
          expectRequest('INVITE'),
          respond('180 Ringing'),
          pause(700),
          respond('200 OK', { body: sdp({ port: 0 }).replace('audio 0', 'audio [media_port]'), retransmit: true }),
          expectRequest('ACK'),
          exec('rtp_stream="far.ulaw,1,0,PCMU/8000"'),
          pause(3000),
          calleeBye(),
          expect(200),
          KEPT,
        ),
      });
      try {
        scene.on('/answer', document(scene, sipp.port));
        await scene.dial([{ do: 'tone', hz: TALK_HZ, ms: 4000 }]);
        const messages = await sipp.done();
        const ended = await scene.ended();
        assert.equal(causeOf(ended), '4010 Plivo');
        const invites = messages.filter(({ sent, text }) => !sent && text.startsWith('INVITE ')).map(({ text }) => text);
        assert.equal(invites.length, 2);
        for (const invite of invites) {
          assert.match(invite, /^X-PH-Ticket: A17\r?$/m);
          assert.doesNotMatch(invite, /Plivo-x/i);
        }
        assert.doesNotMatch(invites[0] ?? '', /^Authorization:/m);
        assert.ok(isAnswered(invites[1] ?? '', 'lab', 's3cretpass'), invites[1]);
        assert.ok(msOf(ended.phone, 'tone', FAR_HZ) >= 1500, 'the caller hears the SIP leg');
        const rec = await scene.request('/rec');
        assert.ok(rec.at >= (scene.received('/hangup')[0]?.at ?? 0) - 1000, 'the recording is told when it is there');
        const recording = await fetch(String(rec.params.RecordUrl));
        const { channels, seconds, sampleRate } = await decodedMp3(new Uint8Array(await recording.arrayBuffer()));
        assert.equal(channels.length, 2);
        between(seconds, 2.3, 4.5, 'it begins with the answer of the other side');
        const tones = channels.map((samples) => [TALK_HZ, FAR_HZ].map((hz) => toneMs(hz, samples, sampleRate) >= 1500));
        assert.deepEqual(
          tones.toSorted(),
          [
            [false, true],
            [true, false],
          ],
          'one party a channel',
        );
      } finally {
        await sipp.stop();
      }
    });

    it('fails with sip_auth_failed when the password is wrong', async () => {
      const scene = stage.scene();
      const again = [
        expectRequest('INVITE'),
        respond('401 Unauthorized', { headers: [CHALLENGE.replace('8f0ab3', '8f0ab4')] }),
        expectRequest('ACK'),
      ];
      const sipp = await Sipp.start({ scenario: scenario(...challenge, ...again, KEPT) });
      try {
        scene.on('/answer', document(scene, sipp.port, `action="${scene.url('/done')}" callbackUrl="${scene.url('/legs')}"`));
        scene.on('/done', xml('<Hangup/>'));
        const ended = await scene.play();
        await sipp.done();
        const [done] = scene.received('/done');
        assert.deepEqual([done?.params.DialStatus, done?.params.DialHangupCause], ['failed', 'sip_auth_failed']);
        assert.deepEqual(field(scene.received('/legs'), 'DialBLegHangupCauseCode'), ['4240']);
        assert.equal(ended.hangup.HangupSource, 'Answer XML');
        assert.equal(scene.received('/rec').length, 0, 'nothing was answered, so nothing is recorded');
      } finally {
        await sipp.stop();
      }
    });
  });
});

/** Windows of 40 ms that are this tone, in milliseconds. */
function toneMs(hz: number, samples: Int16Array, sampleRate: number): number {
  const size = Math.round(sampleRate / 25);
  let windows = 0;
  for (let start = 0; start + size <= samples.length; start += size) {
    if (shareOf(hz, samples.subarray(start, start + size), sampleRate) > 0.7) windows++;
  }
  return windows * 40;
}

/** Whether an INVITE's Authorization header is the answer of that user to the challenge it repeats (RFC 7616 §3.4.1, MD5 with qop=auth). */
function isAnswered(invite: string, user: string, password: string): boolean {
  const header = /^Authorization:\s*Digest (.*)$/m.exec(invite)?.[1] ?? '';
  const parts = new Map([...header.matchAll(/(\w+)="?([^",]+)"?/g)].map(([, name, value]) => [name, value]));
  const md5 = (text: string) => createHash('md5').update(text).digest('hex');
  const part = (name: string) => parts.get(name) ?? '';
  const secret = md5(`${user}:${part('realm')}:${password}`);
  const request = md5(`INVITE:${part('uri')}`);
  const expected = md5([secret, part('nonce'), part('nc'), part('cnonce'), part('qop'), request].join(':'));
  return part('username') === user && part('response') === expected;
}
