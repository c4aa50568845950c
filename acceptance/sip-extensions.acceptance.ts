/** What SIPp does beyond a plain call: reliable provisional responses (RFC 3262) on either side, transfers (RFC 3515), G.722, and a registrar for a trunk. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { call } from './api.ts';
import { freeUdpPort } from './ports.ts';
import { RtpPhone } from './rtp-phone.ts';
import { headerOf, Sipp, type SippOptions } from './sipp.ts';
import {
  answerLate,
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
import { answeredCall, hangupOf, messagesOf, NUMBER, recordOf, startVoice, stepsOf, type VoiceSuite, xml } from './voice.ts';
import { eventually } from './wait.ts';

const CALLEE = '12125550101';
const TARGET = '12125550102';
const PLAYED_HZ = 900;
const USERNAME = 'trunk-user';
const PASSWORD = 'trunk-password';
const REALM = 'carrier.example';
const G722 = '9 101\na=rtpmap:9 G722/8000\na=rtpmap:101 telephone-event/8000\na=fmtp:101 0-16';
const G722_PAYLOAD_TYPE = 9;

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

describe("Debian's SIPp with extensions of SIP", () => {
  let suite: VoiceSuite;
  let phone: RtpPhone;
  let started: Sipp[] = [];
  const ports = { carrier: 0, registrar: 0 };

  before(async () => {
    ports.carrier = await freeUdpPort();
    ports.registrar = await freeUdpPort();
    suite = await startVoice('sip-extensions', {
      carriers: [
        { name: 'carrier', kind: 'sip', url: `sip:127.0.0.1:${ports.carrier};transport=udp`, refer: 'allow' },
        {
          name: 'registrar',
          kind: 'sip',
          url: `sip:127.0.0.1:${ports.registrar};transport=udp`,
          username: USERNAME,
          password: PASSWORD,
          register: true,
        },
      ],
      routes: [{ service: 'voice', prefix: '1212', carriers: ['carrier'] }],
    });
  });
  after(() => suite?.dispose());
  beforeEach(async () => {
    phone = await RtpPhone.open();
  });
  afterEach(async () => {
    phone.close();
    await Promise.all(started.map((sipp) => sipp.stop()));
    started = [];
  });

  const sippOf = async (steps: readonly string[], options: Partial<SippOptions>): Promise<Sipp> => {
    const sipp = await Sipp.start({ scenario: scenario(...steps), ...options });
    started.push(sipp);
    return sipp;
  };
  const makeCall = async (): Promise<string> => {
    const made = await call(suite.server, 'Call/', {
      body: { from: NUMBER, to: CALLEE, answer_url: suite.app.url('/made'), hangup_url: suite.app.url('/hangup') },
    });
    assert.equal(made.status, 201, made.text);
    return String(made.json.request_uuid);
  };

  it('acknowledges a reliable 183 of the carrier with PRACK, and is connected', async () => {
    const sipp = await sippOf(
      [
        takeInvite(),
        respond('183 Session Progress', {
          body: sdp({ port: phone.port }),
          headers: ['Require: 100rel', 'RSeq: 4711'],
          retransmit: true,
        }),
        expectRequest('PRACK'),
        respondInside('200 OK'),
        pause(300),
        answerLate(), // the description was in the 183
        expectRequest('ACK'),
        expectRequest('BYE'),
        respondInside('200 OK'),
        KEPT,
      ],
      { port: ports.carrier },
    );
    suite.on('/made', xml(`<Play>${suite.tone(PLAYED_HZ, 800)}</Play>`));
    const id = await makeCall();
    await sipp.done();
    await phone.hears(PLAYED_HZ, 600);
    assert.match(headerOf(await sipp.received('PRACK'), 'RAck'), /^4711 1 INVITE$/);
    assert.match(headerOf(await sipp.received('INVITE'), 'Supported'), /100rel/);
    assert.equal((await hangupOf(suite, id)).HangupCauseCode, '4010');
  });

  it('sends its provisional responses reliably to a caller that requires it', async () => {
    const sipp = await sippOf(
      [
        invite({ number: NUMBER, body: sdp({ port: phone.port }), headers: ['Require: 100rel'] }),
        expect(100, { optional: true }),
        expect(180, {
          action: '<action><ereg regexp="[0-9]+" search_in="hdr" header="RSeq:" assign_to="rseq"/></action>',
        }),
        request('PRACK', 2, { headers: ['RAck: [$rseq] 1 INVITE'] }),
        expect(200),
        expect(200),
        request('ACK', 1),
        expectRequest('BYE'),
        respondInside('200 OK'),
      ],
      { to: suite.server.sipPort },
    );
    const before = suite.app.on('/answer').length;
    suite.answerWith(xml(`<Play>${suite.tone(PLAYED_HZ, 800)}</Play>`));
    await sipp.done();
    await phone.hears(PLAYED_HZ, 600);
    const { CallUUID } = await answeredCall(suite, before);
    const steps = messagesOf(await stepsOf(suite.server, String(CallUUID)));
    assert.ok(
      steps.some((line) => line.startsWith('PRACK')),
      steps.join(', '),
    );
    assert.match(headerOf(await sipp.received('SIP/2.0 180'), 'Require'), /100rel/);
  });

  it('answers in the 200 of a PRACK what that offers anew', async () => {
    const moved = await RtpPhone.open();
    try {
      const sipp = await sippOf(
        [
          invite({ number: NUMBER, body: sdp({ port: phone.port }), headers: ['Require: 100rel'] }),
          expect(100, { optional: true }),
          expect(180, { action: '<action><ereg regexp="[0-9]+" search_in="hdr" header="RSeq:" assign_to="rung"/></action>' }),
          request('PRACK', 2, { headers: ['RAck: [$rung] 1 INVITE'] }),
          expect(200),
          expect(183, { action: '<action><ereg regexp="[0-9]+" search_in="hdr" header="RSeq:" assign_to="early"/></action>' }),
          request('PRACK', 3, { headers: ['RAck: [$early] 1 INVITE'], body: sdp({ port: moved.port, version: 2 }) }),
          expect(200),
          expect(200),
          request('ACK', 1),
          expectRequest('BYE'),
          respondInside('200 OK'),
        ],
        { to: suite.server.sipPort },
      );
      suite.answerWith(
        xml(`<PreAnswer><Play>${suite.tone(500, 600)}</Play></PreAnswer><Play>${suite.tone(PLAYED_HZ, 800)}</Play>`),
      );
      const messages = await sipp.done();
      const answers = messages.filter(({ sent, text }) => !sent && /^SIP\/2\.0 200/.test(text) && /^CSeq: 3 PRACK/m.test(text));
      assert.match(answers[0]?.text ?? '', /^m=audio \d+ RTP\/AVP 0/m);
      await moved.hears(PLAYED_HZ, 600);
    } finally {
      moved.close();
    }
  });

  it('passes the callee of a caller on that sends REFER, and tells how it goes', async () => {
    const answering = [
      takeInvite(),
      respond('200 OK', { body: sdp({ port: phone.port }), retransmit: true }),
      expectRequest('ACK'),
      expectRequest('BYE'),
      respondInside('200 OK'),
      KEPT,
    ];
    const carrier = await sippOf(answering, { port: ports.carrier, calls: 2 });
    suite.answerWith(xml(`<Dial action="${suite.app.url('/dialled')}"><Number>${CALLEE}</Number></Dial>`));
    const before = suite.app.on('/answer').length;
    const caller = await sippOf(
      [
        invite({ number: NUMBER, body: sdp({ port: phone.port }) }),
        expect(100, { optional: true }),
        expect(180, { optional: true }),
        expect(200),
        request('ACK', 1),
        pause(500),
        request('REFER', 2, { headers: [`Refer-To: <sip:+${TARGET}@[remote_ip]:[remote_port]>`] }),
        expect(202),
        expectRequest('NOTIFY'),
        respondInside('200 OK'),
        expectRequest('NOTIFY'),
        respondInside('200 OK'),
        request('BYE', 3),
        expect(200),
      ],
      { to: suite.server.sipPort },
    );
    const told = (await caller.done()).filter(({ sent, text }) => !sent && text.startsWith('NOTIFY')).map(({ text }) => text);
    assert.deepEqual(
      told.map((text) => [
        headerOf(text, 'Event'),
        headerOf(text, 'Subscription-State').split(';')[0],
        /^SIP\/2\.0 .*$/m.exec(text)?.[0].trim(),
      ]),
      [
        ['refer;id=2', 'active', 'SIP/2.0 100 Trying'],
        ['refer;id=2', 'terminated', 'SIP/2.0 200 OK'],
      ],
    );
    const callId = String((await answeredCall(suite, before)).CallUUID);
    const hangup = await hangupOf(suite, callId);
    assert.deepEqual([hangup.HangupCauseCode, hangup.HangupSource], ['4000', 'Caller']);
    const invites = (await carrier.messages())
      .filter(({ sent, text }) => !sent && text.startsWith('INVITE'))
      .map(({ text }) => text);
    const [calleeId = '', targetId = ''] = invites.map((text) => headerOf(text, 'X-CallUUID'));
    assert.match(headerOf(invites[1] ?? '', 'Referred-By'), /^<sip:\+14155550123@/);
    assert.match(invites[1] ?? '', new RegExp(`^INVITE sip:\\+${TARGET}@`));
    const { params } = await suite.app.waitFor('action of Dial', ({ path }) => path === '/dialled');
    assert.deepEqual([params.DialStatus, params.DialBLegUUID], ['completed', calleeId]);
    assert.equal((await call(suite.server, `Call/${targetId}/`, { method: 'DELETE' })).status, 204);
    await carrier.done();
    const record = await recordOf(suite.server, targetId);
    assert.deepEqual([record.to_number, record.parent_call_uuid, record.call_state], [TARGET, calleeId, 'ANSWER']);
    const steps = await stepsOf(suite.server, callId);
    assert.ok(
      steps.some(({ event, detail }) => event === 'transferred' && detail.with === targetId),
      JSON.stringify(steps),
    );
  });

  it('speaks G.722 with a caller that has nothing else', async () => {
    const sipp = await sippOf(
      [
        invite({ number: NUMBER, body: sdp({ port: phone.port, formats: G722 }) }),
        expect(100, { optional: true }),
        expect(180, { optional: true }),
        expect(200),
        request('ACK', 1),
        expectRequest('BYE'),
        respondInside('200 OK'),
      ],
      { to: suite.server.sipPort },
    );
    const before = suite.app.on('/answer').length;
    suite.answerWith(xml(`<Play>${suite.tone(PLAYED_HZ, 800)}</Play>`));
    await sipp.done();
    const answer = await sipp.received('SIP/2.0 200');
    assert.match(answer, /m=audio \d+ RTP\/AVP 9 101/);
    const packets = phone.packets.filter(({ packet }) => packet.payloadType === G722_PAYLOAD_TYPE);
    assert.ok(packets.length > 30, `${packets.length} packets of G.722`);
    // 64 kbit/s, and a clock of 8 kHz though it samples at 16 (RFC 3551 §4.5.2).
    assert.ok(packets.every(({ packet }) => packet.payload.length === 160));
    const [first, second] = packets;
    assert.equal((second?.packet.timestamp ?? 0) - (first?.packet.timestamp ?? 0), 160);
    const { CallUUID } = await answeredCall(suite, before);
    assert.equal((await hangupOf(suite, String(CallUUID))).HangupCauseCode, '4010');
  });

  it('registers at a trunk that asks for its password, and takes the registration back at the end', async () => {
    const nonce = '4711nonce';
    const headers = [`WWW-Authenticate: Digest realm="${REALM}", nonce="${nonce}", algorithm=MD5, qop="auth"`];
    const sipp = await sippOf(
      [
        expectRequest('REGISTER'),
        respond('401 Unauthorized', { headers }),
        expectRequest('REGISTER'),
        respond('200 OK', { headers: ['Expires: 600'] }).replace(/^Contact:.*$/m, '[last_Contact:]'),
      ],
      { port: ports.registrar },
    );
    // Whoever was not there at the start is asked again.
    const register = await eventually(
      'REGISTER with credentials',
      async () =>
        (await sipp.messages()).find(
          ({ sent, text }) => !sent && /^REGISTER/.test(text) && headerOf(text, 'Authorization') !== '',
        )?.text,
      90_000,
    );
    const credentials = headerOf(register, 'Authorization');
    const value = (name: string) => new RegExp(`[ ,]${name}="?([^",]*)"?`).exec(credentials)?.[1] ?? '';
    const ha1 = md5(`${USERNAME}:${REALM}:${PASSWORD}`);
    const ha2 = md5(`REGISTER:${value('uri')}`);
    assert.equal(value('response'), md5(`${ha1}:${nonce}:${value('nc')}:${value('cnonce')}:auth:${ha2}`), credentials);
    await sipp.done();

    const leaving = await sippOf([expectRequest('REGISTER'), respond('200 OK', { headers: ['Expires: 0'] })], {
      port: ports.registrar,
    });
    assert.deepEqual(await suite.server.stop(), { code: 0, signal: null });
    await leaving.done();
    const gone = await leaving.received('REGISTER');
    assert.match(`${headerOf(gone, 'Expires')} ${headerOf(gone, 'Contact')}`, /^0 |expires=0/);
  });
});
