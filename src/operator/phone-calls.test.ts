import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fastify } from 'fastify';
import { createPhone, type Phone } from '../../testkit/phone.ts';
import { ScriptedMedia } from '../../testkit/scripted-media.ts';
import { silentLog } from '../../testkit/silent-log.ts';
import { seededRandom } from '../../testkit/sip-rig.ts';
import { VirtualClock } from '../../testkit/virtual-clock.ts';
import { VirtualNetwork } from '../../testkit/virtual-network.ts';
import { VoicePhones } from '../carriers/simulator/voice/voice-phones.ts';
import { Problem } from '../errors/catalogue.ts';
import { createIds } from '../runtime/ids.ts';
import { registerPhoneCalls } from './phone-calls.ts';

const OWN = '14155550100';
const PHONE = '14155550123';

describe('calls of virtual phones over the operator API', () => {
  const clock = new VirtualClock();
  const network = new VirtualNetwork(clock);
  const random = seededRandom(1);
  const http = fastify();
  let phones: VoicePhones;
  let server: Phone;

  before(async () => {
    phones = new VoicePhones({
      clock,
      random,
      ids: createIds(clock, random),
      log: silentLog,
      network: network.hostNetwork('192.0.2.2'),
      media: new ScriptedMedia(clock),
      address: '192.0.2.2',
      userAgent: 'Phones',
      server: () => server.place,
      isOwnNumber: (digits) => digits === OWN,
    });
    await phones.start();
    const target = phones.place;
    assert.ok(target);
    server = await createPhone({
      target,
      network: network.hostNetwork('192.0.2.1'),
      clock,
      media: new ScriptedMedia(clock),
      address: '192.0.2.1',
    });
    http.setErrorHandler((error, _, reply) => {
      assert.ok(error instanceof Problem, String(error));
      return reply.code(error.status).send({ error: error.message, parameter: error.parameter });
    });
    registerPhoneCalls(http, phones);
  });
  after(async () => {
    const stopped = Promise.all([phones.stop(), server.close(), http.close()]);
    await clock.advance(10_000);
    await stopped;
    assert.equal(clock.pending, 0);
  });

  const ask = async (method: 'GET' | 'POST' | 'PUT', url: string, payload?: object) => {
    const reply = await http.inject({ method, url, ...(payload && { payload }) });
    return { status: reply.statusCode, body: reply.json() };
  };

  it('places a call with a script, shows what was heard, presses keys and hangs up', async () => {
    const placed = await ask('POST', `/phones/+${PHONE}/calls`, { to: `+${OWN}`, script: [{ do: 'press', digits: '1' }] });
    assert.equal(placed.status, 202);
    await clock.advance(1_000);
    const call = await server.incoming();
    assert.equal(call.state, 'answered');
    assert.deepEqual([call.call.parties.from, call.call.parties.to], [PHONE, OWN]);
    const id: string = placed.body.call_id;
    assert.equal((await ask('POST', `/phones/${PHONE}/calls/${id}/digits`, { digits: '*', method: 'info' })).status, 202);
    const pressed = call.press('7', { method: 'info' });
    await clock.advance(1_000);
    await pressed;
    assert.equal(call.digits, '*');
    assert.equal((await ask('POST', `/phones/${PHONE}/calls/${id}/hangup`)).status, 202);
    await clock.advance(1_000);
    assert.equal((await call.ended).by, 'far');
    const { body } = await ask('GET', `/phones/${PHONE}/calls`);
    assert.equal(body.calls.length, 1);
    const [shown] = body.calls;
    assert.deepEqual(
      [shown.call_id, shown.direction, shown.from, shown.to, shown.state, shown.ended_by, shown.sip_status, shown.script_error],
      [id, 'outgoing', PHONE, OWN, 'ended', 'phone', null, null],
    );
    assert.deepEqual(
      shown.digits.map(({ digit, method }: { digit: string; method: string }) => digit + method),
      ['7info'],
    );
    assert.ok(Date.parse(shown.answered_at) < Date.parse(shown.ended_at));
    assert.deepEqual((await ask('GET', '/phones/14155550199/calls')).body.calls, []);
  });

  it('sets what a phone does when it is called, and takes it back', async () => {
    assert.equal((await ask('PUT', `/phones/${PHONE}/script`, { script: [{ do: 'refuse', status: 486 }] })).status, 202);
    const refused = server.dial(PHONE);
    await clock.advance(500);
    assert.equal((await refused.ended).status, 486);
    assert.equal((await ask('PUT', `/phones/${PHONE}/script`, { script: null })).status, 202);
    const answered = server.dial(PHONE);
    await clock.advance(500);
    assert.equal(answered.state, 'answered');
    answered.hangUp();
  });

  it('names what is wrong', async () => {
    for (const [method, url, payload, status, parameter] of [
      ['POST', `/phones/${PHONE}/calls`, {}, 400, 'to'],
      ['POST', `/phones/${PHONE}/calls`, { to: 5 }, 400, 'to'],
      ['POST', `/phones/${PHONE}/calls`, { to: '14155550199' }, 404, undefined],
      ['POST', `/phones/${PHONE}/calls`, { to: OWN, script: [{ do: 'answer' }] }, 400, 'script[0].do'],
      ['POST', '/phones/12x/calls', { to: OWN }, 400, 'number'],
      ['GET', '/phones/12x/calls', undefined, 400, 'number'],
      ['PUT', `/phones/${PHONE}/script`, { script: {} }, 400, 'script'],
      ['POST', `/phones/${PHONE}/calls/x/digits`, { digits: '1' }, 404, undefined],
      ['POST', `/phones/${PHONE}/calls/x/digits`, { digits: '1', method: 'smoke' }, 400, 'method'],
      ['POST', `/phones/${PHONE}/calls/x/hangup`, undefined, 404, undefined],
    ] as const) {
      const { status: answered, body } = await ask(method, url, payload);
      assert.deepEqual([answered, body.parameter], [status, parameter], `${method} ${url} ${JSON.stringify(payload)}`);
    }
  });
});
