import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { call } from './api.ts';
import { freePort, freeUdpPort } from './ports.ts';
import { RtpPhone } from './rtp-phone.ts';
import { headerOf, Sipp, type SippOptions, type SipTransport } from './sipp.ts';
import {
  calleeBye,
  cancelled,
  exec,
  expect,
  expectRequest,
  invite,
  KEPT,
  pause,
  request,
  respond,
  respondInside,
  scenario,
  sdp,
  takeInvite,
} from './sipp-scenario.ts';
import { mulawOf, sine } from './tones.ts';
import {
  answeredCall,
  hangupOf,
  mediaOf,
  messagesOf,
  NUMBER,
  recordOf,
  startVoice,
  stepsOf,
  type VoiceSuite,
  xml,
} from './voice.ts';

const USERNAME = 'trunk-user';
const PASSWORD = 'trunk-password';
/** Subscribers behind the trunks: by UDP, by TCP, behind one that says nothing, and behind one that is not there. */
const UDP_PHONE = '12125550101';
const TCP_PHONE = '12135550101';
const SILENT_PHONE = '12145550101';
const ABSENT_PHONE = '12155550101';
const PLAYED_HZ = 900;
const CALLEE_HZ = 700;

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** Whether credentials are those of the trunk's user and password for an INVITE (RFC 7616 §3.4.1 with MD5 and qop=auth). */
function isRight(credentials: string, nonce: string): boolean {
  const value = (name: string) => new RegExp(`[ ,]${name}="?([^",]*)"?`).exec(credentials)?.[1] ?? '';
  const ha1 = md5(`${USERNAME}:carrier.example:${PASSWORD}`);
  const ha2 = md5(`INVITE:${value('uri')}`);
  const expected = md5(`${ha1}:${nonce}:${value('nc')}:${value('cnonce')}:auth:${ha2}`);
  return value('username') === USERNAME && value('nonce') === nonce && value('response') === expected;
}

describe("Debian's SIPp as carrier", () => {
  let suite: VoiceSuite;
  let phone: RtpPhone;
  let started: Sipp[] = [];
  let silent: ReturnType<typeof createSocket>;
  const ports = { udp: 0, second: 0, tcp: 0, third: 0 };

  before(async () => {
    for (const name of ['udp', 'second', 'third'] as const) ports[name] = await freeUdpPort();
    ports.tcp = await freePort();
    silent = createSocket('udp4').bind(0, '127.0.0.1');
    await once(silent, 'listening');
    const trunk = (name: string, port: number, transport: SipTransport, more = {}) => ({
      name,
      kind: 'sip',
      url: `sip:127.0.0.1:${port};transport=${transport}`,
      ...more,
    });
    const digest = { username: USERNAME, password: PASSWORD };
    suite = await startVoice('sipp-carrier', {
      carriers: [
        trunk('first', ports.udp, 'udp', digest),
        trunk('second', ports.second, 'udp'),
        trunk('third', ports.third, 'udp'),
        trunk('stream', ports.tcp, 'tcp', digest),
        trunk('silent', silent.address().port, 'udp'),
        trunk('absent', await freePort(), 'tcp'),
      ],
      routes: [
        { service: 'voice', prefix: '1212', carriers: ['first', 'second'] },
        { service: 'voice', prefix: '1213', carriers: ['stream'] },
        { service: 'voice', prefix: '1214', carriers: ['silent', 'third'] },
        { service: 'voice', prefix: '1215', carriers: ['absent', 'second'] },
      ],
    });
  });
  after(async () => {
    await suite?.dispose();
    silent?.close();
  });
  beforeEach(async () => {
    phone = await RtpPhone.open();
  });
  afterEach(async () => {
    phone.close();
    await Promise.all(started.map((sipp) => sipp.stop()));
    started = [];
  });

  const makeCall = async (more: Record<string, unknown> = {}): Promise<string> => {
    const made = await call(suite.server, 'Call/', {
      body: { from: NUMBER, to: UDP_PHONE, answer_url: suite.app.url('/made'), hangup_url: suite.app.url('/hangup'), ...more },
    });
    assert.equal(made.status, 201, made.text);
    return String(made.json.request_uuid);
  };
  const carrier = async (steps: readonly string[], options: Partial<SippOptions> = {}): Promise<Sipp> => {
    const port = options.transport === 'tcp' ? ports.tcp : ports.udp;
    const sipp = await Sipp.start({ scenario: scenario(...steps), port, ...options });
    started.push(sipp);
    return sipp;
  };
  const answers = () => [
    respond('180 Ringing'),
    respond('200 OK', { body: sdp({ port: phone.port }), retransmit: true }),
    expectRequest('ACK'),
  ];
  const untilBye = [expectRequest('BYE'), respondInside('200 OK')];
  const refuses = (status: string) => [expectRequest('INVITE'), respond(status, { retransmit: true }), expectRequest('ACK')];

  for (const transport of ['udp', 'tcp'] satisfies SipTransport[]) {
    const to = transport === 'udp' ? UDP_PHONE : TCP_PHONE;

    it(`is given a call over ${transport}, answers it, and is played to`, async () => {
      const sipp = await carrier([expectRequest('INVITE'), ...answers(), ...untilBye], { transport });
      suite.on('/made', xml(`<Play>${suite.tone(PLAYED_HZ, 1000)}</Play>`));
      const id = await makeCall({ to, sip_headers: 'Ticket=A17,Desk=4', caller_name: 'Ringdown Desk' });
      await sipp.done();
      await phone.hears(PLAYED_HZ, 800);
      const message = await sipp.received('INVITE');
      assert.match(message, new RegExp(`^INVITE sip:\\+${to}@127\\.0\\.0\\.1:\\d+`));
      assert.match(headerOf(message, 'From'), new RegExp(`^"Ringdown Desk" <sip:\\+${NUMBER}@`));
      assert.match(headerOf(message, 'P-Asserted-Identity'), new RegExp(`<sip:\\+${NUMBER}@`));
      assert.deepEqual([headerOf(message, 'X-PH-Ticket'), headerOf(message, 'X-PH-Desk')], ['A17', '4']);

      const hangup = await hangupOf(suite, id);
      assert.deepEqual([hangup.HangupCauseCode, hangup.HangupSource, hangup['X-PH-Ticket']], ['4010', 'Plivo', 'A17']);
      const cdr = await recordOf(suite.server, id);
      assert.deepEqual(
        [cdr.call_direction, cdr.call_state, cdr.from_number, cdr.to_number, cdr.hangup_cause_code],
        ['outbound', 'ANSWER', NUMBER, to, 4010],
      );
      const steps = await stepsOf(suite.server, id);
      for (const start of ['INVITE', 'SIP/2.0 180', 'SIP/2.0 200', 'ACK', 'BYE']) {
        assert.ok(
          messagesOf(steps).some((line) => line.startsWith(start)),
          `${start} in ${messagesOf(steps).join(', ')}`,
        );
      }
      assert.ok(Number(mediaOf(steps).packets_sent) > 40, JSON.stringify(mediaOf(steps)));
    });

    for (const [status, name, answer] of [
      ['407 Proxy Authentication Required', 'Proxy-Authenticate', 'Proxy-Authorization'],
      ['401 Unauthorized', 'WWW-Authenticate', 'Authorization'],
    ] as const) {
      it(`asks for the trunk's password over ${transport} with ${status.slice(0, 3)}`, async () => {
        const nonce = `4711nonce${transport}${status.slice(0, 3)}`;
        const headers = [`${name}: Digest realm="carrier.example", nonce="${nonce}", algorithm=MD5, qop="auth"`];
        const challenge = [expectRequest('INVITE'), respond(status, { headers }), expectRequest('ACK')];
        const sipp = await carrier([...challenge, expectRequest('INVITE'), ...answers(), ...untilBye], { transport });
        suite.on('/made', xml('<Hangup/>'));
        const id = await makeCall({ to });
        await sipp.done();
        assert.equal((await recordOf(suite.server, id)).call_state, 'ANSWER');
        const invites = (await sipp.messages()).filter(({ sent, text }) => !sent && text.startsWith('INVITE'));
        assert.deepEqual(
          invites.map(({ text }) => headerOf(text, 'CSeq')),
          ['1 INVITE', '2 INVITE'],
        );
        const credentials = headerOf(invites[1]?.text ?? '', answer);
        assert.ok(isRight(credentials, nonce), credentials);
      });
    }

    it(`ends the call over ${transport}: Callee, 4000`, async () => {
      const sipp = await carrier([takeInvite(), ...answers(), pause(500), calleeBye(), expect(200), KEPT], { transport });
      suite.on('/made', xml(`<Play loop="0">${suite.tone(PLAYED_HZ, 500)}</Play>`));
      const id = await makeCall({ to });
      await sipp.done();
      const hangup = await hangupOf(suite, id);
      assert.deepEqual([hangup.HangupCauseCode, hangup.HangupSource, hangup.CallStatus], ['4000', 'Callee', 'completed']);
    });
  }

  for (const [status, code, source, state] of [
    ['486 Busy Here', '3010', 'Callee', 'busy'],
    ['603 Decline', '3110', 'Callee', 'failed'],
    ['404 Not Found', '3050', 'Carrier', 'failed'],
    ['480 Temporarily Unavailable', '3000', 'Carrier', 'no-answer'],
  ] as const) {
    it(`refuses a call with ${status}: ${code} of ${source}`, async () => {
      const sipp = await carrier(refuses(status));
      const id = await makeCall();
      await sipp.done();
      const hangup = await hangupOf(suite, id);
      assert.deepEqual(
        [hangup.HangupCauseCode, hangup.HangupSource, hangup.CallStatus, hangup.AnswerTime],
        [code, source, state, ''],
      );
      const cdr = await recordOf(suite.server, id);
      assert.deepEqual([String(cdr.hangup_cause_code), cdr.hangup_source, cdr.bill_duration], [code, source, 0]);
    });
  }

  it('fails with 503: the next trunk has the call', async () => {
    const first = await carrier(refuses('503 Service Unavailable'));
    const second = await carrier([expectRequest('INVITE'), ...answers(), ...untilBye], { port: ports.second });
    suite.on('/made', xml(`<Play>${suite.tone(PLAYED_HZ, 500)}</Play>`));
    const id = await makeCall();
    await Promise.all([first.done(), second.done()]);
    const hangup = await hangupOf(suite, id);
    assert.deepEqual([hangup.HangupCauseCode, hangup.CarrierFailoverTriggered], ['4010', 'true']);
    const carriers = (await stepsOf(suite.server, id))
      .filter(({ event }) => event === 'carrier')
      .map(({ detail }) => detail.carrier);
    assert.deepEqual(carriers, ['first', 'second']);
  });

  it('is not there: the next trunk has the call at once', async () => {
    const second = await carrier([expectRequest('INVITE'), ...answers(), ...untilBye], { port: ports.second });
    suite.on('/made', xml('<Hangup/>'));
    const id = await makeCall({ to: ABSENT_PHONE });
    await second.done();
    assert.equal((await hangupOf(suite, id)).CarrierFailoverTriggered, 'true');
  });

  it('rings until the caller of the API gives up: CANCEL', async () => {
    const sipp = await carrier([
      takeInvite(),
      respond('180 Ringing'),
      expectRequest('CANCEL'),
      respondInside('200 OK'),
      cancelled(),
      expectRequest('ACK'),
      KEPT,
    ]);
    const id = await makeCall({ ring_timeout: 1 });
    await sipp.done();
    const hangup = await hangupOf(suite, id);
    assert.deepEqual([hangup.HangupCauseCode, hangup.HangupSource], ['6010', 'Plivo']);
  });

  describe('as the other leg of a Dial', () => {
    const dialling = (attributes: string, action: string) =>
      xml(`<Dial action="${suite.app.url(action)}" ${attributes}><Number sipHeaders="Desk=4">${UDP_PHONE}</Number></Dial>`);
    const callerOf = async (more: readonly string[], audio?: RtpPhone): Promise<Sipp> => {
      const body = audio ? sdp({ port: audio.port }) : sdp({ port: 0 }).replace('audio 0', 'audio [media_port]');
      const optional = [100, 180, 183].map((status) => expect(status, { optional: true }));
      const steps = [
        invite({ number: NUMBER, body, headers: ['X-PH-Ticket: A17'] }),
        ...optional,
        expect(200),
        request('ACK', 1),
        ...more,
      ];
      const files = { 'tone.ulaw': mulawOf(sine(CALLEE_HZ, 4000)) };
      const sipp = await Sipp.start({ scenario: scenario(...steps), to: suite.server.sipPort, files });
      started.push(sipp);
      return sipp;
    };

    it('hears the caller, whom SIPp itself plays', async () => {
      const callee = await carrier([expectRequest('INVITE'), ...answers(), ...untilBye]);
      suite.answerWith(dialling('', '/dialled/plain'));
      const before = suite.app.on('/answer').length;
      const caller = await callerOf([exec('rtp_stream="tone.ulaw,1,0,PCMU/8000"'), pause(1500), request('BYE', 2), expect(200)]);
      await Promise.all([caller.done(), callee.done()]);
      await phone.hears(CALLEE_HZ, 1000);
      const message = await callee.received('INVITE');
      assert.equal(headerOf(message, 'X-PH-Desk'), '4');
      const facts = await answeredCall(suite, before);
      const { params } = await suite.app.waitFor('action', ({ path }) => path === '/dialled/plain');
      assert.deepEqual([params.DialStatus, params.DialALegUUID], ['completed', facts.CallUUID]);
      const leg = await recordOf(suite.server, String(params.DialBLegUUID));
      assert.deepEqual([leg.parent_call_uuid, leg.call_direction, leg.to_number], [facts.CallUUID, 'outbound', UDP_PHONE]);
    });

    it('echoes, which the caller hears', async () => {
      const body = sdp({ port: 0 }).replace('audio 0', 'audio [media_port]');
      const steps = [expectRequest('INVITE'), respond('200 OK', { body, retransmit: true }), expectRequest('ACK'), ...untilBye];
      const callee = await carrier(steps, { rtpEcho: true });
      suite.answerWith(dialling('', '/dialled/echo'));
      const caller = await callerOf([pause(2000), request('BYE', 2), expect(200)], phone);
      const talk = phone.sendTone(CALLEE_HZ, await phone.farPort());
      await phone.hears(CALLEE_HZ, 800);
      phone.hush();
      await Promise.all([talk, caller.done(), callee.done()]);
    });

    it('sends early media, which the caller hears before the answer', async () => {
      const early = [respond('183 Session Progress', { body: sdp({ port: phone.port }) }), pause(1500)];
      const accept = [respond('200 OK', { body: sdp({ port: phone.port }), retransmit: true }), expectRequest('ACK')];
      const callee = await carrier([takeInvite(), ...early, ...accept, pause(300), calleeBye(), expect(200), KEPT]);
      suite.answerWith(dialling('dialMusic="real"', '/dialled/early'));
      const ear = await RtpPhone.open();
      const caller = await callerOf(['<recv request="BYE" timeout="12000"/>', respondInside('200 OK')], ear);
      const message = await callee.receives('INVITE');
      const talk = phone.sendTone(CALLEE_HZ, Number(/m=audio (\d+)/.exec(message)?.[1]), 1400);
      await ear.hears(CALLEE_HZ, 600);
      assert.equal(
        (await callee.messages()).some(({ sent, text }) => sent && text.startsWith('SIP/2.0 200')),
        false,
        'not answered yet',
      );
      phone.hush();
      suite.on('/dialled/early', xml('<Hangup/>'));
      await Promise.all([talk, callee.done(), caller.done()]);
      ear.close();
    });

    it('is busy, and the caller is told in the action', async () => {
      const callee = await carrier(refuses('486 Busy Here'));
      suite.answerWith(dialling('', '/dialled/busy'));
      suite.on('/dialled/busy', xml(`<Play>${suite.tone(PLAYED_HZ, 500)}</Play>`));
      const caller = await callerOf(untilBye, phone);
      await Promise.all([caller.done(), callee.done()]);
      const { params } = await suite.app.waitFor('action', ({ path }) => path === '/dialled/busy');
      assert.deepEqual([params.DialStatus, params.DialHangupCause], ['busy', 'USER_BUSY']);
      await phone.hears(PLAYED_HZ, 400);
    });
  });

  it('says nothing at all: the next trunk has the call soon', async () => {
    const third = await carrier([expectRequest('INVITE'), ...answers(), ...untilBye], { port: ports.third });
    suite.on('/made', xml('<Hangup/>'));
    const id = await makeCall({ to: SILENT_PHONE });
    await third.done();
    assert.equal((await hangupOf(suite, id)).CarrierFailoverTriggered, 'true');
  });
});
