/** Debian's Kamailio between phones and the server: as a customer's telephone system behind trunks, and as the phones' outbound proxy. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { call, list } from './api.ts';
import { Baresip, type BaresipOptions } from './baresip.ts';
import { Kamailio } from './kamailio.ts';
import { phoneAnswers, phoneCall, phoneDials } from './phones.ts';
import { RtpPhone } from './rtp-phone.ts';
import { Sipp, type SippOptions, type SipTransport } from './sipp.ts';
import {
  behindNat,
  challenge,
  expect,
  expectRequest,
  KEPT_PROXIED,
  RECORDED,
  register,
  respond,
  respondInside,
  scenario,
  sdp,
  takeProxiedInvite,
} from './sipp-scenario.ts';
import { millisecondsOf } from './tones.ts';
import { hangupOf, messagesOf, NUMBER, recordOf, startVoice, stepsOf, type VoiceSuite, xml } from './voice.ts';
import { eventually } from './wait.ts';

const PASSWORD = 'password-of-a-phone';
const PBX_ADDRESS = '127.0.0.3';
const EDGE_ADDRESS = '127.0.0.4';
const EXTENSION = 'desk';
const TRUNK_USER = 'our-pbx';
/** Out in the telephone network: virtual phones. */
const CALLEE = '14155550177';
const ALICE_HZ = 500;
const BOB_HZ = 700;
const PLAYED_HZ = 900;

describe("Debian's Kamailio in front of phones", () => {
  let suite: VoiceSuite;
  let started: Baresip[] = [];
  let others: { stop(): Promise<void> | void }[] = [];

  before(async () => {
    suite = await startVoice('kamailio-phones');
  });
  after(() => suite?.dispose());
  afterEach(async () => {
    await Promise.all(started.map((phone) => phone.stop()));
    started = [];
    await Promise.all(others.map((sipp) => sipp.stop()));
    others = [];
  });

  const phoneOf = async (
    proxy: Kamailio,
    options: Pick<BaresipOptions, 'username' | 'domain' | 'transport' | 'frequency'>,
  ): Promise<Baresip> => {
    const { address, port } = proxy;
    const phone = await Baresip.start({ password: PASSWORD, sipAddress: address, sipPort: port, ...options });
    started.push(phone);
    return phone;
  };
  const make = async (resource: string, body: Record<string, unknown>): Promise<Record<string, unknown>> => {
    const made = await call(suite.server, resource, { body });
    assert.equal(made.status, 201, made.text);
    return made.json;
  };

  describe('as a telephone system behind trunks', () => {
    let kamailio: Kamailio;
    const trunks = { password: '', address: '', inbound: '' };

    before(async () => {
      const trunk = async (direction: 'inbound' | 'outbound', more: Record<string, unknown>) =>
        String((await make('Zentrunk/Trunk/', { name: 'pbx', trunk_direction: direction, ...more })).trunk_id);
      const login = { name: 'pbx', username: TRUNK_USER, password: PASSWORD };
      const { credential_uuid } = await make('Zentrunk/Credential/', login);
      const { ipacl_uuid } = await make('Zentrunk/IPAccessControlList/', { name: 'pbx', ip_addresses: [PBX_ADDRESS] });
      trunks.password = await trunk('outbound', { credential_uuid });
      trunks.address = await trunk('outbound', { ipacl_uuid });
      kamailio = await Kamailio.start({
        role: 'pbx',
        address: PBX_ADDRESS,
        realm: 'pbx.example',
        password: PASSWORD,
        words: {
          server: '127.0.0.1',
          serverPort: suite.server.sipPort,
          number: NUMBER,
          extension: EXTENSION,
          addressTrunk: trunks.address,
          passwordTrunk: trunks.password,
          trunkUser: TRUNK_USER,
        },
      });
      const uri = await make('Zentrunk/URI/', { name: 'pbx', uri: `${PBX_ADDRESS}:${kamailio.port}` });
      trunks.inbound = await trunk('inbound', { primary_uri_uuid: uri.uri_uuid });
      const changed = await call(suite.server, `Number/${NUMBER}/`, { body: { app_id: trunks.inbound } });
      assert.equal(changed.status, 202, changed.text);
    });
    after(async () => {
      await kamailio?.stop();
      await call(suite.server, `Number/${NUMBER}/`, { body: { app_id: 'none' } });
    });

    const deskPhone = async (transport: SipTransport): Promise<Baresip> => {
      const phone = await phoneOf(kamailio, { username: EXTENSION, domain: PBX_ADDRESS, transport, frequency: ALICE_HZ });
      await eventually('registration', async () => (await kamailio.contactsOf(EXTENSION))[0]);
      return phone;
    };
    /** The trunk's record of the call that came after so many. */
    const trunkRecord = (trunk: string, before: number) =>
      eventually('record of the trunk', async () => {
        const { json } = await call(suite.server, `Zentrunk/Call/?limit=20`);
        const found = list(json.objects).filter(({ trunk_id }) => trunk_id === trunk);
        return found.length > before ? found[0] : undefined;
      });

    const talk = [
      { do: 'answer' },
      { do: 'tone', hz: PLAYED_HZ, ms: 1500 },
      { do: 'hear', tone: ALICE_HZ, ms: 500, within_ms: 8000 },
    ];
    for (const [which, prefix, transport] of [
      ['password', '+', 'udp'],
      ['address', '9+', 'tcp'],
    ] as const) {
      it(`calls over a trunk that knows it by its ${which}: both are heard, and the phone hangs up`, async () => {
        const phone = await deskPhone(transport);
        await phoneAnswers(suite.server, CALLEE, talk);
        const began = Date.now();
        phone.command('dial', `sip:${prefix}${CALLEE}@${PBX_ADDRESS}`);
        await phone.hears(PLAYED_HZ, 1000);
        const heard = await phoneCall(
          suite.server,
          CALLEE,
          ({ startedAt, heard }) => startedAt >= began && heard.some(({ hz, ms }) => hz === ALICE_HZ && ms >= 500),
        );
        assert.deepEqual([heard.from, heard.scriptError], [NUMBER, undefined]);
        phone.command('hangup');
        const record = await trunkRecord(trunks[which], 0);
        assert.deepEqual(
          [record.call_direction, record.from_number, record.to_number, record.hangup_cause_code, record.hangup_source],
          ['outbound', NUMBER, CALLEE, 4000, 'Caller'],
        );
        const [direct] = [await call(suite.server, `Zentrunk/Call/${String(record.call_uuid)}/`)];
        assert.equal(direct.json.trunk_id, trunks[which]);
      });
    }

    it('calls somebody who hangs up', async () => {
      const phone = await deskPhone('tcp');
      await phoneAnswers(suite.server, CALLEE, [...talk, { do: 'hang_up' }]);
      phone.command('dial', `sip:+${CALLEE}@${PBX_ADDRESS}`);
      await phone.waitFor('CALL_ESTABLISHED');
      await phone.waitFor('CALL_CLOSED');
      const record = await trunkRecord(trunks.password, 1);
      assert.deepEqual([record.hangup_cause_code, record.hangup_source], [4000, 'Callee']);
    });

    for (const who of ['caller', 'phone'] as const) {
      it(`is called for its number: the ${who} hangs up`, async () => {
        const phone = await deskPhone(who === 'caller' ? 'udp' : 'tcp');
        const count = who === 'caller' ? 0 : 1;
        const script = [{ do: 'tone', hz: PLAYED_HZ, ms: 1500 }, talk[2] ?? {}, ...(who === 'caller' ? [{ do: 'hang_up' }] : [])];
        const id = await phoneDials(suite.server, CALLEE, NUMBER, script);
        await phone.hears(PLAYED_HZ, 1000);
        await phoneCall(
          suite.server,
          CALLEE,
          (made) => made.id === id && made.heard.some(({ hz, ms }) => hz === ALICE_HZ && ms >= 500),
        );
        if (who === 'phone') phone.command('hangup');
        await phone.waitFor('CALL_CLOSED');
        const ended = await phoneCall(suite.server, CALLEE, (made) => made.id === id && made.endedAt !== undefined);
        assert.deepEqual([ended.endedBy, ended.scriptError], [who === 'caller' ? 'phone' : 'far', undefined]);
        const record = await trunkRecord(trunks.inbound, count);
        assert.deepEqual(
          [record.call_direction, record.from_number, record.to_number, record.hangup_cause_code],
          ['inbound', CALLEE, NUMBER, 4000],
        );
      });
    }

    it('is not there for a phone that has not registered: the caller is told', async () => {
      const id = await phoneDials(suite.server, CALLEE, NUMBER);
      const ended = await phoneCall(suite.server, CALLEE, (made) => made.id === id && made.endedAt !== undefined);
      assert.equal(ended.answeredAt, undefined);
    });
  });

  describe('as the outbound proxy of endpoints', () => {
    let kamailio: Kamailio;
    let appId = '';

    before(async () => {
      const app = await make('Application/', {
        app_name: 'endpoints',
        answer_url: suite.app.url('/endpoint'),
        hangup_url: suite.app.url('/hangup'),
      });
      appId = String(app.app_id);
      kamailio = await Kamailio.start({
        role: 'edge',
        address: EDGE_ADDRESS,
        realm: 'edge.example',
        password: PASSWORD,
        words: { server: '127.0.0.1', serverPort: suite.server.sipPort, pathed: 'alice|carol' },
      });
    });
    after(() => kamailio?.stop());

    const account = async (name: string) => {
      const made = await make('Endpoint/', { username: name, password: PASSWORD, alias: name, app_id: appId });
      const id = String(made.endpoint_id);
      const uri = String((await call(suite.server, `Endpoint/${id}/`)).json.sip_uri);
      return { id, uri, username: String(made.username), domain: uri.split('@')[1] ?? '' };
    };
    const endpoint = async (name: string, transport: SipTransport, frequency: number) => {
      const { id, uri, username, domain } = await account(name);
      const phone = await phoneOf(kamailio, { username, domain, transport, frequency });
      const isRegistered = (wanted: string) =>
        eventually(`registration ${wanted}`, async () => {
          const { json } = await call(suite.server, `Endpoint/${id}/`);
          return json.sip_registered === wanted ? json : undefined;
        });
      await isRegistered('true');
      return { phone, uri, isRegistered };
    };

    for (const [how, names] of [
      ['Path', ['alice', 'alice2', 'carol']],
      ['no Path', ['bob', 'bob2', 'dave']],
    ] as const) {
      it(`registers them with ${how}: one calls the other, and both hear each other`, async () => {
        const from = await endpoint(names[0], 'tcp', ALICE_HZ);
        const to = await endpoint(names[1], 'udp', BOB_HZ);
        suite.on('/endpoint', xml(`<Dial action="${suite.app.url('/dialled')}"><User>${to.uri}</User></Dial>`));
        const before = suite.app.on('/dialled').length;
        from.phone.command('dial', `sip:other@${to.uri.split('@')[1]}`);
        await Promise.all([to.phone.hears(ALICE_HZ, 800), from.phone.hears(BOB_HZ, 800)]);
        to.phone.command('hangup');
        const dialled = await eventually('action of Dial', () => suite.app.on('/dialled').slice(before)[0]?.params);
        assert.deepEqual([dialled.DialStatus, dialled.DialHangupCause], ['completed', 'NORMAL_CLEARING']);
        await from.phone.waitFor('CALL_CLOSED');
        const leg = await recordOf(suite.server, String(dialled.DialBLegUUID));
        assert.deepEqual([leg.hangup_source, leg.to_number], ['Callee', to.uri]);
        // A proxy that has recorded itself is passed by every request.
        assert.match(await kamailio.log(), new RegExp(`BYE .* from udp:127\\.0\\.0\\.1:${to.phone.port}, routes 1`));
      });

      it(`registers them with ${how}: the API calls one, plays to it, hangs up, and knows when it has gone`, async () => {
        const { phone, uri, isRegistered } = await endpoint(`${names[0]}api`, 'tcp', ALICE_HZ);
        suite.on('/made', xml(`<Play>${suite.tone(PLAYED_HZ, 1000)}</Play>`));
        const made = await make('Call/', {
          from: NUMBER,
          to: uri,
          answer_url: suite.app.url('/made'),
          hangup_url: suite.app.url('/hangup'),
        });
        await phone.hears(PLAYED_HZ, 800);
        await phone.waitFor('CALL_CLOSED');
        const id = String(made.request_uuid);
        assert.equal((await hangupOf(suite, id)).HangupCauseCode, '4010');
        assert.ok(messagesOf(await stepsOf(suite.server, id)).some((line) => line.startsWith('BYE')));
        await phone.stop();
        await isRegistered('false');
      });

      it(`registers a phone behind a NAT with ${how}, which is called and hung up where it was seen`, async () => {
        const { uri, username } = await account(names[2]);
        const audio = await RtpPhone.open();
        others.push({ stop: () => audio.close() });
        const run = async (steps: readonly string[], options: Partial<SippOptions>): Promise<Sipp> => {
          const sipp = await Sipp.start({ scenario: scenario(...steps.map(behindNat)), ...options });
          others.push(sipp);
          return sipp;
        };
        const authorization = `[authentication username=${username} password=${PASSWORD}]`;
        // SIPp proves itself for the address that it sends to.
        const domain = `${EDGE_ADDRESS}:${kamailio.port}`;
        const steps = [register(username, domain, 1), challenge(401), register(username, domain, 2, authorization), expect(200)];
        const login = await run(steps, { to: kamailio.port, toAddress: EDGE_ADDRESS });
        await login.done();
        const sipp = await run(
          [
            takeProxiedInvite(),
            respond('200 OK', { body: sdp({ port: audio.port }), headers: [RECORDED], retransmit: true }),
            expectRequest('ACK'),
            expectRequest('BYE'),
            respondInside('200 OK'),
            KEPT_PROXIED,
          ],
          { port: login.port },
        );
        suite.on('/made', xml(`<Play>${suite.tone(PLAYED_HZ, 600)}</Play>`));
        const made = await make('Call/', { from: NUMBER, to: uri, answer_url: suite.app.url('/made') });
        await sipp.done();
        assert.ok(millisecondsOf(PLAYED_HZ, audio.heard()) > 400);
        assert.match(await sipp.received('INVITE'), /^INVITE sip:sipp@192\.0\.2\.99:5060/);
        assert.equal((await recordOf(suite.server, String(made.request_uuid))).hangup_cause_code, 4010);
      });
    }
  });
});
