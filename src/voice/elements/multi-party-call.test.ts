import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PARTY, partyRig } from '../../../testkit/multiparty-rig.ts';
import { play, post, speak } from '../../../testkit/voice-elements.ts';
import { hangupCause } from '../hangup-cause.ts';
import { eventGroups } from '../multiparty/multiparty-plan.ts';

const CALLER_LEAVES = hangupCause(4000, 'Caller');
const EXIT = post('http://app.example/exit');

describe('MultiPartyCall', () => {
  test('brings calls together and tells of every step in order, with all that is billed at its end', async () => {
    const { rig, enter, member, told, notices, records, stays, end } = partyRig();
    const a = await enter('agent');
    const b = await enter('customer', { mute: true });
    assert.deepEqual([member(1).hears(member(0)), member(0).hears(member(1))], [true, false]);
    await rig.clock.advance(61_000);
    b.leg.leaves(CALLER_LEAVES);
    await rig.clock.advance(10);
    assert.deepEqual(told(), ['initialized', 'joined 1', 'started', 'joined 2', 'exited 2', 'exited 1', 'ended']);
    assert.deepEqual(
      notices().map(({ sequence }) => sequence),
      [1, 2, 3, 4, 5, 6, 7],
    );
    const [record] = records();
    assert.deepEqual(
      [record?.name, record?.state, record?.terminationCode, record?.bill],
      [PARTY, 'ended', 1010, { durationS: 61, billedS: 240, amountMicros: 10_000 }],
    );
    assert.deepEqual(notices().at(-1)?.end, { bill: record?.bill, code: 1010 });
    assert.deepEqual(
      stays().map(({ role, exit, mute, bill }) => [role, exit, mute, bill?.billedS]),
      [
        ['agent', 'ended', undefined, 120],
        ['customer', 'hangup', undefined, 120],
      ],
    );
    assert.equal(a.leg.hungUpWith?.code, 4010, 'an XML leg goes on with its document, which has ended');
    await end();
  });

  test('waits with music until somebody may start it', async () => {
    const music = post('http://app.example/music');
    const { rig, enter, live, mixed, told, end } = partyRig((rig) => {
      rig.application.answers(music.url, [play('http://files.example/a.mp3')]);
      rig.sounds.set('http://files.example/a.mp3', 1_000);
    });
    const a = await enter('customer', { startOnEnter: false }, { waitMusic: music });
    assert.deepEqual([live().state, mixed()?.members.length], ['initialized', 0]);
    await rig.clock.advance(2_500);
    assert.equal(a.leg.media?.heard.length, 3);
    await enter('agent');
    assert.deepEqual([live().state, mixed()?.members.length, a.leg.media?.isPlaying], ['active', 2, false]);
    assert.deepEqual(told(), ['initialized', 'joined 1', 'joined 2', 'started']);
    await end();
  });

  test('plays the music of the house where none is named, and silence where it cannot be had', async () => {
    const { enter, end } = partyRig();
    const a = await enter('customer', { startOnEnter: false });
    assert.deepEqual([a.leg.media?.isPlaying, a.leg.media?.heard[0]?.options.loop], [true, 0]);
    await end();
    const silent = partyRig();
    const b = await silent.enter('customer', { startOnEnter: false }, { waitMusic: post('http://app.example/nobody') });
    await silent.rig.clock.advance(30_000);
    assert.deepEqual([b.leg.media?.heard.length, silent.rig.application.requestsTo('http://app.example/nobody').length], [0, 1]);
    await silent.end();
  });

  test('with waitForAgent starts with the first agent, whoever could start it before', async () => {
    const { enter, live, end } = partyRig();
    await enter('customer', {}, { waitForAgent: true });
    assert.equal(live().state, 'initialized');
    await enter('supervisor');
    assert.equal(live().state, 'initialized');
    await enter('agent', { startOnEnter: false });
    assert.equal(live().state, 'active');
    await end();
  });

  test('gives up after waitTime when it has not started', async () => {
    const { rig, enter, all, records, end } = partyRig();
    const a = await enter('customer', { startOnEnter: false, waitTimeMs: 20_000 }, {}, [speak('sorry', 0)]);
    await rig.clock.advance(20_000);
    assert.deepEqual([all().length, a.leg.media?.isPlaying], [0, true]);
    assert.deepEqual([records()[0]?.terminationCode, records()[0]?.startedAt], [1000, undefined]);
    await end();
  });

  test('a coach is heard by agents alone, and by all when it stops to coach', async () => {
    const { rig, enter, live, member, mixed, told, end } = partyRig();
    await enter('agent');
    await enter('customer');
    await enter('supervisor');
    const [agent, customer, coach] = [member(0), member(1), member(2)];
    const heard = () => [agent.hears(coach), customer.hears(coach), coach.hears(customer), coach.hears(agent)];
    assert.deepEqual(heard(), [true, false, true, true]);
    assert.deepEqual(live().participants[2]?.state, 'coaching');
    live().participants[2]?.change({ mute: undefined, hold: undefined, coach: false });
    assert.deepEqual(heard(), [true, true, true, true]);
    live().participants[0]?.change({ mute: undefined, hold: undefined, coach: true });
    assert.equal(customer.hears(agent), true, 'who is no supervisor coaches nobody');
    await rig.clock.advance(1);
    assert.deepEqual(told().slice(4), ['joined 3', 'coach-stopped 3']);
    assert.equal(mixed()?.members.length, 3);
    await end();
  });

  test('on hold hears the music of its role alone, and comes back as it was set meanwhile', async () => {
    const agentMusic = post('http://app.example/agents');
    const customerMusic = post('http://app.example/customers');
    const { rig, enter, live, member, told, end } = partyRig((rig) => {
      rig.sounds.set('http://files.example/a.mp3', 1_000);
      for (const { url } of [agentMusic, customerMusic]) rig.application.answers(url, [play('http://files.example/a.mp3')]);
    });
    const a = await enter('agent', {}, { agentHoldMusic: agentMusic, customerHoldMusic: customerMusic });
    const b = await enter('customer', { hold: true });
    assert.deepEqual([member(1).held, member(0).hears(member(1)), b.leg.media?.isPlaying], [true, false, true]);
    const [agent, customer] = live().participants;
    agent?.change({ mute: undefined, hold: true, coach: undefined });
    await rig.clock.advance(10);
    assert.deepEqual(
      [agentMusic, customerMusic].map(({ url }) => rig.application.requestsTo(url).length),
      [1, 1],
    );
    customer?.change({ mute: true, hold: undefined, coach: undefined });
    assert.equal(customer?.state, 'held');
    customer?.change({ mute: undefined, hold: false, coach: undefined });
    agent?.change({ mute: undefined, hold: false, coach: undefined });
    await rig.clock.advance(10);
    assert.deepEqual([customer?.state, member(1).muted, member(1).held, b.leg.media?.isPlaying], ['muted', true, false, false]);
    assert.deepEqual([agent?.state, a.leg.media?.isPlaying], ['active', false]);
    assert.deepEqual(told().slice(4), ['held 1', 'muted 2', 'unheld 2', 'unheld 1']);
    await end();
  });

  test('a lone first participant stays, and who is left alone only where it may', async () => {
    const { rig, enter, all, live, records, end } = partyRig();
    await enter('agent', { stayAlone: true });
    await rig.clock.advance(60_000);
    const b = await enter('customer');
    b.leg.leaves(CALLER_LEAVES);
    await rig.clock.advance(10);
    assert.equal(live().participants.length, 1, 'one who may stay alone');
    await enter('customer');
    live().participants[0]?.call.hangUp(CALLER_LEAVES);
    await rig.clock.advance(10);
    assert.deepEqual([all().length, records()[0]?.terminationCode], [0, 1010]);
    await end();
  });

  test('ends for all when its owner leaves, each with its exit action', async () => {
    const { rig, enter, all, notices, stays, end } = partyRig((rig) => rig.application.answers(EXIT.url, [speak('bye', 0)]));
    await enter('customer', { onExit: EXIT });
    const owner = await enter('agent', { endOnExit: true, onExit: EXIT });
    const third = await enter('customer', {}, {}, [speak('next', 0)]);
    owner.leg.leaves(CALLER_LEAVES);
    await rig.clock.advance(10);
    assert.deepEqual([all().length, notices().at(-1)?.end?.code], [0, 1000]);
    const requests = rig.application.requestsTo(EXIT.url);
    assert.equal(requests.length, 1, 'a call that is over asks for no document');
    const result = requests[0]?.result;
    assert.ok(result?.element === 'MultiPartyCall');
    assert.deepEqual([result.memberId, result.role, result.multiParty.name], ['1', 'customer', PARTY]);
    assert.deepEqual([third.leg.media?.isPlaying, rig.live.size], [true, 2]);
    assert.deepEqual(
      stays().map(({ exit }) => exit),
      ['ended', 'hangup', 'ended'],
    );
    await end();
  });

  test('is over when its time is, counted from its creation', async () => {
    const { rig, enter, all, records, end } = partyRig();
    await enter('customer', { startOnEnter: false }, { maxDurationMs: 300_000 });
    await rig.clock.advance(290_000);
    await enter('agent', {}, { maxDurationMs: 900_000 });
    await rig.clock.advance(9_900);
    assert.equal(all().length, 1);
    await rig.clock.advance(100);
    assert.deepEqual([all().length, records()[0]?.terminationCode], [0, 2000]);
    await end();
  });

  test('is passed over when it is full', async () => {
    const { rig, enter, live, end } = partyRig();
    await enter('agent', {}, { maxParticipants: 2 });
    await enter('customer');
    const third = await enter('customer', {}, {}, [speak('full', 0)]);
    assert.deepEqual([live().participants.length, third.leg.media?.isPlaying], [2, true]);
    assert.ok(rig.steps.some(({ event }) => event === 'multiparty_not_entered'));
    await end();
  });

  test('a transfer takes a participant away and a second entry is a new participant', async () => {
    const { rig, enter, told, stays, end } = partyRig();
    const a = await enter('agent', { onExit: EXIT });
    await enter('customer', { stayAlone: true });
    rig.application.answers('http://app.example/other', [speak('elsewhere', 0)]);
    a.flow.transfer(post('http://app.example/other'));
    await rig.clock.advance(10);
    assert.equal(rig.application.requestsTo(EXIT.url).length, 0);
    assert.deepEqual([told().at(-1), a.leg.media?.isPlaying, stays()[0]?.exit], ['exited 1', true, 'transferred']);
    a.flow.transfer(post('http://app.example/answer/1'));
    await rig.clock.advance(10);
    assert.equal(told().at(-1), 'joined 3');
    await end();
  });

  test('tells of speech and keys where that is asked for, and lets keys be heard or not', async () => {
    const { rig, enter, member, notices, end } = partyRig();
    const a = await enter('agent', { relayDigits: true }, { statusCallback: undefined });
    await enter('customer', {}, { statusEvents: eventGroups });
    assert.deepEqual([member(0).relayDigits, member(1).relayDigits], [true, false]);
    member(1).speaks(true);
    member(1).speaks(false);
    a.leg.media?.press('5');
    await rig.clock.advance(1);
    assert.deepEqual(
      notices()
        .slice(1)
        .map(({ event, participant, digit }) => [event, participant?.memberId, digit]),
      [
        ['speak-started', '2', undefined],
        ['speak-stopped', '2', undefined],
        ['digit', '1', '5'],
      ],
    );
    await end();
    const quiet = partyRig();
    const c = await quiet.enter('agent', {}, { statusEvents: [] });
    c.leg.media?.press('5');
    await quiet.end();
    assert.deepEqual(quiet.notices(), []);
  });

  test('plays the sounds of entry and exit to all', async () => {
    const { rig, enter, mixed, end } = partyRig((rig) => {
      rig.application.answers('http://app.example/hello', [speak('hi'), play('http://files.example/none.mp3')]);
    });
    await enter('agent', { enterSound: { kind: 'beeps', count: 1 } });
    await rig.clock.advance(2_000);
    await enter('customer', { enterSound: { kind: 'document', target: post('http://app.example/hello') } });
    await rig.clock.advance(2_000);
    const c = await enter('customer', { exitSound: { kind: 'beeps', count: 2 } });
    c.leg.leaves(CALLER_LEAVES);
    await rig.clock.advance(10);
    assert.deepEqual(
      mixed()?.sound.heard.map(({ sources }) => sources.map(({ kind }) => kind).join(' ')),
      ['tone', 'clip', 'tone silence tone'],
    );
    await end();
  });
});
