/** Debian's Kamailio as the proxy of a carrier: it records itself in the route, forks, redirects, asks for passwords, and is a registrar. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { call } from './api.ts';
import { Baresip } from './baresip.ts';
import { Kamailio } from './kamailio.ts';
import { freeServerPort } from './ports.ts';
import { RtpPhone } from './rtp-phone.ts';
import { headerOf, Sipp, type SipTransport } from './sipp.ts';
import {
  answerLate,
  calleeRequest,
  cancelled,
  expect,
  expectRequest,
  KEPT_PROXIED,
  pause,
  RECORDED,
  respond,
  respondInside,
  scenario,
  sdp,
  takeProxiedInvite,
  throughProxy,
} from './sipp-scenario.ts';
import { millisecondsOf, samplesOf } from './tones.ts';
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
import { eventually, pause as sleep } from './wait.ts';

const LOGIN = 'trunk-login';
const PASSWORD = 'password-of-the-trunk';
const ADDRESS = '127.0.0.2';
const SUBSCRIBER = '12125550101';
/** The proxy asks those who call it for a password: as a proxy (0), as a server (1), as both (2). */
const CHALLENGED = '1212555011';
/** The same of a trunk whose password is wrong. */
const REFUSED = '12135550110';
/** Is redirected to the subscriber. */
const MOVED = '12125550199';
const PLAYED_HZ = 900;
const PHONE_HZ = 700;
const OTHER_HZ = 500;

describe("Debian's Kamailio as a carrier's proxy", () => {
  let suite: VoiceSuite;
  let kamailio: Kamailio;
  let phone: RtpPhone;
  let started: { stop(): Promise<void> | void }[] = [];

  before(async () => {
    const port = await freeServerPort();
    kamailio = await Kamailio.start({
      role: 'carrier',
      address: ADDRESS,
      port,
      realm: 'carrier.example',
      password: PASSWORD,
      words: { moved: `+${MOVED}`, subscriber: `+${SUBSCRIBER}`, challenged: '[+]121[23]555011', customer: NUMBER, login: LOGIN },
    });
    const trunk = { kind: 'sip', username: LOGIN, password: PASSWORD };
    suite = await startVoice('kamailio', {
      carriers: [
        { ...trunk, name: 'proxy', url: `sip:${ADDRESS}:${port};transport=udp`, register: true },
        { ...trunk, name: 'stranger', url: `sip:${ADDRESS}:${port};transport=udp`, password: 'another' },
      ],
      routes: [
        { service: 'voice', prefix: '1212', carriers: ['proxy'] },
        { service: 'voice', prefix: '1213', carriers: ['stranger'] },
      ],
    });
  });
  after(async () => {
    await suite?.dispose();
    await kamailio?.stop();
  });
  beforeEach(async () => {
    phone = await RtpPhone.open();
  });
  afterEach(async () => {
    phone.close();
    await Promise.all(started.map((peer) => peer.stop()));
    started = [];
    await kamailio.remove(`+${SUBSCRIBER}`);
  });

  /** Somebody behind the proxy. Two of them are two places of one subscriber. */
  const subscriber = async (steps: readonly string[], transport: SipTransport = 'udp'): Promise<Sipp> => {
    const sipp = await Sipp.start({ scenario: scenario(...steps), transport });
    started.push(sipp);
    await kamailio.add(`+${SUBSCRIBER}`, `sip:subscriber@127.0.0.1:${sipp.port};transport=${transport}`);
    return sipp;
  };
  const softphone = async (transport: SipTransport): Promise<Baresip> => {
    const user = `+${SUBSCRIBER}`;
    const options = { username: user, password: PASSWORD, domain: ADDRESS, sipAddress: ADDRESS, sipPort: kamailio.port };
    const baresip = await Baresip.start({ ...options, transport, frequency: PHONE_HZ });
    started.push(baresip);
    await eventually('registration', async () => (await kamailio.contactsOf(user))[0]);
    return baresip;
  };
  const makeCall = async (more: Record<string, unknown> = {}): Promise<string> => {
    const made = await call(suite.server, 'Call/', {
      body: {
        from: NUMBER,
        to: SUBSCRIBER,
        answer_url: suite.app.url('/made'),
        hangup_url: suite.app.url('/hangup'),
        ...more,
      },
    });
    assert.equal(made.status, 201, made.text);
    return String(made.json.request_uuid);
  };
  const rings = () => respond('180 Ringing', { headers: [RECORDED] });
  const answers = () => [
    respond('200 OK', { body: sdp({ port: phone.port }), headers: [RECORDED], retransmit: true }),
    expectRequest('ACK'),
  ];
  const untilBye = [expectRequest('BYE'), respondInside('200 OK')];
  const ringsUntilCancelled = (ringing = rings()) => [
    takeProxiedInvite(),
    ringing,
    expectRequest('CANCEL'),
    respondInside('200 OK'),
    throughProxy(cancelled()),
    expectRequest('ACK'),
    KEPT_PROXIED,
  ];
  const viasOf = (text: string): number => text.match(/^Via:/gm)?.length ?? 0;

  for (const transport of ['udp', 'tcp'] satisfies SipTransport[]) {
    it(`leads to a phone over ${transport}: requests of both sides in the call go by its route`, async () => {
      const offer = (version: number, direction: 'sendonly' | 'sendrecv') => [
        calleeRequest('INVITE', version, { body: sdp({ port: phone.port, direction, version }) }),
        expect(100, { optional: true }),
        expect(200),
        calleeRequest('ACK', version),
      ];
      const sipp = await subscriber(
        [
          takeProxiedInvite(),
          rings(),
          ...answers(),
          ...offer(2, 'sendonly'),
          pause(200),
          ...offer(3, 'sendrecv'),
          calleeRequest('INFO', 4, { body: 'Signal=5\nDuration=160', type: 'application/dtmf-relay' }),
          expect(200),
          ...untilBye,
          KEPT_PROXIED,
        ],
        transport,
      );
      suite.on('/made', xml(`<GetDigits action="${suite.app.url('/pressed')}" numDigits="1" timeout="9"/>`));
      suite.on('/pressed', xml(`<Play>${suite.tone(PLAYED_HZ, 800)}</Play>`));
      const id = await makeCall();
      const messages = await sipp.done();
      await phone.hears(PLAYED_HZ, 600);
      const of = (start: string, from = 0) =>
        messages.slice(from).find(({ sent, text }) => !sent && text.startsWith(start))?.text ?? '';
      // From UDP to TCP the proxy is in the route with both of its sides (RFC 5658).
      assert.equal(of('INVITE').match(/<sip:[^>]*;lr[^>]*>/g)?.length, transport === 'udp' ? 1 : 2);
      for (const method of ['INVITE', 'ACK', 'BYE']) assert.equal(viasOf(of(method)), 2, of(method));
      assert.match(of('BYE'), /^BYE sip:sipp@127\.0\.0\.1:\d+;transport=\w+ SIP/i);
      const sdps = messages.filter(
        ({ sent, text }) => !sent && /^SIP\/2\.0 200/.test(text) && /INVITE$/m.test(headerOf(text, 'CSeq')),
      );
      assert.deepEqual(
        sdps.map(({ text }) => /^a=(recvonly|sendrecv)/m.exec(text)?.[1]),
        ['recvonly', 'sendrecv'],
      );
      const pressed = await suite.app.waitFor('digit', ({ path, params }) => path === '/pressed' && params.CallUUID === id);
      assert.equal(pressed.params.Digits, '5');
      assert.equal((await hangupOf(suite, id)).HangupCauseCode, '4010');
    });

    it(`leads to a softphone registered over ${transport}: audio both ways, hold, keys, and its BYE`, async () => {
      const baresip = await softphone(transport);
      suite.on(
        '/made',
        xml(
          `<GetDigits action="${suite.app.url('/keys')}" numDigits="2" timeout="9"><Play>${suite.tone(PLAYED_HZ, 1200)}</Play></GetDigits>`,
        ),
      );
      suite.on('/keys', xml(`<Record action="${suite.app.url('/recorded')}" maxLength="30" playBeep="false"/>`));
      const id = await makeCall();
      await baresip.hears(PLAYED_HZ, 900);
      baresip.command('hold');
      await baresip.waitForMessage(/a=recvonly/);
      baresip.command('resume');
      await baresip.waitForMessage(/a=recvonly[\s\S]*SIP\/2\.0 200 OK[\s\S]*a=sendrecv/);
      for (const key of '42') baresip.command('sndcode', key);
      const keys = await suite.app.waitFor('keys', ({ path, params }) => path === '/keys' && params.CallUUID === id);
      assert.equal(keys.params.Digits, '42');
      baresip.command('hangup');
      const hangup = await hangupOf(suite, id);
      assert.deepEqual([hangup.HangupCauseCode, hangup.HangupSource], ['4000', 'Callee']);
      const media = mediaOf(await stepsOf(suite.server, id));
      assert.ok(Number(media.packets_received) > 40 && Number(media.packets_stray) === 0, JSON.stringify(media));
    });
  }

  it('is told by CANCEL that the caller gave up', async () => {
    const sipp = await subscriber(ringsUntilCancelled());
    const id = await makeCall({ ring_timeout: 1 });
    await sipp.done();
    const hangup = await hangupOf(suite, id);
    assert.deepEqual([hangup.HangupCauseCode, hangup.HangupSource], ['6010', 'Plivo']);
  });

  it('passes 486 on', async () => {
    const sipp = await subscriber([
      expectRequest('INVITE'),
      rings(),
      respond('486 Busy Here', { retransmit: true }),
      expectRequest('ACK'),
    ]);
    const id = await makeCall();
    await sipp.done();
    const hangup = await hangupOf(suite, id);
    assert.deepEqual([hangup.HangupCauseCode, hangup.HangupSource, hangup.CallStatus], ['3010', 'Callee', 'busy']);
  });

  it('redirects: 302 is not followed', async () => {
    const id = await makeCall({ to: MOVED });
    const hangup = await hangupOf(suite, id);
    assert.deepEqual([hangup.HangupCauseCode, hangup.HangupSource, hangup.AnswerTime], ['2010', 'Carrier', '']);
    assert.ok(messagesOf(await stepsOf(suite.server, id)).includes('SIP/2.0 302 Moved Temporarily'));
  });

  it('rings two phones at once: the one that answers has the call, the other is cancelled', async () => {
    const other = await subscriber(ringsUntilCancelled());
    const taker = await subscriber([expectRequest('INVITE'), rings(), pause(400), ...answers(), ...untilBye]);
    suite.on('/made', xml(`<Play>${suite.tone(PLAYED_HZ, 800)}</Play>`));
    const id = await makeCall();
    await Promise.all([other.done(), taker.done()]);
    await phone.hears(PLAYED_HZ, 600);
    assert.equal((await hangupOf(suite, id)).HangupCauseCode, '4010');
    const tags = new Set(
      (await Promise.all([other.messages(), taker.messages()]))
        .flat()
        .filter(({ sent, text }) => sent && text.startsWith('SIP/2.0 180'))
        .map(({ text }) => headerOf(text, 'To')),
    );
    assert.equal(tags.size, 2, 'two early dialogs');
    const rang = messagesOf(await stepsOf(suite.server, id)).filter((line) => line.startsWith('SIP/2.0 180'));
    assert.equal(rang.length, 2);
  });

  it('lets two phones be heard before one of them answers: that one is spoken to, and heard', async () => {
    const otherPhone = await RtpPhone.open();
    started.push({ stop: () => otherPhone.close() });
    const early = (port: number) => respond('183 Session Progress', { body: sdp({ port }), headers: [RECORDED] });
    const other = await subscriber(ringsUntilCancelled(early(otherPhone.port)));
    const taker = await subscriber([expectRequest('INVITE'), early(phone.port), pause(1200), ...answers(), ...untilBye]);
    suite.on('/made', xml(`<Record action="${suite.app.url('/heard')}" maxLength="1" fileFormat="wav" playBeep="false"/>`));
    suite.on('/heard', xml(`<Play>${suite.tone(PLAYED_HZ, 800)}</Play>`));
    const id = await makeCall();
    const port = Number(/m=audio (\d+)/.exec(await taker.receives('INVITE'))?.[1]);
    // The voice of the one that is cancelled comes first.
    const chatter = otherPhone.sendTone(OTHER_HZ, port, 900);
    await sleep(300);
    const talk = phone.sendTone(PHONE_HZ, port);
    const { params } = await suite.app.waitFor(
      'recording',
      (request) => request.path === '/heard' && request.params.CallUUID === id,
    );
    await phone.hears(PLAYED_HZ, 600);
    phone.hush();
    await Promise.all([other.done(), taker.done(), talk, chatter]);
    const wav = await eventually('recording file', async () => {
      const answer = await fetch(String(params.RecordUrl));
      return answer.ok ? Buffer.from(await answer.arrayBuffer()) : undefined;
    });
    assert.ok(millisecondsOf(PHONE_HZ, samplesOf(wav)) > 700, 'who answered is heard');
    assert.equal(millisecondsOf(PLAYED_HZ, otherPhone.heard()), 0);
  });

  it('rings two phones that both answer: the second is acknowledged and hung up', async () => {
    // Its 200 crosses the CANCEL.
    const second = await subscriber([
      takeProxiedInvite(),
      rings(),
      expectRequest('CANCEL'),
      respondInside('200 OK'),
      throughProxy(answerLate(sdp({ port: phone.port }))),
      expectRequest('ACK'),
      ...untilBye,
      KEPT_PROXIED,
    ]);
    const first = await subscriber([expectRequest('INVITE'), rings(), pause(300), ...answers(), ...untilBye]);
    suite.on('/made', xml(`<Play>${suite.tone(PLAYED_HZ, 1000)}</Play>`));
    const id = await makeCall();
    await Promise.all([second.done(), first.done()]);
    await phone.hears(PLAYED_HZ, 800);
    const hangup = await hangupOf(suite, id);
    assert.deepEqual([hangup.HangupCauseCode, hangup.HangupSource], ['4010', 'Plivo']);
  });

  for (const [digit, asked, statuses] of [
    [0, 'as a proxy', ['407']],
    [1, 'as a server', ['401']],
    [2, 'as a proxy and then as a server', ['407', '401']],
  ] as const) {
    it(`asks for the password of the trunk ${asked}`, async () => {
      const sipp = await subscriber([expectRequest('INVITE'), ...answers(), ...untilBye]);
      suite.on('/made', xml('<Hangup/>'));
      const id = await makeCall({ to: `${CHALLENGED}${digit}` });
      await sipp.done();
      assert.equal((await recordOf(suite.server, id)).call_state, 'ANSWER');
      const refused = messagesOf(await stepsOf(suite.server, id)).flatMap((line) => /^SIP\/2\.0 (40[17])/.exec(line)?.[1] ?? []);
      assert.deepEqual(refused, statuses);
      const invite = await sipp.received('INVITE');
      assert.equal(headerOf(invite, 'CSeq'), `${statuses.length + 1} INVITE`);
    });
  }

  it('asks for it also inside the call', async () => {
    const sipp = await subscriber([expectRequest('INVITE'), ...answers(), ...untilBye]);
    suite.on('/made', xml('<Hangup/>'));
    const id = await makeCall({ to: `${CHALLENGED}3` });
    const bye = (await sipp.done()).find(({ text }) => text.startsWith('BYE'))?.text ?? '';
    assert.equal(headerOf(bye, 'CSeq'), '3 BYE', 'the second one');
    assert.equal((await hangupOf(suite, id)).HangupCauseCode, '4000');
  });

  it('refuses who knows another password', async () => {
    const id = await makeCall({ to: REFUSED });
    const hangup = await hangupOf(suite, id);
    assert.deepEqual([hangup.HangupCauseCode, hangup.HangupSource], ['3040', 'Carrier']);
    const tries = messagesOf(await stepsOf(suite.server, id)).filter((line) => line.startsWith('INVITE'));
    assert.equal(tries.length, 2);
  });

  it('has the registration of the trunk, and calls the place that it came from', async () => {
    const [contact] = await eventually('registration', async () => {
      const contacts = await kamailio.contactsOf(LOGIN);
      return contacts.length > 0 ? contacts : undefined;
    });
    assert.match(String(contact), new RegExp(`^sip:${LOGIN}@127\\.0\\.0\\.1:${suite.server.sipPort}`));
    const baresip = await softphone('tcp');
    const before = suite.app.on('/answer').length;
    suite.answerWith(
      xml(
        `<Play>${suite.tone(PLAYED_HZ, 1000)}</Play><Record action="${suite.app.url('/recorded')}" maxLength="30" playBeep="false"/>`,
      ),
    );
    baresip.command('dial', `sip:+${NUMBER}@${ADDRESS}`);
    await baresip.hears(PLAYED_HZ, 800);
    const facts = await answeredCall(suite, before);
    assert.deepEqual([facts.From, facts.To, facts.Direction], [SUBSCRIBER, NUMBER, 'inbound']);
    const ended = await call(suite.server, `Call/${String(facts.CallUUID)}/`, { method: 'DELETE' });
    assert.equal(ended.status, 204, ended.text);
    await baresip.waitFor('CALL_CLOSED');
  });

  it('knows of no registration any more once the server has stopped', async () => {
    assert.deepEqual(await suite.server.stop(), { code: 0, signal: null });
    assert.deepEqual(await kamailio.contactsOf(LOGIN), []);
  });
});
