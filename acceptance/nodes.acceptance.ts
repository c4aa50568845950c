/** Two processes on one database: requests about what is live on one of them, made of the other. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { call, list, record } from './api.ts';
import { FarEnd, xml } from './far-end.ts';
import { OTHER_AUTH_ID, OTHER_AUTH_TOKEN, OWN_NUMBER } from './fixture.ts';
import { Postgres } from './postgres.ts';
import { type RingdownProcess, startServer } from './server.ts';
import { sine, wavOf } from './tones.ts';
import { FAR, voiceFixture } from './voice-fixture.ts';
import { eventually } from './wait.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

const INSTANCE_KEY = '5c'.repeat(32);
const ROOM = 'node room';
/** A node that is silent for 20 seconds is dead; then its work is taken over. */
const TAKE_OVER_MS = 60_000;

describe('two nodes', () => {
  let postgres: Postgres;
  let receiver: WebhookReceiver;
  let far: FarEnd;
  /** Makes the calls, and so has them. */
  let owner: RingdownProcess;
  let other: RingdownProcess;
  before(async () => {
    postgres = await Postgres.create();
    receiver = await WebhookReceiver.start();
    receiver.answer(({ path }) => {
      if (path === '/tone.wav') return { contentType: 'audio/wav', body: wavOf(sine(440, 2_000)) };
      return xml(path === '/room' ? `<Conference enterSound="">${ROOM}</Conference>` : '<Wait length="60"/>');
    });
    const env = { DATABASE_URL: postgres.url, RINGDOWN_INSTANCE_KEY: INSTANCE_KEY };
    owner = await startServer({ name: 'nodes-a', config: voiceFixture, env });
    other = await startServer({ name: 'nodes-b', config: voiceFixture, env });
    far = await FarEnd.start(owner);
  });
  after(async () => {
    await far?.stop();
    await other?.dispose();
    await owner?.dispose();
    await receiver?.stop();
    await postgres?.dispose();
  });

  /** A call of the owner that has been answered. */
  async function connected(path = '/stay'): Promise<string> {
    const made = await call(owner, 'Call/', { body: { from: OWN_NUMBER, to: FAR.answers, answer_url: receiver.url(path) } });
    const uuid = String(made.json.request_uuid);
    await receiver.waitFor(`answer of ${uuid}`, (got) => got.path === path && got.params.CallUUID === uuid);
    return uuid;
  }
  const hasEnded = (uuid: string) =>
    eventually(`record of ${uuid}`, async () => {
      const reply = await call(other, `Call/${uuid}/`);
      return reply.status === 200 ? reply.json : undefined;
    });

  it('every request about a call works on the node that does not have it', async () => {
    const uuid = await connected();
    // The state is written beside the request for the document.
    await eventually('the answered call', async () =>
      (await call(other, `Call/${uuid}/?status=live`)).json.call_status === 'in-progress' ? true : undefined,
    );
    const asked: [string, string, Record<string, unknown> | undefined, number][] = [
      ['POST', 'Play/', { urls: receiver.url('/tone.wav') }, 202],
      ['DELETE', 'Play/', undefined, 204],
      ['POST', 'Speak/', { text: 'hello' }, 202],
      ['DELETE', 'Speak/', undefined, 204],
      ['POST', 'DTMF/', { digits: '12' }, 202],
      ['POST', 'Record/', {}, 202],
      ['DELETE', 'Record/', undefined, 204],
      ['POST', '', { aleg_url: receiver.url('/moved') }, 202],
    ];
    for (const [method, path, body, status] of asked) {
      const reply = await call(other, `Call/${uuid}/${path}`, { method, ...(body && { body }) });
      assert.equal(reply.status, status, `${method} ${path}: ${reply.text}`);
    }
    await receiver.waitFor('the new document', (got) => got.path === '/moved' && got.params.CallUUID === uuid);
    assert.equal((await call(other, `Call/${uuid}/`, { method: 'DELETE' })).status, 204);
    assert.equal((await hasEnded(uuid)).hangup_cause_code, 4000);
    assert.equal((await call(other, `Call/${uuid}/`, { method: 'DELETE' })).status, 404);
  });

  it('faults are told as the owner tells them, and nobody reaches the call of somebody else', async () => {
    const uuid = await connected();
    const wrong = await call(other, `Call/${uuid}/`, { body: { legs: 'bleg', bleg_url: receiver.url('/b') } });
    assert.deepEqual([wrong.status, wrong.json.error], [400, 'the call has no B leg now']);
    const stranger = { url: other.url, authId: OTHER_AUTH_ID, authToken: OTHER_AUTH_TOKEN };
    assert.equal((await call(stranger, `Call/${uuid}/`, { method: 'DELETE' })).status, 404);
    await call(other, `Call/${uuid}/`, { method: 'DELETE' });
  });

  it('an asynchronous request is run on the node that has the call', async () => {
    const uuid = await connected();
    const body = { urls: receiver.url('/tone.wav'), callback_url: receiver.url('/async') };
    assert.equal((await call(other, `Call/${uuid}/Play/`, { body })).json.message, 'async api spawned');
    const told = await receiver.waitFor('the reply', (got) => got.path === '/async');
    assert.equal(told.params.status_code, '202');
    assert.equal(JSON.parse(told.params.response ?? '').message, 'play started');
    await call(other, `Call/${uuid}/`, { method: 'DELETE' });
  });

  it('conferences are listed, found and commanded on the other node, and all calls hung up', async () => {
    const uuid = await connected('/room');
    const path = `Conference/${encodeURIComponent(ROOM)}/`;
    await eventually('the member', async () => list((await call(owner, path)).json.members)[0]);
    assert.deepEqual((await call(other, 'Conference/')).json.conferences, [ROOM]);
    const [member] = list((await call(other, path)).json.members);
    assert.equal(record(member).call_uuid, uuid);
    const muted = await call(other, `${path}Member/all/Mute/`, { method: 'POST' });
    assert.equal(muted.status, 202, muted.text);
    assert.equal(record(list((await call(owner, path)).json.members)[0]).muted, true);
    assert.equal((await call(other, 'Conference/nowhere/')).status, 404);
    assert.equal((await call(other, 'Call/', { method: 'DELETE' })).status, 204);
    await hasEnded(uuid);
    assert.deepEqual((await call(other, 'Conference/')).json.conferences, []);
  });

  it('multiparty calls are found by name and commanded on the other node', async () => {
    const body = { role: 'agent', from: OWN_NUMBER, to: FAR.answers };
    const added = await call(owner, 'MultiPartyCall/name_support/Participant/', { body });
    assert.equal(added.status, 201, added.text);
    const participant = await eventually('the participant', async () => {
      const reply = await call(other, 'MultiPartyCall/name_support/Participant/');
      return list(reply.json.objects)[0];
    });
    const member = `MultiPartyCall/name_support/Participant/${String(participant.member_id)}/`;
    const muted = await call(other, member, { body: { mute: true } });
    assert.equal(muted.status, 202, muted.text);
    assert.equal((await call(owner, member)).json.mute, true);
    assert.equal((await call(other, 'MultiPartyCall/name_support/', { method: 'DELETE' })).status, 204);
    const isGone = async () => (await call(owner, 'MultiPartyCall/name_support/')).status === 404 || undefined;
    await eventually('its end', isGone);
  });

  it('nobody but a node tells a node anything', async () => {
    for (const body of [{}, { text: '{}', at: Date.now(), proof: '00'.repeat(32) }, 'text']) {
      const reply = await call(other, '/ringdown/v1/node/requests', { method: 'POST', body, anonymous: true });
      assert.ok(reply.status === 401 || reply.status === 400, reply.text);
    }
  });

  it('a call whose node has died is refused at once, and gone when the other node has taken over', async () => {
    const uuid = await connected();
    await owner.kill();
    const began = performance.now();
    const refused = await call(other, `Call/${uuid}/`, { method: 'DELETE' });
    assert.deepEqual([refused.status, refused.json.error_code], [503, 'unavailable']);
    assert.ok(Number(refused.headers.get('retry-after')) >= 1);
    assert.ok(performance.now() - began < 5_000);
    const gone = async () => (await call(other, `Call/${uuid}/`, { method: 'DELETE' })).status === 404 || undefined;
    await eventually('the end of the call', gone, TAKE_OVER_MS);
    assert.equal((await hasEnded(uuid)).hangup_cause_code, 5010);
  });
});
