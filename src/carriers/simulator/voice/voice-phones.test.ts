import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { MediaRig } from '../../../../testkit/media-rig.ts';
import { createPhone, type Phone, type TestCall } from '../../../../testkit/phone.ts';
import { until } from '../../../../testkit/rtp-peer.ts';
import { ScriptedMedia } from '../../../../testkit/scripted-media.ts';
import { silentLog } from '../../../../testkit/silent-log.ts';
import { seededRandom } from '../../../../testkit/sip-rig.ts';
import { VirtualClock } from '../../../../testkit/virtual-clock.ts';
import { VirtualNetwork } from '../../../../testkit/virtual-network.ts';
import { Problem } from '../../../errors/catalogue.ts';
import { systemClock } from '../../../runtime/clock.ts';
import { createIds } from '../../../runtime/ids.ts';
import { systemNetwork } from '../../../sip/system-network.ts';
import { MAGIC_PREFIX } from '../magic-numbers.ts';
import { magicCalls } from './magic-calls.ts';
import { VoicePhones, type VoicePhonesOptions } from './voice-phones.ts';

const OWN = '14155550100';
const PHONE = '14155550123';
const magic = (digits: string) => `+${MAGIC_PREFIX}${digits}`;
const random = seededRandom(7);
const common = { random, log: silentLog, userAgent: 'Phones', isOwnNumber: (digits: string) => digits === OWN };

describe('the simulator’s phones, on a virtual network and clock', () => {
  const SERVER = '192.0.2.1';
  let clock: VirtualClock;
  let network: VirtualNetwork;
  let phones: VoicePhones;
  let media: ScriptedMedia;
  let server: Phone;

  const startPhones = async (options: Partial<VoicePhonesOptions> = {}) => {
    const made = new VoicePhones({
      ...common,
      clock,
      ids: createIds(clock, random),
      network: network.hostNetwork('192.0.2.2'),
      media,
      address: '192.0.2.2',
      server: () => server.place,
      ...options,
    });
    await made.start();
    return made;
  };
  const placeOfPhones = () => {
    const { place } = phones;
    assert.ok(place);
    return place;
  };
  /** Calls a phone; the clock stands still until it is advanced. */
  const dial = (number: string): TestCall => server.dial(number);
  const pass = (ms: number) => clock.advance(ms);
  const playedTo = () => [...media.legs].flatMap(({ heard }) => heard.flatMap(({ sources }) => sources.map((source) => source)));
  const stopAll = async () => {
    const stopped = Promise.all([phones.stop(), server.close()]);
    await pass(10_000);
    await stopped;
  };

  beforeEach(async () => {
    clock = new VirtualClock();
    network = new VirtualNetwork(clock);
    media = new ScriptedMedia(clock);
    phones = await startPhones();
    server = await createPhone({
      target: placeOfPhones(),
      network: network.hostNetwork(SERVER),
      clock,
      media: new ScriptedMedia(clock),
      address: SERVER,
    });
  });
  afterEach(async () => {
    await stopAll();
    assert.equal(media.legs.size, 0);
    assert.equal(phones.counts().calls, 0);
    assert.equal(clock.pending, 0);
    assert.deepEqual(server.errors, []);
  });

  it('refuse with every status of the table', async () => {
    for (const [number, { behaviour }] of magicCalls) {
      if (!number.startsWith(`${MAGIC_PREFIX}3`)) continue;
      assert.notEqual(behaviour, 'dead');
      const call = dial(number);
      await pass(100);
      const { by, status } = await call.ended;
      assert.deepEqual([by, status], ['far', Number(number.slice(-3))], number);
      await pass(40_000);
    }
  });

  it('ring and are never answered, or do not react at all', async () => {
    const [ringing, dead] = [dial(magic('4001')), dial(magic('4002'))];
    await pass(30_000);
    assert.deepEqual([ringing.state, dead.state], ['ringing', 'calling']);
    await pass(10_000);
    assert.deepEqual([ringing.state, (await dead.ended).status], ['ringing', 408]);
    ringing.hangUp();
    await pass(100);
    assert.deepEqual(
      phones.calls(magic('4001')).map(({ state, end }) => [state, end?.by, end?.status]),
      [['ended', 'far', 487]],
    );
    assert.deepEqual(phones.calls(magic('4002')), []);
  });

  it('answer at once, after a moment or late', async () => {
    const calls = [dial(magic('4017')), dial(PHONE), dial(magic('4006'))];
    const states = () => calls.map(({ state }) => state);
    await pass(50);
    assert.deepEqual(states(), ['answered', 'ringing', 'ringing']);
    await pass(200);
    assert.deepEqual(states(), ['answered', 'answered', 'ringing']);
    await pass(10_000);
    assert.deepEqual(states(), ['answered', 'answered', 'answered']);
  });

  it('hang up at once or after 2 seconds', async () => {
    const calls = [dial(magic('4018')), dial(magic('4005'))];
    await pass(1_000);
    assert.deepEqual(
      calls.map(({ state }) => state),
      ['ended', 'answered'],
    );
    await pass(1_500);
    assert.deepEqual(
      calls.map(({ state }) => state),
      ['ended', 'ended'],
    );
    assert.equal((await calls[1]?.ended)?.by, 'far');
  });

  it('press keys by each method', async () => {
    const calls = ['4007', '4011', '4012'].map((digits) => dial(magic(digits)));
    await pass(4_000);
    assert.deepEqual(
      [...media.legs].map(({ sentDigits }) => sentDigits),
      ['1234#', '', '1234#'],
    );
    assert.equal(calls[1]?.digits, '1234#');
  });

  it('play the tone of a fax, a voice mail with its beep, a person, an announcement and an endless talker', async () => {
    const plays = async (digits: string, ms: number) => {
      const call = dial(magic(digits));
      await pass(ms);
      const played = playedTo().map((source) => (source.kind === 'tone' ? source.tone : source.kind));
      const { state } = call;
      call.hangUp();
      await pass(100);
      return [state, ...played];
    };
    assert.deepEqual(await plays('4003', 2_000), ['answered', 'fax-ced']);
    assert.deepEqual(await plays('4004', 30_000), ['answered', 'clip', 'beep']);
    assert.deepEqual(await plays('4014', 2_000), ['answered', 'clip']);
    assert.deepEqual(await plays('4016', 1_000), ['early', 'clip']);
    assert.equal((await plays('4015', 60_000)).length, 8);
    const [announced] = phones.calls(magic('4016'));
    assert.deepEqual([announced?.end?.by, announced?.end?.status], ['far', 487]);
  });

  it('send audio before they answer, and refuse after an announcement', async () => {
    const calls = [dial(magic('4008')), dial(magic('4016'))];
    await pass(1_500);
    assert.deepEqual(
      calls.map(({ state }) => state),
      ['early', 'early'],
    );
    await pass(3_000);
    assert.deepEqual(
      calls.map(({ state }) => state),
      ['answered', 'ended'],
    );
    assert.equal((await calls[1]?.ended)?.status, 404);
  });

  it('hold and take back, and vanish', async () => {
    const [held, vanished] = [dial(magic('4013')), dial(magic('4010'))];
    await pass(5_000);
    assert.deepEqual([held.state, vanished.state], ['answered', 'answered']);
    assert.equal(phones.calls(magic('4010'))[0]?.end?.by, 'vanished');
    assert.equal(phones.calls(magic('4013'))[0]?.scriptError, undefined);
    assert.equal(phones.counts().calls, 1);
    vanished.hangUp();
    await pass(1_000);
    // Nobody answers the BYE, and the phone has nothing left of the call.
    assert.equal(phones.counts().sip.dialogs, 1);
  });

  it('are told what to do when they are called, and forget it again', async () => {
    phones.behave(`+${PHONE}`, [{ do: 'refuse', status: 480 }]);
    const refused = dial(PHONE);
    await pass(100);
    assert.equal((await refused.ended).status, 480);
    phones.behave(PHONE, undefined);
    const answered = dial(PHONE);
    await pass(500);
    assert.equal(answered.state, 'answered');
  });

  it('are called by nobody but the server and their own machine', async () => {
    const stranger = await createPhone({
      target: placeOfPhones(),
      network: network.hostNetwork('192.0.2.9'),
      clock,
      media: new ScriptedMedia(clock),
      address: '192.0.2.9',
    });
    const call = stranger.dial(PHONE);
    await pass(100);
    assert.equal((await call.ended).status, 403);
    const closed = stranger.close();
    await pass(5_000);
    await closed;
    assert.deepEqual(phones.calls(PHONE), []);
  });

  it('end after an hour, and stop ringing after two minutes', async () => {
    const call = dial(magic('4009'));
    server.behave([{ do: 'ring' }]);
    await phones.call(PHONE, OWN);
    await pass(119_000);
    assert.equal(phones.calls(PHONE)[0]?.state, 'ringing');
    await pass(3_000);
    assert.equal(phones.calls(PHONE)[0]?.end?.by, 'phone');
    await pass(3_500_000);
    assert.equal(call.state, 'ended');
    assert.equal(phones.calls(magic('4009'))[0]?.end?.by, 'limit');
  });

  it('keep the newest thousand calls that are over, and tell the newest hundred of a phone', async () => {
    for (let count = 0; count < 1_010; count++) {
      dial(count < 20 ? magic('3486') : magic('3404'));
      if (count % 50 === 0) await pass(100);
    }
    await pass(1_000);
    assert.equal(phones.calls(magic('3486')).length, 10);
    assert.equal(phones.calls(magic('3404')).length, 100);
  });

  it('say what is wrong with a request', async () => {
    const problemOf = async (attempt: () => unknown) => {
      try {
        await attempt();
      } catch (error) {
        assert.ok(error instanceof Problem);
        return `${error.status} ${error.parameter ?? ''}`.trim();
      }
      return assert.fail('no problem');
    };
    assert.equal(await problemOf(() => phones.call('12x', OWN)), '400 number');
    assert.equal(await problemOf(() => phones.call(PHONE, '')), '400 to');
    assert.equal(await problemOf(() => phones.call(PHONE, '12x')), '400 to');
    assert.equal(await problemOf(() => phones.call(OWN, OWN)), '400 to');
    assert.equal(await problemOf(() => phones.call(PHONE, '14155550199')), '404');
    assert.equal(await problemOf(() => phones.calls('12x')), '400 number');
    assert.equal(await problemOf(() => phones.hangUp(PHONE, 'x')), '404');
    dial(magic('4001'));
    await pass(100);
    const [ringing] = phones.calls(magic('4001'));
    assert.ok(ringing);
    assert.equal(await problemOf(() => phones.press(PHONE, ringing.id, '1')), '404');
    assert.equal(await problemOf(() => phones.press(magic('4001'), ringing.id, '')), '400 digits');
    assert.equal(await problemOf(() => phones.press(magic('4001'), ringing.id, '12x')), '400 digits');
    assert.equal(await problemOf(() => phones.press(magic('4001'), ringing.id, '1')), '409');
    phones.hangUp(magic('4001'), ringing.id);
    await pass(100);
    phones.hangUp(magic('4001'), ringing.id);
    assert.equal(await problemOf(() => phones.press(magic('4001'), ringing.id, '1')), '409');
    const mute = await startPhones({ server: () => undefined, address: '192.0.2.2' });
    assert.equal(await problemOf(() => mute.call(PHONE, OWN)), '503');
    const stopped = mute.stop();
    await pass(5_000);
    await stopped;
  });
});

describe('the simulator’s phones, over loopback', { concurrency: true }, () => {
  let rig: MediaRig;
  let phones: VoicePhones;
  let server: Phone;

  before(async () => {
    rig = new MediaRig();
    phones = new VoicePhones({
      ...common,
      clock: systemClock,
      ids: createIds(systemClock, random),
      network: systemNetwork,
      media: rig.engine,
      address: '127.0.0.1',
      server: () => server.place,
    });
    await phones.start();
    const { place } = phones;
    assert.ok(place);
    server = await createPhone({ target: place, media: rig.engine });
  });
  after(async () => {
    await Promise.all([phones.stop(), server.close()]);
    assert.deepEqual(rig.engine.counts(), { legs: 0, bridges: 0, rooms: 0, ports: 0, recordings: 0 });
    const { connections: _, ...counts } = phones.counts().sip;
    assert.deepEqual(counts, { calls: 0, dialogs: 0, clientTransactions: 0, serverTransactions: 0, resolving: 0, timers: 0 });
    await rig.close();
  });

  it('answer with three tones and tell what they heard', async () => {
    const call = await server.call(`+${PHONE}`, { headers: [['X-PH-Order', '17']] });
    for (const hz of [523, 659, 784]) await call.hears({ tone: hz, ms: 100 });
    await call.tone(440, 500);
    await call.press('42#');
    await until(() => phones.calls(PHONE)[0]?.digits.length === 3, 'the digits');
    call.hangUp();
    await until(() => phones.calls(PHONE)[0]?.state === 'ended', 'the end');
    const [report] = phones.calls(PHONE);
    assert.deepEqual([report?.direction, report?.from, report?.to], ['incoming', server.username, PHONE]);
    assert.deepEqual({ ...report?.headers }, { 'X-PH-Order': '17' });
    assert.deepEqual(report?.digits.map(({ digit, method }) => digit + method).join(), '4rfc4733,2rfc4733,#rfc4733');
    assert.ok(
      report?.heard.some(({ kind, hz, ms }) => kind === 'tone' && hz !== undefined && Math.abs(hz - 440) < 5 && ms >= 300),
    );
  });

  it('greet like a voice mail where nothing speaks: sound, then the beep', async () => {
    const call = await server.call(magic('4014'));
    await call.hears({ speechMs: 300 });
    await call.hears({ silenceMs: 500 });
    call.hangUp();
    const fax = await server.call(magic('4003'));
    await fax.hears({ tone: 2_100, ms: 500 });
    fax.hangUp();
  });

  it('call a number of this instance and follow their script', async () => {
    server.behave([{ do: 'answer' }, { do: 'tone', tone: { hz: 600, ms: 400, dbov: -16 } }]);
    const id = await phones.call('14155550124', OWN, [
      { do: 'hear', expected: { tone: 600 }, withinMs: 2_000 },
      { do: 'press', digits: '1', method: 'rfc4733' },
    ]);
    const call = await server.incoming();
    assert.deepEqual([call.call.parties.from, call.call.parties.to], ['14155550124', OWN]);
    await call.hears({ digits: '1' });
    phones.press('14155550124', id, '*9', 'info');
    await call.hears({ digits: '*9' });
    phones.hangUp('+14155550124', id);
    assert.equal((await call.hasEnded()).by, 'far');
    assert.equal(phones.calls('14155550124')[0]?.end?.by, 'phone');
  });
});
