import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { call, list } from './api.ts';
import { Baresip, type BaresipOptions } from './baresip.ts';
import { type LoopbackCertificate, loopbackCertificate } from './certificate.ts';
import { phoneCalls, phoneDials } from './phones.ts';
import { AUTH_ID } from './server.ts';
import { millisecondsOf, samplesOf } from './tones.ts';
import { answeredCall, hangupOf, mediaOf, NUMBER, type Step, startVoice, stepsOf, type VoiceSuite, xml } from './voice.ts';
import { eventually } from './wait.ts';

const PASSWORD = 'password-of-a-phone';
const ALICE_HZ = 500;
const BOB_HZ = 700;
const PLAYED_HZ = 900;
const SUITE = /^AES_(CM_128|256_CM)_HMAC_SHA1_(80|32)$/;
/** A number that the simulator answers. */
const ANYBODY = '14155550177';

interface Account {
  readonly endpointId: string;
  readonly username: string;
  readonly uri: string;
}

/** How the audio of a call was encrypted; undefined = in clear. Keys are in no step. */
function suiteOf(steps: readonly Step[]): unknown {
  assert.ok(!/inline:|[A-Za-z0-9+/]{40}/.test(JSON.stringify(steps)), 'no keys in the timeline');
  return steps.find(({ event }) => event === 'media_encrypted')?.detail.suite;
}

describe("Debian's baresip with SRTP over TLS", () => {
  let suite: VoiceSuite;
  let certificate: LoopbackCertificate;
  let alice: Account;
  let bob: Account;
  let started: Baresip[] = [];
  let asked = 0;

  before(async () => {
    certificate = await loopbackCertificate();
    suite = await startVoice('baresip-srtp', {}, { NODE_EXTRA_CA_CERTS: certificate.certFile });
    const app = await call(suite.server, 'Application/', {
      body: { app_name: 'endpoints', answer_url: suite.app.url('/endpoint'), hangup_url: suite.app.url('/hangup') },
    });
    const create = async (name: string): Promise<Account> => {
      const made = await call(suite.server, 'Endpoint/', {
        body: { username: name, password: PASSWORD, alias: name, app_id: String(app.json.app_id) },
      });
      const endpointId = String(made.json.endpoint_id);
      const { sip_uri } = (await call(suite.server, `Endpoint/${endpointId}/`)).json;
      return { endpointId, username: String(made.json.username), uri: String(sip_uri) };
    };
    alice = await create('alice');
    bob = await create('bob');
  });
  after(async () => {
    const log = await suite?.server.logText();
    await suite?.dispose();
    await certificate?.remove();
    assert.doesNotMatch(log ?? '', /inline:/, 'no keys in the log');
  });
  beforeEach(() => {
    asked = suite.app.on('/endpoint').length;
  });
  afterEach(async () => {
    await Promise.all(started.map((phone) => phone.stop()));
    started = [];
  });

  const phoneOf = async (account: Account, frequency: number, more: Partial<BaresipOptions> = {}): Promise<Baresip> => {
    const phone = await Baresip.start({
      username: account.username,
      password: PASSWORD,
      domain: account.uri.split('@')[1] ?? '',
      sipPort: suite.server.sipPort + (more.transport === 'udp' ? 0 : 1),
      transport: 'tls',
      frequency,
      ...more,
    });
    started.push(phone);
    await eventually('registration', async () => {
      const { json } = await call(suite.server, `Endpoint/${account.endpointId}/`);
      return json.sip_registered === 'true' ? true : undefined;
    });
    return phone;
  };
  const encrypted = { mediaEncryption: 'srtp-mand' } as const;
  const makeCall = async (to: string): Promise<string> => {
    const made = await call(suite.server, 'Call/', {
      body: { from: NUMBER, to, answer_url: suite.app.url('/made'), hangup_url: suite.app.url('/hangup') },
    });
    assert.equal(made.status, 201, made.text);
    return String(made.json.request_uuid);
  };
  /** What a Record whose action is this path has heard. */
  const heardBy = async (path: string): Promise<Int16Array> => {
    const { params } = await suite.app.waitFor('recording', (request) => request.path === path);
    const wav = await eventually('recording file', async () => {
      const answer = await fetch(String(params.RecordUrl));
      return answer.ok ? Buffer.from(await answer.arrayBuffer()) : undefined;
    });
    return samplesOf(wav);
  };
  const record = (path: string) => `<Record action="${suite.app.url(path)}" maxLength="1" fileFormat="wav" playBeep="false"/>`;

  it('calls its application, hears it, and is heard', async () => {
    const phone = await phoneOf(alice, ALICE_HZ, encrypted);
    suite.on('/endpoint', xml(`<Play>${suite.tone(PLAYED_HZ, 1500)}</Play>${record('/heard-calling')}`));
    suite.on('/heard-calling', xml('<Wait length="9"/>'));
    phone.command('dial', `sip:+${NUMBER}@${alice.uri.split('@')[1]}`);
    await phone.waitForMessage(/m=audio \d+ RTP\/SAVP /);
    await phone.hears(PLAYED_HZ, 1200);
    assert.ok(millisecondsOf(ALICE_HZ, await heardBy('/heard-calling')) > 500, 'it is heard');
    const { CallUUID } = await answeredCall(suite, asked, '/endpoint');
    phone.command('hangup');
    const steps = await stepsOf(suite.server, String(CallUUID));
    assert.match(String(suiteOf(steps)), SUITE);
    assert.ok(Number(mediaOf(steps).packets_received) > 40, JSON.stringify(mediaOf(steps)));
  });

  it('is called with keys, hears a file, is heard, also after a hold', async () => {
    const phone = await phoneOf(bob, BOB_HZ, encrypted);
    suite.on('/made', xml(`<Play>${suite.tone(PLAYED_HZ, 1500)}</Play><Wait length="30"/>`));
    suite.on('/resumed', xml(record('/heard-called')));
    suite.on('/heard-called', xml('<Wait length="9"/>'));
    const id = await makeCall(bob.uri);
    await phone.hears(PLAYED_HZ, 1200);
    phone.command('hold');
    await phone.waitForMessage(/a=recvonly/);
    phone.command('resume');
    await phone.waitForMessage(/a=recvonly[\s\S]*SIP\/2\.0 200 OK[\s\S]*a=sendrecv/);
    await call(suite.server, `Call/${id}/`, { body: { legs: 'aleg', aleg_url: suite.app.url('/resumed') } });
    assert.ok(millisecondsOf(BOB_HZ, await heardBy('/heard-called')) > 500, 'it is heard after the hold');
    phone.command('hangup');
    assert.equal((await hangupOf(suite, id)).HangupCauseCode, '4000');
    assert.match(String(suiteOf(await stepsOf(suite.server, id))), SUITE);
  });

  it('is connected with a phone in clear, and both hear each other', async () => {
    const from = await phoneOf(alice, ALICE_HZ, encrypted);
    const to = await phoneOf(bob, BOB_HZ, { transport: 'udp' });
    suite.on('/endpoint', xml(`<Dial action="${suite.app.url('/dialled')}"><User>${bob.uri}</User></Dial>`));
    const before = suite.app.on('/dialled').length;
    from.command('dial', `sip:bob@${bob.uri.split('@')[1]}`);
    await Promise.all([to.hears(ALICE_HZ, 1000), from.hears(BOB_HZ, 1000)]);
    const { CallUUID } = await answeredCall(suite, asked, '/endpoint');
    to.command('hangup');
    const dialled = await eventually('action of Dial', () => suite.app.on('/dialled').slice(before)[0]?.params);
    assert.equal(suiteOf(await stepsOf(suite.server, String(dialled.DialBLegUUID))), undefined);
    assert.match(String(suiteOf(await stepsOf(suite.server, String(CallUUID)))), SUITE);
  });

  it('is called over TLS in clear where it knows no SRTP', async () => {
    const phone = await phoneOf(bob, BOB_HZ);
    suite.on('/made', xml(`<Play>${suite.tone(PLAYED_HZ, 1500)}</Play>`));
    const id = await makeCall(bob.uri);
    await phone.hears(PLAYED_HZ, 1200);
    const steps = await stepsOf(suite.server, id);
    assert.equal(suiteOf(steps), undefined);
    assert.ok(
      steps.some(({ event }) => event === 'srtp_refused' || event === 'srtp_ignored'),
      'the timeline tells that it was offered',
    );
  });

  it('calls over a secure trunk of its own, whose record says so; in clear it is refused', async () => {
    const login = { username: 'our-pbx', password: PASSWORD };
    const credential = await call(suite.server, 'Zentrunk/Credential/', { body: { name: 'pbx', ...login } });
    assert.equal(credential.status, 201, credential.text);
    const made = await call(suite.server, 'Zentrunk/Trunk/', {
      body: { name: 'out', trunk_direction: 'outbound', secure: true, credential_uuid: String(credential.json.credential_uuid) },
    });
    assert.equal(made.status, 201, made.text);
    const domain = `${String(made.json.trunk_id)}.zt.plivo.com`;
    const system = (more: Partial<BaresipOptions>) =>
      Baresip.start({
        username: `+${NUMBER}`,
        authUser: login.username,
        password: login.password,
        domain,
        sipPort: suite.server.sipPort + 1,
        transport: 'tls',
        frequency: ALICE_HZ,
        registers: false,
        ...more,
      }).then((phone) => {
        started.push(phone);
        phone.command('dial', `sip:+${ANYBODY}@${domain}`);
        return phone;
      });
    const plain = await system({});
    await plain.waitForMessage(/SIP\/2\.0 488 /);
    const unprotected = await system({ ...encrypted, transport: 'udp', sipPort: suite.server.sipPort });
    await unprotected.waitForMessage(/SIP\/2\.0 403 /);
    const phone = await system(encrypted);
    await phone.waitFor('CALL_ESTABLISHED');
    phone.command('hangup');
    const record = await eventually('record of the trunk', async () => {
      const { json } = await call(suite.server, 'Zentrunk/Call/');
      return list(json.objects)[0];
    });
    assert.deepEqual(
      [record.secure_trunking, record.srtp, record.trunk_id, record.call_direction],
      [true, true, made.json.trunk_id, 'outbound'],
    );
    assert.match(String(record.resource_uri), new RegExp(AUTH_ID));
  });

  it('is called over a secure trunk for a number, on a TLS connection whose certificate is checked', async () => {
    const pbx = {
      username: `+${NUMBER}`,
      password: '',
      domain: '127.0.0.1',
      sipPort: 9,
      transport: 'tls',
      registers: false,
    } as const;
    const phone = await Baresip.start({ ...pbx, ...encrypted, frequency: BOB_HZ, certificate: certificate.identityFile });
    started.push(phone);
    const uri = await call(suite.server, 'Zentrunk/URI/', { body: { name: 'pbx', uri: `127.0.0.1:${phone.port + 1}` } });
    const made = await call(suite.server, 'Zentrunk/Trunk/', {
      body: { name: 'in', trunk_direction: 'inbound', secure: true, primary_uri_uuid: String(uri.json.uri_uuid) },
    });
    assert.equal(made.status, 201, made.text);
    const trunk = String(made.json.trunk_id);
    const changed = await call(suite.server, `Number/${NUMBER}/`, { body: { app_id: trunk } });
    assert.equal(changed.status, 202, changed.text);
    await phoneDials(suite.server, ANYBODY, NUMBER, [
      { do: 'tone', hz: PLAYED_HZ, ms: 2000 },
      { do: 'hear', tone: BOB_HZ, ms: 500, within_ms: 8000 },
      { do: 'hang_up' },
    ]);
    await phone.waitForMessage(/m=audio \d+ RTP\/SAVP /);
    await phone.hears(PLAYED_HZ, 1000);
    await phone.waitFor('CALL_CLOSED');
    const [heard] = await phoneCalls(suite.server, ANYBODY).then((calls) => calls.filter(({ to }) => to === NUMBER));
    assert.deepEqual([heard?.scriptError, heard?.heard.some(({ hz }) => hz === BOB_HZ)], [undefined, true]);
    const record = await eventually(
      'record of the trunk',
      async () => list((await call(suite.server, 'Zentrunk/Call/?call_direction=inbound')).json.objects)[0],
    );
    assert.deepEqual([record.secure_trunking, record.trunk_id], [true, trunk]);

    // Another certificate than the system trusts: there is no call.
    const stranger = await loopbackCertificate();
    const impostor = await Baresip.start({ ...pbx, ...encrypted, frequency: BOB_HZ, certificate: stranger.identityFile });
    started.push(impostor);
    await call(suite.server, `Zentrunk/URI/${String(uri.json.uri_uuid)}/`, { body: { uri: `127.0.0.1:${impostor.port + 1}` } });
    const refused = await phoneDials(suite.server, ANYBODY, NUMBER, [{ do: 'wait', ms: 100 }]);
    const end = await eventually('its end', async () =>
      (await phoneCalls(suite.server, ANYBODY)).find(({ id, endedAt }) => id === refused && endedAt !== undefined),
    );
    assert.equal(end.answeredAt, undefined);
    await stranger.remove();
  });
});
