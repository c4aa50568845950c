import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { call } from './api.ts';
import { BrowserPhone } from './browser.ts';
import { msOf, phoneAnswers, phoneCall, phoneDials } from './phones.ts';
import { AUTH_ID } from './server.ts';
import { TlsFront } from './tls-front.ts';
import { answeredCall, hangupOf, NUMBER, recordOf, startVoice, type VoiceSuite, xml } from './voice.ts';
import { eventually } from './wait.ts';

const PASSWORD = 'password-of-a-browser';
/** What the browsers and phones say; each falls on a bin of the browser's analyser. */
const ALICE_HZ = 500;
const BOB_HZ = 700;
const PLAYED_HZ = 900;
const PHONE_HZ = 1100;
const PHONE = '14155550177';
const TALKS = [{ do: 'answer' }, { do: 'tone', hz: PHONE_HZ, ms: 60_000 }];

interface Account {
  readonly username: string;
  readonly uri: string;
}

describe('the Browser SDK in Chromium', () => {
  let suite: VoiceSuite;
  let alice: Account;
  let bob: Account;
  let appId = '';
  /** Requests of the browsers' document before the test. */
  let asked = 0;
  let started: BrowserPhone[] = [];

  const create = async (name: string): Promise<Account> => {
    const body = { username: name, password: PASSWORD, alias: name, app_id: appId };
    const made = await call(suite.server, 'Endpoint/', { body });
    assert.equal(made.status, 201, made.text);
    const { sip_uri } = (await call(suite.server, `Endpoint/${String(made.json.endpoint_id)}/`)).json;
    return { username: String(made.json.username), uri: String(sip_uri) };
  };
  const signalling = (): string => `${suite.server.url.replace('http', 'ws')}/signalling`;
  const browser = async (
    frequency: number,
    sdk: Record<string, unknown> = {},
    chromium: readonly string[] = [],
  ): Promise<BrowserPhone> => {
    const phone = await BrowserPhone.start({
      frequency,
      sdk: { registrationDomainSocket: [signalling()], ...sdk },
      arguments: chromium,
    });
    started.push(phone);
    return phone;
  };
  const loggedIn = async (account: Account, frequency: number, sdk: Record<string, unknown> = {}): Promise<BrowserPhone> => {
    const phone = await browser(frequency, sdk);
    await phone.login(account.username, PASSWORD);
    return phone;
  };
  const dial = (what: string): string => xml(`<Dial callerId="${NUMBER}" action="${suite.app.url('/dialled')}">${what}</Dial>`);
  const dialled = async (from: number) =>
    await eventually('action of Dial', () => suite.app.on('/dialled').slice(from)[0]?.params, 20_000);
  /** Waits until the virtual phone has heard so much of a tone in its latest call. */
  const phoneHears = async (hz: number, ms: number) =>
    await phoneCall(suite.server, PHONE, (made) => made.state === 'answered' && msOf(made, 'tone', hz) >= ms);
  const makeToken = async (claims: Record<string, unknown>): Promise<string> => {
    const made = await call(suite.server, 'JWT/Token/', { body: { iss: AUTH_ID, ...claims } });
    assert.equal(made.status, 200, made.text);
    return String(made.json.token);
  };

  before(async () => {
    suite = await startVoice('browser');
    const app = await call(suite.server, 'Application/', {
      body: { app_name: 'browsers', answer_url: suite.app.url('/browser'), hangup_url: suite.app.url('/hangup') },
    });
    appId = String(app.json.app_id);
    alice = await create('alice');
    bob = await create('bob');
    await phoneAnswers(suite.server, PHONE, TALKS);
  });
  after(() => suite?.dispose());
  beforeEach(() => {
    asked = suite.app.on('/browser').length;
  });
  afterEach(async () => {
    await Promise.all(started.map((phone) => phone.stop()));
    started = [];
  });

  for (const codec of ['OPUS', 'PCMU'] as const) {
    it(`registers, calls a number, and both hear each other over ${codec}`, async () => {
      const phone = await loggedIn(alice, ALICE_HZ, { codecs: [codec] });
      suite.on('/browser', dial(`<Number>${PHONE}</Number>`));
      await phone.call(PHONE, { 'X-PH-Ticket': 'A17' });
      await phone.waitFor('onCallAnswered');
      await phone.waitFor('onMediaConnected');
      await phone.hears(PHONE_HZ);
      await phoneHears(ALICE_HZ, 1000);
      const facts = await answeredCall(suite, asked, '/browser');
      assert.deepEqual([facts.From, facts.Direction, facts.SIPAuthUser], [alice.uri, 'inbound', alice.username]);
      assert.deepEqual([facts.To, facts['X-PH-Ticket']], [PHONE, 'A17']);
      assert.equal(await phone.run('phone.client.getCallUUID()'), facts.CallUUID);
      await phone.run('phone.client.hangup()');
      await phone.waitFor('onCallTerminated');
      const record = await recordOf(suite.server, String(facts.CallUUID));
      assert.deepEqual([record.hangup_cause_code, record.hangup_source], [4000, 'Caller']);
    });
  }

  it('sends keys, which GetDigits gets', async () => {
    const phone = await loggedIn(alice, ALICE_HZ);
    const before = suite.app.on('/digits').length;
    suite.on(
      '/browser',
      xml(`<GetDigits action="${suite.app.url('/digits')}" numDigits="4" timeout="20"><Wait length="1"/></GetDigits>`),
    );
    suite.on('/digits', xml('<Wait length="30"/>'));
    await phone.call('14155550999');
    await phone.waitFor('onCallAnswered');
    for (const key of '47#1') await phone.run(`phone.client.sendDtmf('${key === '#' ? '9' : key}')`);
    const digits = await eventually('digits', () => suite.app.on('/digits').slice(before)[0]?.params, 20_000);
    assert.equal(digits.Digits, '4791');
  });

  it('calls another browser, both hear each other, keys go through, and the other one hangs up', async () => {
    const [from, to] = await Promise.all([loggedIn(alice, ALICE_HZ), loggedIn(bob, BOB_HZ)]);
    const before = suite.app.on('/dialled').length;
    suite.on('/browser', dial(`<User sipHeaders="Ticket=A17">${bob.uri}</User>`));
    await from.call('bob');
    const incoming = await to.waitFor('onIncomingCall');
    assert.equal(incoming.args[0], `+${NUMBER}@phone.plivo.com`);
    assert.deepEqual(incoming.args[1], { 'X-Ph-Ticket': 'A17' });
    await to.run('phone.client.answer()');
    await from.waitFor('onCallAnswered');
    await Promise.all([from.hears(BOB_HZ), to.hears(ALICE_HZ)]);
    await from.run(`phone.client.sendDtmf('5')`);
    const pressed = await to.waitFor('onDtmfReceived');
    assert.match(JSON.stringify(pressed.args), /"tone":"5"/);
    await to.run('phone.client.hangup()');
    await from.waitFor('onCallTerminated');
    const { DialStatus, DialHangupCause } = await dialled(before);
    assert.deepEqual([DialStatus, DialHangupCause], ['completed', 'NORMAL_CLEARING']);
  });

  it('is called by a phone, mutes and unmutes, and hangs up', async () => {
    const phone = await loggedIn(alice, ALICE_HZ);
    suite.answerWith(dial(`<User>${alice.uri}</User>`));
    await phoneDials(suite.server, PHONE, NUMBER, [{ do: 'tone', hz: PHONE_HZ, ms: 60_000 }]);
    await phone.waitFor('onIncomingCall');
    await phone.run('phone.client.answer()');
    await phone.waitFor('onCallAnswered');
    await phone.hears(PHONE_HZ);
    const { id } = await phoneHears(ALICE_HZ, 500);
    const silence = () => phoneCall(suite.server, PHONE, (now) => now.id === id && now.heard.at(-1)?.kind === 'silence');
    const voice = () => phoneCall(suite.server, PHONE, (now) => now.id === id && now.heard.at(-1)?.kind === 'tone');
    await phone.run('phone.client.mute()');
    await silence();
    await phone.run('phone.client.unmute()');
    await voice();
    await phone.run('phone.client.hangup()');
    await phone.waitFor('onCallTerminated');
  });

  it('holds by its SIP session and comes back: nobody hears it meanwhile, and then both hear each other again', async () => {
    const phone = await loggedIn(alice, ALICE_HZ);
    suite.on('/browser', dial(`<Number>${PHONE}</Number>`));
    await phone.call(PHONE);
    await phone.waitFor('onCallAnswered');
    await phone.hears(PHONE_HZ);
    const { id } = await phoneHears(ALICE_HZ, 1000);
    const last = (kind: string) => phoneCall(suite.server, PHONE, (now) => now.id === id && now.heard.at(-1)?.kind === kind);
    // The SDK has no hold of its own (browser-sdk.md §6): what a page does with the session beneath it.
    const session = 'phone.client._currentSession.session';
    // The session mutes the track it began with. When the browser tells of a change of its devices the SDK sends another one instead.
    const microphone = (on: boolean) =>
      phone.run(`void ${session}.connection.getSenders().forEach(({ track }) => { if (track) track.enabled = ${on}; })`);
    assert.equal(await phone.run(`${session}.hold()`), true);
    await microphone(false);
    await last('silence');
    await eventually('a session that may come back', () => phone.run(`${session}.unhold()`));
    await microphone(true);
    await last('tone');
    await phone.hears(PHONE_HZ);
    await phone.run('phone.client.hangup()');
    await phone.waitFor('onCallTerminated');
  });

  it('is called by the API, and rejects: the caller is told that it is busy', async () => {
    const phone = await loggedIn(bob, BOB_HZ);
    const made = await call(suite.server, 'Call/', {
      body: { from: NUMBER, to: bob.uri, answer_url: suite.app.url('/made'), hangup_url: suite.app.url('/hangup') },
    });
    assert.equal(made.status, 201, made.text);
    await phone.waitFor('onIncomingCall');
    await phone.run('phone.client.reject()');
    const hangup = await hangupOf(suite, String(made.json.request_uuid));
    assert.deepEqual([hangup.HangupCauseName, hangup.CallStatus], ['Busy Line', 'busy']);
  });

  it('does not get in with another password', async () => {
    const phone = await browser(ALICE_HZ);
    await phone.run(`phone.client.login('${alice.username}', 'not-the-password')`);
    const failed = await phone.waitFor('onLoginFailed');
    assert.equal(failed.args[0], 'Rejected');
  });

  it('logs in with an access token, calls and is called', async () => {
    const per = { voice: { incoming_allow: true, outgoing_allow: true } };
    const phone = await browser(ALICE_HZ);
    await phone.run(`phone.client.loginWithAccessToken('${await makeToken({ sub: alice.username, per })}')`);
    await phone.waitFor('onLogin');
    suite.on('/browser', xml(`<Play loop="0">${suite.tone(PLAYED_HZ, 1000)}</Play>`));
    await phone.call('14155550999');
    await phone.waitFor('onCallAnswered');
    await phone.hears(PLAYED_HZ);
    const facts = await answeredCall(suite, asked, '/browser');
    assert.deepEqual([facts.From, facts.SIPAuthUser], [alice.uri, alice.username]);
    await phone.run('phone.client.hangup()');
    await phone.waitFor('onCallTerminated');

    const before = (await phone.events()).length;
    suite.on('/made', xml(`<Play loop="0">${suite.tone(PLAYED_HZ, 1000)}</Play>`));
    const made = await call(suite.server, 'Call/', { body: { from: NUMBER, to: alice.uri, answer_url: suite.app.url('/made') } });
    assert.equal(made.status, 201, made.text);
    await phone.waitFor('onIncomingCall', before);
    await phone.run('phone.client.answer()');
    await phone.waitFor('onCallAnswered', before);
    await phone.hears(PLAYED_HZ);
  });

  it('with a token is refused in the words of the SDK, and may do no more than it says', async () => {
    const per = { voice: { incoming_allow: false, outgoing_allow: true } };
    const genuine = await makeToken({ sub: alice.username, per });
    const phone = await browser(ALICE_HZ);
    const forged = `${genuine.slice(0, genuine.lastIndexOf('.'))}.${'A'.repeat(43)}`;
    await phone.run(`phone.client.loginWithAccessToken('${forged}')`);
    assert.equal((await phone.waitFor('onLoginFailed')).args[0], 'INVALID_ACCESS_TOKEN_SIGNATURE');

    const other = await browser(ALICE_HZ);
    await other.run(`phone.client.loginWithAccessToken('${genuine}')`);
    await other.waitFor('onLogin');
    const made = await call(suite.server, 'Call/', {
      body: { from: NUMBER, to: alice.uri, answer_url: suite.app.url('/made'), hangup_url: suite.app.url('/hangup') },
    });
    const hangup = await hangupOf(suite, String(made.json.request_uuid));
    assert.equal(hangup.HangupCauseCode, '2020', 'who may not be called is not reached');
  });

  it('with the names of hosts it has of itself, over TLS, and goes on with the call when its connection breaks', async () => {
    const front = await TlsFront.start('client.plivo.com', Number(new URL(suite.server.url).port));
    try {
      const phone = await browser(ALICE_HZ, { registrationDomainSocket: null }, [
        `--host-resolver-rules=MAP *.plivo.com:443 127.0.0.1:${front.port}`,
        '--ignore-certificate-errors',
      ]);
      await phone.login(alice.username, PASSWORD);
      suite.on('/browser', dial(`<Number>${PHONE}</Number>`));
      await phone.call(PHONE);
      await phone.waitFor('onCallAnswered');
      await phone.hears(PHONE_HZ);
      front.drop();
      // No event tells of it. What the SDK says when it has registered over the new connection and restarts ICE:
      await eventually('an offer over the new connection', () => phone.console.find((line) => line === 'Re-Invite Sent'), 30_000);
      await phone.hears(PHONE_HZ);
      const { id, heard } = await phoneHears(ALICE_HZ, 1000);
      const from = heard.at(-1)?.fromMs ?? 0;
      await phoneCall(suite.server, PHONE, (made) => {
        const last = made.heard.at(-1);
        return made.id === id && last?.kind === 'tone' && last.fromMs + last.ms > from + 2000;
      });
      await phone.run('phone.client.hangup()');
      await phone.waitFor('onCallTerminated');
    } finally {
      await front.stop();
    }
  });
});
