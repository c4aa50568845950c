import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SipRig } from '../../../testkit/sip-rig.ts';
import { ha1Of } from '../digest.ts';
import { MemoryBindingStore } from './binding.ts';
import { OutboundRegistration, type OutboundRegistrationState } from './outbound-registration.ts';
import { Registrar } from './registrar.ts';

const REGISTRAR = '192.0.2.10';
const PHONE = '192.0.2.20';
const REALM = 'ringdown';

async function rig() {
  const net = new SipRig();
  const stack = await net.stack(REGISTRAR);
  const store = new MemoryBindingStore();
  const changes: string[] = [];
  const registrar = new Registrar({
    clock: net.clock,
    random: stack.services.random,
    realm: REALM,
    lookup: (username) => (username === 'bob' ? ha1Of('bob', REALM, 'secret') : undefined),
    store,
    onChange: (username, bindings) => changes.push(`${username} ${bindings.length}`),
  });
  stack.onRegister(registrar.handle);
  return { net, stack, store, registrar, changes };
}

async function registration(net: SipRig, credentials = { username: 'bob', password: 'secret' }, address = PHONE) {
  const phone = await net.stack(address);
  const states: OutboundRegistrationState[] = [];
  const outbound = new OutboundRegistration(phone.services, {
    registrar: `sip:${REGISTRAR}`,
    address: `sip:${credentials.username}@${REGISTRAR}`,
    credentials,
    expires: 600,
    onState: (state) => states.push(state),
  });
  return { phone, outbound, states };
}

describe('registration', () => {
  it('takes a phone that knows the password, refreshes, and is taken back', async () => {
    const { net, registrar, store, changes } = await rig();
    const { outbound, states } = await registration(net);
    outbound.start();
    await net.clock.advance(200);
    assert.deepEqual(states, [{ kind: 'registered', expiresSeconds: 600 }]);
    const [binding] = await registrar.bindings('bob');
    assert.equal(binding?.contact, `sip:bob@${PHONE}:5060`);
    assert.deepEqual(binding?.place, { transport: 'udp', address: PHONE, port: 5060 });
    await net.clock.advance(2_000_000);
    assert.equal(states.length, 4);
    assert.equal((await registrar.bindings('bob')).length, 1);
    const stopped = outbound.stop();
    await net.clock.advance(200);
    await stopped;
    assert.equal(store.size, 0);
    assert.equal(changes.at(-1), 'bob 0');
    registrar.stop();
    await net.assertClean();
  });

  it('refuses a wrong password by 403, and the phone backs off', async () => {
    const { net, registrar } = await rig();
    const { outbound, states } = await registration(net, { username: 'bob', password: 'wrong' });
    outbound.start();
    await net.clock.advance(200);
    const [state] = states;
    assert.ok(state?.kind === 'failed' && state.status === 403 && state.retryMs >= 60_000);
    assert.deepEqual(await registrar.bindings('bob'), []);
    await outbound.stop();
    await net.assertClean();
  });

  it('forgets a phone that stops refreshing', async () => {
    const { net, registrar, changes, store } = await rig();
    const { outbound } = await registration(net);
    outbound.start();
    await net.clock.advance(200);
    net.network.partition(REGISTRAR, PHONE);
    await net.clock.advance(610_000);
    assert.deepEqual(await registrar.bindings('bob'), []);
    assert.equal(changes.at(-1), 'bob 0');
    assert.equal(store.size, 0);
    await outbound.stop();
    await net.assertClean();
  });

  it('keeps the public place of a phone behind a NAT, and calls it there', async () => {
    const { net, registrar, stack } = await rig();
    net.network.nat(PHONE, '203.0.113.5');
    const { outbound, phone } = await registration(net);
    outbound.start();
    await net.clock.advance(200);
    const [binding] = await registrar.bindings('bob');
    assert.equal(binding?.place.address, '203.0.113.5');
    phone.onInvite((invite) => invite.reject(486));
    const call = stack.invite({
      target: binding.contact,
      via: { place: binding.place },
      from: `sip:a@${REGISTRAR}`,
      to: 'sip:bob@x.example',
      sdp: 'v=0',
    });
    await net.clock.advance(200);
    const result = await call.result;
    assert.ok(result.kind === 'failed' && result.status === 486);
    const stopped = outbound.stop();
    await net.clock.advance(200);
    await stopped;
    registrar.stop();
    await net.assertClean();
  });

  it('tells a phone that asks for too little by 423 what would do, and the phone takes that', async () => {
    const { net, registrar } = await rig();
    const phone = await net.stack(PHONE);
    const states: OutboundRegistrationState[] = [];
    const outbound = new OutboundRegistration(phone.services, {
      registrar: `sip:${REGISTRAR}`,
      address: `sip:bob@${REGISTRAR}`,
      credentials: { username: 'bob', password: 'secret' },
      expires: 30,
      onState: (state) => states.push(state),
    });
    outbound.start();
    await net.clock.advance(500);
    assert.deepEqual(states, [{ kind: 'registered', expiresSeconds: 60 }]);
    const stopped = outbound.stop();
    await net.clock.advance(200);
    await stopped;
    registrar.stop();
    await net.assertClean();
  });

  it('tries again with growing waits while the registrar is away', async () => {
    const net = new SipRig();
    const { outbound, states } = await registration(net);
    outbound.start();
    await net.clock.advance(600_000);
    const waits = states.map((state) => (state.kind === 'failed' ? state.retryMs : 0));
    assert.ok(waits.length >= 5);
    assert.ok((waits.at(-1) ?? 0) > 8 * (waits[0] ?? 0), `${waits}`);
    await outbound.stop();
    await net.assertClean();
  });
});
