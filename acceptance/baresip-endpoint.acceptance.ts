import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { call } from './api.ts';
import { Baresip, type BaresipOptions } from './baresip.ts';
import { headerOf, type SipTransport } from './sipp.ts';
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
import { eventually } from './wait.ts';

const PASSWORD = 'password-of-a-phone';
/** What the phones say. */
const ALICE_HZ = 500;
const BOB_HZ = 700;
const CAROL_HZ = 1100;
const PLAYED_HZ = 900;

interface Account {
  readonly endpointId: string;
  readonly username: string;
  readonly uri: string;
}

describe("Debian's baresip as an endpoint", () => {
  let suite: VoiceSuite;
  let appId = '';
  let alice: Account;
  let bob: Account;
  let carol: Account;
  let started: Baresip[] = [];
  /** Requests of the endpoints' document before the test. */
  let asked = 0;

  before(async () => {
    suite = await startVoice('baresip');
    const app = await call(suite.server, 'Application/', {
      body: { app_name: 'endpoints', answer_url: suite.app.url('/endpoint'), hangup_url: suite.app.url('/hangup') },
    });
    appId = String(app.json.app_id);
    alice = await create('alice');
    bob = await create('bob');
    carol = await create('carol');
  });
  after(() => suite?.dispose());
  beforeEach(() => {
    asked = suite.app.on('/endpoint').length;
  });
  afterEach(async () => {
    await Promise.all(started.map((phone) => phone.stop()));
    started = [];
  });

  const create = async (name: string): Promise<Account> => {
    const made = await call(suite.server, 'Endpoint/', {
      body: { username: name, password: PASSWORD, alias: name, app_id: appId },
    });
    assert.equal(made.status, 201, made.text);
    const endpointId = String(made.json.endpoint_id);
    const { sip_uri } = (await call(suite.server, `Endpoint/${endpointId}/`)).json;
    return { endpointId, username: String(made.json.username), uri: String(sip_uri) };
  };
  const stateOf = async ({ endpointId }: Account) => (await call(suite.server, `Endpoint/${endpointId}/`)).json;
  const isRegistered = async (account: Account, wanted: 'true' | 'false') =>
    await eventually(`sip_registered ${wanted}`, async () => {
      const state = await stateOf(account);
      return state.sip_registered === wanted ? state : undefined;
    });

  const phoneOf = async (account: Account, frequency: number, more: Partial<BaresipOptions> = {}): Promise<Baresip> => {
    const phone = await Baresip.start({
      username: account.username,
      password: PASSWORD,
      domain: account.uri.split('@')[1] ?? '',
      sipPort: suite.server.sipPort,
      transport: 'udp',
      frequency,
      ...more,
    });
    started.push(phone);
    return phone;
  };
  const registered = async (account: Account, frequency: number, transport: SipTransport = 'udp'): Promise<Baresip> => {
    const phone = await phoneOf(account, frequency, { transport });
    await isRegistered(account, 'true');
    return phone;
  };
  const makeCall = async (to: string): Promise<string> => {
    const made = await call(suite.server, 'Call/', {
      body: {
        from: NUMBER,
        to,
        answer_url: suite.app.url('/made'),
        hangup_url: suite.app.url('/hangup'),
        ring_url: suite.app.url('/ring'),
      },
    });
    assert.equal(made.status, 201, made.text);
    return String(made.json.request_uuid);
  };

  it('registers over TLS and calls its application, whose sound it hears', async () => {
    const phone = await phoneOf(alice, ALICE_HZ, { transport: 'tls', sipPort: suite.server.sipPort + 1 });
    const { sip_contact } = await isRegistered(alice, 'true');
    assert.match(String(sip_contact), /transport=tls/i);
    suite.on('/endpoint', xml(`<Play loop="3">${suite.tone(PLAYED_HZ, 1000)}</Play>`));
    phone.command('dial', `sip:+${NUMBER}@${alice.uri.split('@')[1]}`);
    await phone.hears(PLAYED_HZ, 800);
  });

  it('speaks and hears G.722', async () => {
    const phone = await phoneOf(alice, ALICE_HZ, { codec: 'G722/16000/1' });
    await isRegistered(alice, 'true');
    suite.on('/endpoint', xml(`<Play loop="3">${suite.tone(PLAYED_HZ, 1000)}</Play>`));
    phone.command('dial', `sip:+${NUMBER}@${alice.uri.split('@')[1]}`);
    await phone.waitForMessage(/m=audio \d+ RTP\/AVP 9/);
    await phone.waitFor('CALL_ESTABLISHED');
    const { CallUUID } = await answeredCall(suite, asked, '/endpoint');
    const received = mediaOf(await stepsOf(suite.server, String(CallUUID)));
    assert.ok(Number(received.packets_received) > 40, JSON.stringify(received));
  });

  for (const transport of ['udp', 'tcp'] satisfies SipTransport[]) {
    it(`registers over ${transport}, calls another through its application, and both hear each other`, async () => {
      const from = await registered(alice, ALICE_HZ, transport);
      const to = await registered(bob, BOB_HZ, transport);
      const state = await stateOf(alice);
      assert.match(String(state.sip_contact), new RegExp(`@127\\.0\\.0\\.1:\\d+${transport === 'tcp' ? ';transport=tcp' : ''}$`));
      assert.match(String(state.sip_user_agent), /^baresip/);
      assert.match(String(state.sip_expires), /^\d{4}-\d\d-\d\d /);

      suite.on(
        '/endpoint',
        xml(`<Dial action="${suite.app.url('/dialled')}" sipHeaders="Ticket=A17"><User>${bob.uri}</User></Dial>`),
      );
      const before = suite.app.on('/dialled').length;
      from.command('dial', `sip:bob@${bob.uri.split('@')[1]}`);
      await to.waitFor('CALL_ESTABLISHED');
      await to.waitForMessage(/X-PH-Ticket: A17/);
      await Promise.all([to.hears(ALICE_HZ, 1000), from.hears(BOB_HZ, 1000)]);
      const facts = await answeredCall(suite, asked, '/endpoint');
      assert.deepEqual([facts.From, facts.Direction, facts.SIPAuthUser], [alice.uri, 'inbound', alice.username]);

      to.command('hangup');
      const dialled = await eventually('action of Dial', () => suite.app.on('/dialled').slice(before)[0]?.params);
      assert.deepEqual([dialled.DialStatus, dialled.DialHangupCause], ['completed', 'NORMAL_CLEARING']);
      await from.waitFor('CALL_CLOSED');
      const leg = await recordOf(suite.server, String(dialled.DialBLegUUID));
      assert.deepEqual(
        [leg.parent_call_uuid, leg.hangup_cause_code, leg.hangup_source, leg.to_number],
        [facts.CallUUID, 4000, 'Callee', bob.uri],
      );
      const steps = await stepsOf(suite.server, String(dialled.DialBLegUUID));
      assert.ok(
        messagesOf(steps).some((message) => message.startsWith('INVITE')),
        'its SIP messages are in the timeline',
      );
      const media = mediaOf(steps);
      assert.ok(Number(media.packets_received) > 40 && Number(media.packets_sent) > 40, JSON.stringify(media));
    });

    it(`is called by the API over ${transport}, hears a file, is heard, and hangs up`, async () => {
      const phone = await registered(bob, BOB_HZ, transport);
      suite.on(
        '/made',
        xml(
          `<Play>${suite.tone(PLAYED_HZ, 1500)}</Play><Record action="${suite.app.url('/recorded')}" maxLength="30" playBeep="false"/>`,
        ),
      );
      const id = await makeCall(bob.uri);
      await phone.hears(PLAYED_HZ, 1200);
      const ring = await suite.app.waitFor('ring', ({ path, params }) => path === '/ring' && params.CallUUID === id);
      assert.equal(ring.params.CallStatus, 'ringing');
      phone.command('hangup');
      const hangup = await hangupOf(suite, id);
      assert.deepEqual([hangup.HangupCauseCode, hangup.HangupSource, hangup.To], ['4000', 'Callee', bob.uri]);
      assert.equal((await recordOf(suite.server, id)).call_state, 'ANSWER');
    });
  }

  it('passes its caller on to another, and those two hear each other', async () => {
    const from = await registered(alice, ALICE_HZ);
    const via = await registered(bob, BOB_HZ);
    const to = await registered(carol, CAROL_HZ);
    suite.on('/endpoint', xml(`<Dial action="${suite.app.url('/dialled')}"><User>${bob.uri}</User></Dial>`));
    const before = suite.app.on('/dialled').length;
    from.command('dial', `sip:bob@${bob.uri.split('@')[1]}`);
    await via.waitFor('CALL_ESTABLISHED');
    await via.hears(ALICE_HZ, 500);
    via.command('transfer', carol.uri);
    await to.waitFor('CALL_ESTABLISHED');
    await to.waitForMessage(/Referred-By: <sip:bob/);
    await via.waitFor('CALL_CLOSED');
    await Promise.all([to.hears(ALICE_HZ, 1000), from.hears(CAROL_HZ, 1000)]);
    to.command('hangup');
    const dialled = await eventually('action of Dial', () => suite.app.on('/dialled').slice(before)[0]?.params);
    assert.equal(dialled.DialStatus, 'completed');
    const leg = await recordOf(suite.server, String(dialled.DialBLegUUID));
    assert.deepEqual([leg.to_number, leg.hangup_source], [carol.uri, 'Callee']);
    await from.waitFor('CALL_CLOSED');
  });

  it('passes its caller on to one it has asked before, and those two hear each other', async () => {
    const from = await registered(alice, ALICE_HZ);
    const via = await registered(bob, BOB_HZ);
    const to = await registered(carol, CAROL_HZ);
    const dialTo = ({ uri }: Account) => xml(`<Dial action="${suite.app.url('/dialled')}"><User>${uri}</User></Dial>`);
    suite.on('/endpoint', dialTo(bob));
    const before = suite.app.on('/dialled').length;
    from.command('dial', `sip:bob@${bob.uri.split('@')[1]}`);
    await via.waitFor('CALL_ESTABLISHED');
    const callId = String((await answeredCall(suite, asked, '/endpoint')).CallUUID);
    suite.on('/endpoint', dialTo(carol));
    via.command('dial', `sip:carol@${carol.uri.split('@')[1]}`);
    await to.waitFor('CALL_ESTABLISHED');
    await to.hears(BOB_HZ, 500);

    const consulted = await eventually('the answer to the second call', () => via.answers[1]);
    const tagOf = (name: string) => /;tag=([^;\s]+)/.exec(headerOf(consulted, name))?.[1];
    const replaces = `${headerOf(consulted, 'Call-ID')};to-tag=${tagOf('To')};from-tag=${tagOf('From')}`;
    via.command('line', '1');
    via.command('transfer', `<${carol.uri}?Replaces=${encodeURIComponent(replaces)}>`);
    await Promise.all([to.hears(ALICE_HZ, 1000), from.hears(CAROL_HZ, 1000)]);
    await eventually('the end of both calls', () =>
      via.events.filter(({ type }) => type === 'CALL_CLOSED').length === 2 ? true : undefined,
    );

    to.command('hangup');
    const dialled = await eventually('action of the first Dial', () =>
      suite.app
        .on('/dialled')
        .slice(before)
        .map(({ params }) => params)
        .find(({ CallUUID }) => CallUUID === callId),
    );
    assert.equal(dialled.DialStatus, 'completed');
    const leg = await recordOf(suite.server, String(dialled.DialBLegUUID));
    assert.deepEqual([leg.to_number, leg.hangup_source], [carol.uri, 'Callee']);
    await from.waitFor('CALL_CLOSED');
  });

  it('presses keys, and is sent some', async () => {
    const phone = await registered(bob, BOB_HZ);
    suite.on('/made', xml(`<DTMF>73</DTMF><GetDigits action="${suite.app.url('/digits')}" numDigits="3" timeout="9"/>`));
    await makeCall(bob.uri);
    await phone.waitFor('CALL_DTMF_END');
    for (const key of '4*2') phone.command('sndcode', key);
    const digits = await suite.app.waitFor('digits', ({ path }) => path === '/digits');
    assert.equal(digits.params.Digits, '4*2');
    assert.equal(
      phone.events
        .filter(({ type }) => type === 'CALL_DTMF_START')
        .map(({ param }) => param)
        .join(''),
      '73',
    );
  });

  it('holds and resumes', async () => {
    const phone = await registered(bob, BOB_HZ);
    suite.on('/made', xml(`<Play loop="0">${suite.tone(PLAYED_HZ, 500)}</Play>`));
    const id = await makeCall(bob.uri);
    await phone.hears(PLAYED_HZ, 500);
    phone.command('hold');
    await phone.waitForMessage(/a=recvonly/);
    phone.command('resume');
    await phone.waitForMessage(/a=recvonly[\s\S]*SIP\/2\.0 200 OK[\s\S]*a=sendrecv/);
    // What it hears is not written down any more after a hold; what it says is heard by the server.
    suite.on('/resumed', xml(`<Record action="${suite.app.url('/heard')}" maxLength="1" fileFormat="wav" playBeep="false"/>`));
    suite.on('/heard', xml('<Wait length="9"/>'));
    await call(suite.server, `Call/${id}/`, { body: { legs: 'aleg', aleg_url: suite.app.url('/resumed') } });
    const { params } = await suite.app.waitFor('recording', ({ path }) => path === '/heard');
    const wav = await eventually('recording file', async () => {
      const answer = await fetch(String(params.RecordUrl));
      return answer.ok ? Buffer.from(await answer.arrayBuffer()) : undefined;
    });
    assert.ok(millisecondsOf(BOB_HZ, samplesOf(wav)) > 500, 'it is heard after the hold');
    phone.command('hangup');
    assert.equal((await hangupOf(suite, id)).HangupCauseCode, '4000');
  });

  it('is refused with 403 with a wrong password', async () => {
    const phone = await phoneOf(alice, ALICE_HZ, { password: 'not-this-one' });
    await phone.waitForMessage(/SIP\/2\.0 403 /);
    assert.equal((await stateOf(alice)).sip_registered, 'false');
  });

  it('unregisters, and is not reached any more', async () => {
    const phone = await registered(alice, ALICE_HZ);
    await phone.stop();
    const state = await isRegistered(alice, 'false');
    assert.equal(state.sip_contact, undefined);
    const hangup = await hangupOf(suite, await makeCall(alice.uri));
    assert.deepEqual(
      [hangup.HangupCauseCode, hangup.HangupSource, hangup.CallStatus, hangup.AnswerTime],
      ['2020', 'Plivo', 'failed', ''],
    );
  });

  it('cannot call as an endpoint whose password it does not know', async () => {
    suite.on('/endpoint', xml('<Speak>never</Speak>'));
    const phone = await phoneOf(alice, ALICE_HZ, { password: 'not-this-one' });
    phone.command('dial', `sip:${NUMBER}@${alice.uri.split('@')[1]}`);
    await phone.waitFor('CALL_CLOSED');
    assert.equal(suite.app.on('/endpoint').length, asked);
  });
});
