import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { digestHash } from '../src/sip/digest.ts';
import { createDigestVerifier } from '../src/sip/digest-verifier.ts';
import { MemoryBindingStore } from '../src/sip/registration/binding.ts';
import { Registrar } from '../src/sip/registration/registrar.ts';
import { createPhone, type Phone } from './phone.ts';
import { ScriptedMedia } from './scripted-media.ts';
import { SipRig, seededRandom } from './sip-rig.ts';

const REALM = 'phone.test';
const ANSWER = 'v=0\r\no=- 2 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 5000 RTP/AVP 0\r\n';

describe('a phone for tests', () => {
  const rig = new SipRig();
  const { clock } = rig;
  const lookup = async (username: string) =>
    username === 'anna'
      ? { md5: digestHash('MD5', `anna:${REALM}:secret`), sha256: digestHash('SHA-256', `anna:${REALM}:secret`) }
      : undefined;
  let registrar: Registrar;
  const phones: Phone[] = [];

  const phone = async (address: string, password: string) => {
    const made = await createPhone({
      target: { transport: 'udp', address: '192.0.2.1', port: 5060 },
      network: rig.network.hostNetwork(address),
      clock,
      media: new ScriptedMedia(clock),
      address,
      username: 'anna',
      password,
    });
    phones.push(made);
    return made;
  };

  before(async () => {
    const server = await rig.stack('192.0.2.1');
    const random = seededRandom(3);
    registrar = new Registrar({ clock, random, realm: REALM, lookup, store: new MemoryBindingStore() });
    const verifier = createDigestVerifier({ clock, random, realm: REALM });
    server.onRegister(registrar.handle);
    server.onInvite(async (invite) => {
      const { method, uri, body, headers } = invite.request;
      const verdict = await verifier.verify({ method, uri, body, credentials: headers.all('Proxy-Authorization') }, lookup);
      if (verdict.kind === 'ok') await invite.accept(ANSWER);
      else if (verdict.kind === 'absent') invite.challenge(verifier.challenge({ stale: false }), 'proxy');
      else invite.reject(403);
    });
  });
  after(async () => {
    const closed = Promise.all(phones.map((one) => one.close()));
    await clock.advance(10_000);
    await closed;
    registrar.stop();
    await rig.assertClean();
    assert.deepEqual(rig.errors, []);
  });

  it('registers and unregisters with digest', async () => {
    const anna = await phone('192.0.2.11', 'secret');
    const registered = anna.register();
    await clock.advance(200);
    assert.equal((await registered).kind, 'registered');
    const [binding] = await registrar.bindings('anna');
    assert.match(binding?.contact ?? '', /^sip:anna@192\.0\.2\.11:/);
    const left = anna.unregister();
    await clock.advance(200);
    await left;
    assert.deepEqual(await registrar.bindings('anna'), []);
  });

  it('is told that its password is wrong', async () => {
    const anna = await phone('192.0.2.12', 'guess');
    const registered = anna.register();
    const call = anna.dial('bert');
    await clock.advance(200);
    const state = await registered;
    assert.deepEqual([state.kind, state.kind === 'failed' && state.status], ['failed', 403]);
    assert.equal((await call.ended).status, 403);
  });

  it('calls with digest, and says when nothing comes', async () => {
    const anna = await phone('192.0.2.13', 'secret');
    const calling = anna.call('bert');
    await clock.advance(200);
    const call = await calling;
    assert.equal(call.state, 'answered');
    const failures = [
      assert.rejects(call.hears({ tone: 440 }, 500), /200 ms of 440 Hz not heard within 500 ms/),
      assert.rejects(call.hasEnded(500), /waited 500 ms for the end of the call/),
      assert.rejects(anna.incoming(500), /no call came within 500 ms/),
    ];
    await clock.advance(600);
    await Promise.all(failures);
    call.hangUp();
    await clock.advance(200);
  });
});
