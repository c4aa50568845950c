import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pcapOf } from './pcap.ts';
import { digitPackets, RtpPhone } from './rtp-phone.ts';
import { headerOf, Sipp, type SippOptions, type SipTransport } from './sipp.ts';
import {
  ackRefusal,
  cancel,
  exec,
  expect,
  expectRequest,
  type Invite,
  invite,
  pause,
  request,
  respondInside,
  scenario,
  sdp,
} from './sipp-scenario.ts';
import { millisecondsOf, mulawOf, samplesOf, sine } from './tones.ts';
import {
  answeredCall,
  CALLER,
  hangupOf,
  mediaOf,
  messagesOf,
  NUMBER,
  recordOf,
  SLOW_NUMBER,
  startVoice,
  stepsOf,
  type VoiceSuite,
  xml,
} from './voice.ts';
import { eventually } from './wait.ts';

const TRYING = expect(100, { optional: true });
const RINGING = expect(180, { optional: true });
const ENDED = [expectRequest('BYE'), respondInside('200 OK')];

describe("Debian's SIPp as caller", () => {
  let suite: VoiceSuite;
  let phone: RtpPhone;
  let started: Sipp[] = [];
  /** Requests of the answer document before the test. */
  let asked = 0;
  before(async () => {
    suite = await startVoice('sipp-caller');
  });
  after(() => suite?.dispose());
  beforeEach(async () => {
    phone = await RtpPhone.open();
    asked = suite.app.on('/answer').length;
  });
  afterEach(async () => {
    phone.close();
    await Promise.all(started.map((sipp) => sipp.stop()));
    started = [];
  });

  const sippWith = async (steps: readonly string[], options: Partial<SippOptions> = {}): Promise<Sipp> => {
    const sipp = await Sipp.start({ to: suite.server.sipPort, scenario: scenario(...steps), ...options });
    started.push(sipp);
    return sipp;
  };
  const dial = (more: Partial<Invite> = {}): string => invite({ number: NUMBER, body: sdp({ port: phone.port }), ...more });
  const answered = (more: Partial<Invite> = {}) => [dial(more), TRYING, RINGING, expect(200), request('ACK', 1)];
  /** A call whose audio is SIPp's own. */
  const withSippAudio = () => answered({ body: sdp({ port: 0 }).replace('audio 0', 'audio [media_port]') });
  const refused = (status: number, more: Partial<Invite> = {}) => [
    dial(more),
    TRYING,
    RINGING,
    expect(status),
    ackRefusal(more.number ?? NUMBER, 4),
  ];
  const callId = async (): Promise<string> => String((await answeredCall(suite, asked)).CallUUID);

  /** The file of the recording whose action is at `path`. */
  const recordingOf = async (path: string): Promise<Buffer> => {
    const { params } = await suite.app.waitFor('recording', (got) => got.path === path);
    return await eventually('recording file', async () => {
      const answer = await fetch(String(params.RecordUrl));
      return answer.ok ? Buffer.from(await answer.arrayBuffer()) : undefined;
    });
  };

  for (const transport of ['udp', 'tcp'] satisfies SipTransport[]) {
    it(`over ${transport} is rung, answered, played to, and hung up at the document's end`, async () => {
      suite.answerWith(xml(`<Play>${suite.tone(800, 1500)}</Play>`));
      const headers = ['X-PH-Ticket: A17', 'X-Other: no'];
      const sipp = await sippWith([dial({ headers }), TRYING, expect(180), expect(200), request('ACK', 1), ...ENDED], {
        transport,
      });
      await sipp.done();
      await phone.hears(800, 1200);
      const facts = await answeredCall(suite, asked);
      assert.deepEqual([facts.From, facts.To, facts.Direction, facts.CallStatus], [CALLER, NUMBER, 'inbound', 'ringing']);
      assert.deepEqual([facts['X-PH-Ticket'], facts['X-Other'], facts.CallerName], ['A17', undefined, 'Alice']);
      const id = String(facts.CallUUID);
      const hangup = await hangupOf(suite, id);
      assert.deepEqual(
        [hangup.CallStatus, hangup.HangupCauseCode, hangup.HangupSource, hangup['X-PH-Ticket']],
        ['completed', '4010', 'Plivo', 'A17'],
      );
      const cdr = await recordOf(suite.server, id);
      assert.deepEqual([cdr.call_state, cdr.hangup_cause_code, cdr.from_number, cdr.to_number], ['ANSWER', 4010, CALLER, NUMBER]);

      const steps = await stepsOf(suite.server, id);
      const messages = messagesOf(steps);
      for (const start of ['INVITE', 'SIP/2.0 180', 'SIP/2.0 200', 'ACK', 'BYE']) {
        assert.ok(
          messages.some((message) => message.startsWith(start)),
          `${start} in ${messages.join(', ')}`,
        );
      }
      assert.ok(Number(mediaOf(steps).packets_sent) >= 70, JSON.stringify(mediaOf(steps)));
    });
  }

  it('hears speech', async () => {
    suite.answerWith(xml('<Speak>Good morning, this is a test of speech.</Speak>'));
    await (await sippWith([...answered(), ...ENDED])).done();
    const loud = phone.heard().filter((sample) => Math.abs(sample) > 1000).length;
    assert.ok(loud > 2000, `${loud} loud samples`);
  });

  it('hangs up first', async () => {
    suite.answerWith(xml(`<Play loop="0">${suite.tone(800, 1000)}</Play>`));
    await (await sippWith([...answered(), pause(700), request('BYE', 2), expect(200)])).done();
    const hangup = await hangupOf(suite, await callId());
    assert.deepEqual([hangup.CallStatus, hangup.HangupCauseCode, hangup.HangupSource], ['completed', '4000', 'Caller']);
    const sent = phone.packets.length;
    await sleep(300);
    assert.equal(phone.packets.length, sent, 'audio ends with the call');
  });

  it('gives up while it rings', async () => {
    suite.answerWith(xml('<Wait length="20"/><Speak>too late</Speak>'));
    const steps = [
      dial(),
      expect(100),
      expect(180),
      pause(300),
      cancel(NUMBER, 4),
      expect(200),
      expect(487),
      ackRefusal(NUMBER, 7),
    ];
    await (await sippWith(steps)).done();
    const hangup = await hangupOf(suite, await callId());
    assert.deepEqual([hangup.HangupCauseCode, hangup.HangupSource, hangup.AnswerTime], ['1000', 'Caller', '']);
  });

  it('holds the call and takes it up again', async () => {
    suite.answerWith(xml(`<Play loop="0">${suite.tone(800, 1000)}</Play>`));
    const hold = (cseq: number, direction: 'sendonly' | 'sendrecv', version: number) => [
      request('INVITE', cseq, { body: sdp({ port: phone.port, direction, version }), type: 'application/sdp' }),
      TRYING,
      expect(200),
      request('ACK', cseq),
    ];
    const sipp = await sippWith([
      ...answered(),
      pause(800),
      ...hold(2, 'sendonly', 2),
      pause(1500),
      ...hold(3, 'sendrecv', 3),
      pause(1000),
      request('BYE', 4),
      expect(200),
    ]);
    await sipp.done();
    const answers = (await sipp.messages()).filter(
      ({ sent, text }) => !sent && /^SIP\/2.0 200[\s\S]*CSeq: \d+ INVITE/i.test(text),
    );
    const directions = answers.map(({ text }) => /^a=(sendrecv|sendonly|recvonly|inactive)/m.exec(text)?.[1]);
    assert.deepEqual(directions, ['sendrecv', 'recvonly', 'sendrecv']);
    // The longest silence between two packets is the hold.
    const gaps = phone.packets.map(({ at }, n) => at - (phone.packets[n - 1]?.at ?? at));
    const longest = Math.max(...gaps);
    assert.ok(longest > 1000 && longest < 2500, `silent for ${longest} ms`);
    assert.ok(phone.packets.length - gaps.indexOf(longest) > 30, 'heard again after the hold');
  });

  it('agrees on a session timer and refreshes it', async () => {
    suite.answerWith(xml(`<Play loop="0">${suite.tone(800, 1000)}</Play>`));
    const timer = ['Supported: timer', 'Session-Expires: 90;refresher=uac'];
    const sipp = await sippWith([
      ...answered({ headers: timer }),
      request('UPDATE', 2, { headers: timer }),
      expect(200),
      request('BYE', 3),
      expect(200),
    ]);
    await sipp.done();
    const answers = (await sipp.messages()).filter(({ sent, text }) => !sent && /^SIP\/2.0 200[\s\S]*CSeq: [12] /i.test(text));
    assert.deepEqual(
      answers.map(({ text }) => headerOf(text, 'Session-Expires').replace(/\s/g, '')),
      ['90;refresher=uac', '90;refresher=uac'],
    );
  });

  it('is told the least interval of a session timer that is too short', async () => {
    const sipp = await sippWith(refused(422, { headers: ['Supported: timer', 'Session-Expires: 30'] }));
    await sipp.done();
    assert.equal(headerOf(await sipp.received('SIP/2.0 422'), 'Min-SE'), '90');
  });

  describe('presses keys', () => {
    const menu = (action: string) =>
      xml(
        `<GetDigits action="${suite.app.url(action)}" numDigits="4" timeout="8"><Play loop="0">${suite.tone(800, 500)}</Play></GetDigits>`,
      );
    const pressed = async (path: string): Promise<string | undefined> =>
      (await suite.app.waitFor(path, (got) => got.path === path)).params.Digits;

    it('by RFC 4733 from its own port', async () => {
      suite.answerWith(menu('/digits/rtp'));
      const sipp = await sippWith([...answered(), ...ENDED]);
      await phone.press('27*9', await phone.farPort());
      await sipp.done();
      assert.equal(await pressed('/digits/rtp'), '27*9');
    });

    it('by RFC 4733 out of a capture that SIPp plays', async () => {
      suite.answerWith(menu('/digits/pcap'));
      const steps = [...withSippAudio(), pause(300), exec('play_pcap_audio="digits.pcap"'), ...ENDED];
      await (await sippWith(steps, { files: { 'digits.pcap': pcapOf(digitPackets('1380')) } })).done();
      assert.equal(await pressed('/digits/pcap'), '1380');
    });

    it('by INFO', async () => {
      suite.answerWith(menu('/digits/info'));
      const key = (signal: string, cseq: number) => [
        request('INFO', cseq, { body: `Signal=${signal}\nDuration=160`, type: 'application/dtmf-relay' }),
        expect(200),
      ];
      const keys = ['5', '0', '6', '4'].flatMap((signal, n) => [pause(150), ...key(signal, n + 2)]);
      await (await sippWith([...answered(), ...keys, ...ENDED])).done();
      assert.equal(await pressed('/digits/info'), '5064');
    });

    it('in the audio, when it has no telephone-event', async () => {
      suite.answerWith(menu('/digits/inband'));
      const body = sdp({ port: phone.port, formats: '0\na=rtpmap:0 PCMU/8000' });
      const sipp = await sippWith([...answered({ body }), ...ENDED]);
      const port = await phone.farPort();
      for (const pair of [
        [697, 1209],
        [852, 1477],
        [697, 1477],
        [941, 1336],
      ] as const) {
        await phone.sendTone(pair, port, 120);
        await phone.sendTone([], port, 120);
      }
      await sipp.done();
      assert.equal(await pressed('/digits/inband'), '1930');
    });
  });

  it('speaks by SIPp itself, and is recorded', async () => {
    suite.answerWith(xml(`<Record action="${suite.app.url('/recorded')}" maxLength="2" fileFormat="wav" playBeep="false"/>`));
    const steps = [...withSippAudio(), exec('rtp_stream="tone.ulaw,1,0,PCMU/8000"'), ...ENDED];
    await (await sippWith(steps, { files: { 'tone.ulaw': mulawOf(sine(600, 4000)) } })).done();
    const wav = await recordingOf('/recorded');
    assert.ok(millisecondsOf(600, samplesOf(wav)) > 1000, 'the tone is in the recording');
  });

  it('lets the server make the offer', async () => {
    suite.answerWith(xml(`<Play>${suite.tone(800, 1000)}</Play>`));
    const answer = request('ACK', 1, { body: sdp({ port: phone.port }), type: 'application/sdp' });
    const sipp = await sippWith([invite({ number: NUMBER }), TRYING, RINGING, expect(200), answer, ...ENDED]);
    await sipp.done();
    assert.match(await sipp.received('SIP/2.0 200'), /m=audio \d+ RTP\/AVP 0 8 9 101/);
    await phone.hears(800, 800);
  });

  it('gets 404 for a number that nobody has, and 488 without a common codec', async () => {
    await (await sippWith(refused(404, { number: '14155559999' }))).done();
    await (await sippWith(refused(488, { body: sdp({ port: phone.port, formats: '18\na=rtpmap:18 G729/8000' }) }))).done();
    assert.equal(suite.app.on('/answer').length, asked, 'no document was asked for');
  });

  it('gets 486 past the calls per second of the account', async () => {
    suite.answerWith(xml(`<Play>${suite.tone(800, 300)}</Play>`));
    const ring = () => sippWith([...answered({ number: SLOW_NUMBER }), ...ENDED]);
    const first = await ring();
    await first.receives('SIP/2.0 100');
    const second = await sippWith(refused(486, { number: SLOW_NUMBER }));
    await Promise.all([first.done(), second.done()]);
    await sleep(1000);
    await (await ring()).done();
  });

  it('is heard alone, whoever else sends audio to its port', async () => {
    suite.answerWith(xml(`<Record action="${suite.app.url('/heard')}" maxLength="3" fileFormat="wav" playBeep="false"/>`));
    const sipp = await sippWith([...answered(), ...ENDED]);
    const port = await phone.farPort();
    const stranger = await RtpPhone.open('127.0.0.3');
    const voice = phone.sendTone(600, port);
    await sleep(200);
    const noise = stranger.sendTone(1100, port);
    await sipp.done();
    phone.hush();
    stranger.hush();
    await Promise.all([voice, noise]);
    stranger.close();
    assert.equal(stranger.packets.length, 0, 'audio is not sent to a stranger');
    const heard = samplesOf(await recordingOf('/heard'));
    assert.ok(millisecondsOf(600, heard) > 2000, 'the caller is heard');
    assert.equal(millisecondsOf(1100, heard), 0);
    assert.ok(
      Number(mediaOf(await stepsOf(suite.server, await callId())).packets_stray) > 50,
      'the timeline counts the stray packets',
    );
  });
});
