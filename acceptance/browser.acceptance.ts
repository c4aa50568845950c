import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { call } from './api.ts';
import { BrowserPhone } from './browser.ts';
import { answeredCall, startVoice, type VoiceSuite, xml } from './voice.ts';

const PASSWORD = 'password-of-a-browser';
const ALICE_HZ = 500;
const PLAYED_HZ = 900;

interface Account {
  readonly username: string;
  readonly uri: string;
}

describe('the Browser SDK in Chromium', () => {
  let suite: VoiceSuite;
  let alice: Account;
  let appId = '';
  let asked = 0;
  let started: BrowserPhone[] = [];

  const create = async (name: string): Promise<Account> => {
    const made = await call(suite.server, 'Endpoint/', {
      body: { username: name, password: PASSWORD, alias: name, app_id: appId },
    });
    assert.equal(made.status, 201, made.text);
    const { sip_uri } = (await call(suite.server, `Endpoint/${String(made.json.endpoint_id)}/`)).json;
    return { username: String(made.json.username), uri: String(sip_uri) };
  };
  const browser = async (frequency: number, sdk: Record<string, unknown> = {}): Promise<BrowserPhone> => {
    const phone = await BrowserPhone.start({
      frequency,
      sdk: { registrationDomainSocket: [`${suite.server.url.replace('http', 'ws')}/signalling`], ...sdk },
    });
    started.push(phone);
    return phone;
  };

  before(async () => {
    suite = await startVoice('browser');
    const app = await call(suite.server, 'Application/', {
      body: { app_name: 'browsers', answer_url: suite.app.url('/browser'), hangup_url: suite.app.url('/hangup') },
    });
    appId = String(app.json.app_id);
    alice = await create('alice');
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
    it(`registers, calls, and hears a file over ${codec}`, async () => {
      const phone = await browser(ALICE_HZ, { codecs: [codec] });
      await phone.login(alice.username, PASSWORD);
      suite.on('/browser', xml(`<Play loop="0">${suite.tone(PLAYED_HZ, 1000)}</Play>`));
      await phone.call('14155550999');
      await phone.waitFor('onCallAnswered');
      await phone.waitFor('onMediaConnected');
      await phone.hears(PLAYED_HZ);
      const facts = await answeredCall(suite, asked, '/browser');
      assert.equal(facts.From, alice.uri);
      assert.equal(await phone.run('phone.client.getCallUUID()'), facts.CallUUID);
      await phone.run('phone.client.hangup()');
      await phone.waitFor('onCallTerminated');
    });
  }
});
