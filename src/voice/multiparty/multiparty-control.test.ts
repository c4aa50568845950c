import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PARTY, partyControlRig } from '../../../testkit/multiparty-rig.ts';
import { play, post, speak, waitFor } from '../../../testkit/voice-elements.ts';
import type { Scope } from '../../accounts/account.ts';
import { Problem } from '../../errors/catalogue.ts';
import { hangupCause } from '../hangup-cause.ts';

const WHICH = { by: 'name', name: PARTY } as const;
const AUDIO = 'http://files.example/a.mp3';
const PAGE = { limit: 20, offset: 0 };
const ANY = {
  ownerId: undefined,
  name: undefined,
  state: undefined,
  terminationCode: undefined,
  createdFromMs: undefined,
  createdToMs: undefined,
  endedFromMs: undefined,
  endedToMs: undefined,
};
const missing = (error: unknown) => error instanceof Problem && error.code === 'not_found';
const conflict = (error: unknown) => error instanceof Problem && error.code === 'conflict';
const change = (more: { mute?: boolean; hold?: boolean; coach?: boolean }, silently = true) => ({
  mute: undefined,
  hold: undefined,
  coach: undefined,
  ...more,
  silently,
});

describe('the API of multiparty calls', () => {
  test('finds by name what is live and by id what has ended, and nothing of another account', async () => {
    const { scope, enter, control, live, end } = partyControlRig();
    const a = await enter('agent');
    const { id } = live();
    const stranger: Scope = { ...scope, account: { ...scope.account, authId: 'MASOMEBODYELSE000001' } };
    const subaccount: Scope = { ...scope, subaccount: { ...scope.account, authId: 'SASUBACCOUNT00000001' } };
    assert.equal((await control.find(scope, WHICH)).id, id);
    for (const other of [stranger, subaccount]) {
      await assert.rejects(control.find(other, WHICH), missing);
      await assert.rejects(control.end(other, { by: 'id', id }), missing);
      assert.equal((await control.list(other, ANY, PAGE)).total, 0);
    }
    assert.deepEqual(
      (await control.participants(scope, WHICH, { callId: undefined }, PAGE)).items.map(({ memberId, callId }) => [
        memberId,
        callId,
      ]),
      [['1', a.call.id]],
    );
    assert.equal((await control.participants(scope, WHICH, { callId: id }, PAGE)).total, 0);
    await control.end(scope, WHICH);
    await assert.rejects(control.find(scope, WHICH), missing);
    const record = await control.find(scope, { by: 'id', id });
    assert.deepEqual([record.state, record.terminationCode, record.recording], ['ended', 3000, undefined]);
    const [stay] = (await control.participants(scope, { by: 'id', id }, { callId: undefined }, PAGE)).items;
    assert.deepEqual([stay?.exit, stay?.mute], ['ended', undefined]);
    assert.equal((await control.participant(scope, { by: 'id', id }, '1')).exit, 'ended');
    await assert.rejects(control.participant(scope, { by: 'id', id }, '7'), missing);
    assert.equal((await control.list(scope, { ...ANY, state: 'ended' }, PAGE)).total, 1);
    await end();
  });

  test('starts one that waits, once', async () => {
    const { rig, scope, enter, control, live, mixed, told, end } = partyControlRig();
    await enter('customer', { startOnEnter: false });
    await control.activate(scope, WHICH);
    assert.deepEqual([live().state, mixed()?.members.length], ['active', 1]);
    await assert.rejects(control.activate(scope, WHICH), missing);
    assert.deepEqual(told(), ['initialized', 'joined 1', 'started']);
    await rig.clock.advance(1);
    await end();
  });

  test('mutes, holds and lets coach one, several or all, and acts on all of a list or on none', async () => {
    const { rig, scope, enter, control, live, member, mixed, end } = partyControlRig();
    await enter('agent');
    await enter('customer');
    await enter('supervisor');
    assert.deepEqual(await control.update(scope, WHICH, ['2'], change({ mute: true })), { name: PARTY, memberIds: ['2'] });
    assert.equal(member(1).muted, true);
    await assert.rejects(control.update(scope, WHICH, ['1', '9'], change({ mute: true })), missing);
    assert.equal(member(0).muted, false);
    await control.update(scope, WHICH, 'all', change({ hold: true }));
    assert.deepEqual(
      live().participants.map(({ state }) => state),
      ['held', 'held', 'held'],
    );
    await control.update(scope, WHICH, 'all', change({ hold: false }));
    await assert.rejects(control.update(scope, WHICH, 'all', change({ coach: false })), /coach_mode/);
    await control.update(scope, WHICH, ['3'], change({ coach: false }));
    assert.equal(mixed()?.sound.heard.length, 0);
    await control.update(scope, WHICH, ['3'], change({ coach: true }, false));
    assert.equal(mixed()?.sound.heard.length, 1, 'the beep of the change');
    assert.equal((await control.participant(scope, WHICH, '3')).coach, true);
    await rig.clock.advance(1);
    await end();
  });

  test('kicks: an XML leg goes on, one with an exit action asks for its document', async () => {
    const exit = post('http://app.example/exit');
    const { rig, scope, enter, control, told, stays, end } = partyControlRig((rig) => {
      rig.application.answers(exit.url, [speak('bye', 0)]);
    });
    const a = await enter('customer', {}, {}, [speak('next', 0)]);
    const b = await enter('customer', { onExit: exit });
    await enter('agent', { stayAlone: true });
    assert.deepEqual((await control.kick(scope, WHICH, ['1', '2'])).memberIds, ['1', '2']);
    await rig.clock.advance(10);
    assert.deepEqual([a.leg.media?.isPlaying, b.leg.media?.isPlaying, rig.live.size], [true, true, 3]);
    assert.deepEqual(told().slice(-2), ['exited 1', 'exited 2']);
    assert.deepEqual(
      stays().map(({ exit }) => exit),
      ['kicked', 'kicked', undefined],
    );
    await control.kick(scope, WHICH, 'all');
    await assert.rejects(control.kick(scope, WHICH, 'all'), missing);
    await end();
  });

  test('records the room, with pauses, and tells of each step', async () => {
    const callback = post('http://app.example/rec');
    const { rig, scope, enter, control, live, mixed, recordings, end } = partyControlRig((rig) => {
      rig.application.answers('http://app.example/begin', [speak('recorded')]);
    });
    await enter('agent', {}, { startRecordingAudio: post('http://app.example/begin'), recordCoachVoice: false });
    const plan = { format: 'wav', callback, transcription: undefined } as const;
    await assert.rejects(control.pauseRecording(scope, WHICH), missing);
    const started = await control.startRecording(scope, WHICH, plan);
    assert.equal(started.name, PARTY);
    await assert.rejects(control.startRecording(scope, WHICH, plan), conflict);
    assert.equal(mixed()?.recorded[0]?.voices, 'said-to-all');
    await rig.clock.advance(1_000);
    assert.equal(mixed()?.sound.heard.length, 1);
    await control.pauseRecording(scope, WHICH);
    assert.equal((await control.find(scope, WHICH)).recording, 'paused');
    await control.pauseRecording(scope, WHICH);
    await control.resumeRecording(scope, WHICH);
    assert.equal(live().record.recording, 'recording');
    await control.stopRecording(scope, WHICH);
    assert.equal((await control.find(scope, WHICH)).recording, 'not-recording', 'at once, whatever the file takes');
    await assert.rejects(control.stopRecording(scope, WHICH), missing);
    await rig.clock.advance(10);
    assert.deepEqual(
      recordings().map(({ event, memberId }) => [event, memberId]),
      [
        ['initiated', undefined],
        ['paused', undefined],
        ['resumed', undefined],
        ['completed', undefined],
      ],
    );
    assert.deepEqual(rig.recorded, [started.recordingId]);
    assert.equal(live().record.recording, 'not-recording');
    await end();
  });

  test('records as it was set when enough are in, also when the owner drops', async () => {
    const callback = post('http://app.example/rec');
    const { rig, enter, recordings, live, end } = partyControlRig();
    const owner = await enter('agent', { endOnExit: true }, { record: true, recordMinMembers: 2, recordingCallback: callback });
    assert.equal(live().record.recording, 'not-recording');
    await enter('customer');
    assert.equal(live().record.recording, 'recording');
    await rig.clock.advance(3_000);
    owner.leg.leaves(hangupCause(4000, 'Caller'));
    await rig.clock.advance(10);
    assert.deepEqual(
      recordings().map(({ event }) => event),
      ['initiated', 'completed'],
    );
    assert.ok((recordings()[1]?.recording.durationMs ?? 0) >= 3_000);
    await end();
  });

  test('storage that takes no recording leaves the multiparty call alone', async () => {
    const { rig, scope, enter, control, live, end } = partyControlRig((rig) => {
      rig.faults.recordings = 'the database is away';
    });
    await enter('agent', { recordTrack: true }, { record: true });
    await rig.clock.advance(10);
    assert.deepEqual([live().state, live().record.recording], ['active', 'not-recording']);
    await assert.rejects(control.startRecording(scope, WHICH, { format: 'mp3', callback: undefined, transcription: undefined }));
    assert.equal(rig.steps.filter(({ event }) => event === 'recording_failed').length, 2);
    await end();
  });

  test('records a participant on tracks of its own', async () => {
    const callback = post('http://app.example/rec');
    const { rig, scope, enter, control, recordings, end } = partyControlRig();
    const a = await enter('agent');
    await enter('customer', { stayAlone: true });
    const plan = { format: 'mp3', callback, transcription: undefined } as const;
    await control.startParticipantRecording(scope, WHICH, '1', { ...plan, track: 'both' });
    await assert.rejects(control.startParticipantRecording(scope, WHICH, '1', { ...plan, track: 'all' }), conflict);
    await assert.rejects(control.stopParticipantRecording(scope, WHICH, '2', 'all'), missing);
    await rig.clock.advance(1_000);
    await control.pauseParticipantRecording(scope, WHICH, '1', 'participant');
    await control.resumeParticipantRecording(scope, WHICH, '1', 'participant');
    await control.stopParticipantRecording(scope, WHICH, '1', 'all');
    await rig.clock.advance(1_000);
    a.leg.leaves(hangupCause(4000, 'Caller'));
    await rig.clock.advance(10);
    assert.deepEqual(
      recordings()
        .map(({ event, memberId }) => `${event} ${memberId}`)
        .toSorted(),
      ['completed 1', 'completed 1', 'initiated 1', 'initiated 1', 'paused 1', 'resumed 1'],
    );
    await end();
  });

  test('plays and speaks to all or to some, and stops by the same selector', async () => {
    const { rig, scope, enter, control, mixed, end } = partyControlRig((rig) => rig.sounds.set(AUDIO, 3_000));
    const a = await enter('agent');
    const b = await enter('customer');
    assert.deepEqual(await control.play(scope, WHICH, 'all', AUDIO), { name: PARTY, memberIds: ['1', '2'] });
    await rig.clock.advance(10);
    assert.deepEqual([mixed()?.sound.isPlaying, a.leg.media?.isPlaying], [true, false]);
    await control.stopPlay(scope, WHICH, ['1']);
    await control.stopSpeak(scope, WHICH, 'all');
    assert.equal(mixed()?.sound.isPlaying, true);
    await enter('customer', { enterSound: { kind: 'beeps', count: 1 } });
    assert.equal(mixed()?.sound.heard.length, 1, 'no beep over what the API plays');
    await control.stopPlay(scope, WHICH, 'all');
    assert.equal(mixed()?.sound.isPlaying, false);
    const text = { content: ['hello there'], voice: 'WOMAN', language: 'en-US' };
    assert.deepEqual((await control.speak(scope, WHICH, ['2'], text)).memberIds, ['2']);
    await rig.clock.advance(10);
    assert.deepEqual([a.leg.media?.isPlaying, b.leg.media?.isPlaying], [false, true]);
    await control.stopSpeak(scope, WHICH, ['2']);
    assert.equal(b.leg.media?.isPlaying, false);
    for (const [members, playing] of [
      [['2'], [false, true]],
      ['all', [true, true]],
    ] as const) {
      await control.speak(scope, WHICH, members, { ...text, mix: false });
      await rig.clock.advance(10);
      assert.deepEqual([a.leg.media?.isPlaying, b.leg.media?.isPlaying, mixed()?.sound.isPlaying], [...playing, false]);
      assert.equal(b.leg.media?.heard.at(-1)?.options.mix, false, 'the others are not heard meanwhile');
      await control.stopSpeak(scope, WHICH, members);
      assert.deepEqual([a.leg.media?.isPlaying, b.leg.media?.isPlaying], [false, false]);
    }
    await control.play(scope, WHICH, 'all', 'http://files.example/none.mp3');
    await rig.clock.advance(10);
    assert.equal(rig.steps.filter(({ event }) => event === 'sound_skipped').length, 3);
    await end();
  });

  test('plays to one who waits or is on hold in place of its music, which then begins anew', async () => {
    const music = post('http://app.example/music');
    const { rig, scope, enter, control, end } = partyControlRig((rig) => {
      rig.sounds.set(AUDIO, 3_000);
      rig.sounds.set('http://files.example/music.mp3', 1_000);
      rig.application.answers(music.url, [play('http://files.example/music.mp3')]);
    });
    const a = await enter('customer', { startOnEnter: false });
    const b = await enter('customer', { startOnEnter: false }, { customerHoldMusic: music });
    const lengths = ({ leg }: typeof a) =>
      leg.media?.heard.map(({ sources: [source], options }) =>
        options.loop === 0 ? 'house' : source?.kind === 'clip' ? source.clip.pcm.length / 8 : source?.kind,
      );
    await control.play(scope, WHICH, ['1'], AUDIO);
    await rig.clock.advance(2_990);
    assert.deepEqual([lengths(a), lengths(b)], [['house', 3_000], ['house']]);
    await rig.clock.advance(20);
    assert.deepEqual(lengths(a), ['house', 3_000, 'house']);
    await control.play(scope, WHICH, 'all', AUDIO);
    await rig.clock.advance(10);
    await control.stopPlay(scope, WHICH, 'all');
    await rig.clock.advance(10);
    assert.deepEqual(
      [lengths(a)?.slice(3), lengths(b)?.slice(1)],
      [
        [3_000, 'house'],
        [3_000, 'house'],
      ],
    );
    await control.activate(scope, WHICH);
    assert.deepEqual([a.leg.media?.isPlaying, b.leg.media?.isPlaying], [false, false]);
    await control.update(scope, WHICH, ['2'], change({ hold: true }));
    await rig.clock.advance(1_500);
    assert.deepEqual(lengths(b)?.slice(3), [1_000, 1_000]);
    await control.speak(scope, WHICH, ['2'], { content: ['one moment'], voice: 'WOMAN', language: 'en-US' });
    await rig.clock.advance(400);
    assert.deepEqual(lengths(b)?.slice(5), [500], 'the music does not cut it off');
    await rig.clock.advance(1_000);
    assert.deepEqual(lengths(b)?.slice(5), [500, 1_000]);
    await control.play(scope, WHICH, ['2'], AUDIO);
    await rig.clock.advance(10);
    await control.update(scope, WHICH, ['2'], change({ hold: false }));
    await rig.clock.advance(1_000);
    assert.equal(b.leg.media?.isPlaying, true, 'it is heard to its end beside the room');
    await rig.clock.advance(3_000);
    assert.equal(b.leg.media?.isPlaying, false);
    await end();
  });

  test('what is played to the call of one who waits is heard over the music, which goes on', async () => {
    const { rig, scope, enter, calls, end } = partyControlRig((rig) => rig.sounds.set(AUDIO, 3_000));
    const { call, leg } = await enter('customer', { startOnEnter: false });
    await calls.play(scope, call.id, { urls: [AUDIO], legs: 'aleg', loop: false, mix: false, lengthS: undefined });
    await rig.clock.advance(4_000);
    assert.deepEqual(
      leg.media?.heard.map(({ options }) => [options.loop, options.over ?? false]),
      [
        [0, false],
        [1, true],
      ],
    );
    assert.equal(leg.media?.isPlaying, true, 'the music has neither ended nor begun anew');
    await end();
  });

  test('what is played to one ends with its stay', async () => {
    const { rig, scope, enter, control, end } = partyControlRig((rig) => rig.sounds.set(AUDIO, 60_000));
    const a = await enter('customer', {}, {}, [waitFor(30)]);
    await enter('agent', { stayAlone: true });
    await control.play(scope, WHICH, ['1'], AUDIO);
    await rig.clock.advance(10);
    await control.kick(scope, WHICH, ['1']);
    await rig.clock.advance(10);
    assert.equal(a.leg.media?.isPlaying, false);
    await end();
  });

  test('is written of when storage comes back', async () => {
    const { rig, enter, records, end } = partyControlRig();
    rig.multiParties.fault = 'the database is away';
    await enter('agent');
    await enter('customer');
    assert.equal(records().length, 0);
    await rig.clock.advance(2_000);
    rig.multiParties.fault = undefined;
    await rig.clock.advance(1_000);
    assert.deepEqual([records().length, rig.multiParties.stays.size], [1, 2]);
    await end();
  });
});
