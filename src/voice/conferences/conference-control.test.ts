import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { conference, post, speak } from '../../../testkit/voice-elements.ts';
import { createVoiceRig } from '../../../testkit/voice-rig.ts';
import type { Scope } from '../../accounts/account.ts';
import { Problem } from '../../errors/catalogue.ts';
import { ConferenceControlService } from './conference-control-service.ts';

const ROOM = 'room';
const AUDIO = 'http://files.example/a.mp3';
const missing = (error: unknown) => error instanceof Problem && error.code === 'not_found';

/** So many calls in one conference, and what the API may ask of it. */
async function meeting(count: number) {
  const rig = createVoiceRig();
  rig.sounds.set(AUDIO, 3_000);
  rig.application.answers('http://app.example/answer', [conference(ROOM, { action: undefined }), speak('next', 0)]);
  const calls = [];
  for (let index = 0; index < count; index++) {
    const started = rig.startCall('inbound');
    void started.flow.run({ kind: 'answer', answer: post('http://app.example/answer'), fallback: undefined });
    calls.push(started);
    await rig.clock.advance(10);
  }
  const account = rig.account.current;
  const scope: Scope = { account, subaccount: null, authId: account.authId, byMainAccount: true };
  const room = [...rig.media.rooms][0];
  assert.ok(room);
  return { rig, calls, scope, room, control: new ConferenceControlService(rig.services) };
}

describe('the API of conferences', () => {
  test('lists and shows those of the account, and none of another', async () => {
    const { rig, calls, scope, control } = await meeting(2);
    assert.deepEqual(await control.names(scope), [ROOM]);
    const { members, name } = await control.find(scope, ROOM);
    assert.deepEqual(
      [name, members.map(({ id, callId }) => [id, callId])],
      [ROOM, calls.map(({ call }, at) => [String(at + 1), call.id])],
    );
    const stranger: Scope = { ...scope, account: { ...scope.account, authId: 'MASOMEBODYELSE000001' } };
    assert.deepEqual(await control.names(stranger), []);
    await assert.rejects(control.find(stranger, ROOM), missing);
    const subaccount: Scope = { ...scope, subaccount: { ...scope.account, authId: 'SASUBACCOUNT00000001' } };
    await assert.rejects(control.hangUp(subaccount, ROOM), missing);
    await control.hangUpAll(stranger);
    assert.equal(rig.live.size, 2);
    await rig.assertClean();
  });

  test('mutes and deafens one, several or all', async () => {
    const { rig, scope, room, control } = await meeting(3);
    const state = () => room.members.map(({ muted, deaf }) => [muted, deaf]);
    assert.deepEqual(await control.mute(scope, ROOM, ['2'], true), ['2']);
    assert.deepEqual(await control.deafen(scope, ROOM, ['1', '3'], true), ['1', '3']);
    assert.deepEqual(state(), [
      [false, true],
      [true, false],
      [false, true],
    ]);
    assert.equal((await control.find(scope, ROOM)).members[1]?.muted, true);
    assert.deepEqual(await control.mute(scope, ROOM, 'all', false), ['1', '2', '3']);
    await control.deafen(scope, ROOM, 'all', false);
    assert.deepEqual(state().flat().some(Boolean), false);
    await assert.rejects(control.mute(scope, ROOM, ['1', '77'], true), missing);
    assert.equal(room.members[0]?.muted, false, 'nobody is muted when one of the list is not in');
    await rig.assertClean();
  });

  test('kicks a member, who goes on with the next element', async () => {
    const { rig, calls, scope, room, control } = await meeting(2);
    assert.deepEqual(await control.kick(scope, ROOM, ['1']), ['1']);
    await rig.clock.advance(10);
    assert.deepEqual([room.members.length, calls[0]?.leg.media?.isPlaying, rig.live.size], [1, true, 2]);
    await assert.rejects(control.kick(scope, ROOM, ['1']), missing);
    await rig.assertClean();
  });

  test('hangs up a member, a conference, or all', async () => {
    const { rig, scope, control } = await meeting(4);
    assert.deepEqual(await control.hangUpMembers(scope, ROOM, ['2']), ['2']);
    assert.equal(rig.live.size, 3);
    await control.hangUp(scope, ROOM);
    assert.equal(rig.live.size, 0);
    assert.deepEqual(
      new Set(rig.ended.map(({ ended }) => `${ended?.cause.code} ${ended?.cause.source}`)),
      new Set(['4000 API Request']),
    );
    await assert.rejects(control.hangUp(scope, ROOM), missing);
    await rig.assertClean();
    const other = await meeting(2);
    await other.control.hangUpAll(other.scope);
    assert.equal(other.rig.live.size, 0);
    await other.rig.assertClean();
  });

  test('plays and speaks to all or to some, and stops by the same selector', async () => {
    const { rig, calls, scope, room, control } = await meeting(2);
    const [a, b] = calls;
    await control.play(scope, ROOM, 'all', AUDIO);
    await rig.clock.advance(10);
    assert.deepEqual([room.sound.isPlaying, a?.leg.media?.isPlaying], [true, false]);
    await control.stopPlay(scope, ROOM, ['1']);
    await control.stopSpeak(scope, ROOM, 'all');
    assert.equal(room.sound.isPlaying, true);
    await control.stopPlay(scope, ROOM, 'all');
    assert.equal(room.sound.isPlaying, false);
    const text = { content: ['hello there'], voice: 'WOMAN', language: 'en-US' };
    assert.deepEqual(await control.speak(scope, ROOM, ['2'], text), ['2']);
    await rig.clock.advance(10);
    assert.deepEqual(
      [a?.leg.media?.isPlaying, b?.leg.media?.isPlaying, b?.leg.media?.heard.at(-1)?.options.mix],
      [false, true, true],
    );
    await control.stopSpeak(scope, ROOM, ['2']);
    assert.equal(b?.leg.media?.isPlaying, false);
    await rig.assertClean();
  });

  test('plays to those who wait for the start, in place of their wait sound, which then begins anew', async () => {
    const rig = createVoiceRig();
    rig.sounds.set(AUDIO, 3_000);
    rig.application.answers('http://app.example/hold', [speak('please hold the line', 0)]);
    const waiting = conference(ROOM, { action: undefined, startOnEnter: false, waitSound: 'http://app.example/hold' });
    rig.application.answers('http://app.example/answer', [waiting]);
    const calls = [rig.startCall('inbound'), rig.startCall('inbound')];
    for (const { flow } of calls) {
      void flow.run({ kind: 'answer', answer: post('http://app.example/answer'), fallback: undefined });
    }
    await rig.clock.advance(10);
    const account = rig.account.current;
    const scope: Scope = { account, subaccount: null, authId: account.authId, byMainAccount: true };
    const control = new ConferenceControlService(rig.services);
    const heard = () => calls.map(({ leg }) => leg.media?.heard.map(({ options }) => options.loop));
    await control.play(scope, ROOM, ['1'], AUDIO);
    await rig.clock.advance(10);
    assert.deepEqual(heard(), [[0, 1], [0]]);
    await rig.clock.advance(3_000);
    assert.deepEqual(heard(), [[0, 1, 0], [0]]);
    await control.play(scope, ROOM, 'all', AUDIO);
    await rig.clock.advance(10);
    await control.stopPlay(scope, ROOM, 'all');
    await rig.clock.advance(10);
    assert.deepEqual(heard(), [
      [0, 1, 0, 1, 0],
      [0, 1, 0],
    ]);
    await rig.assertClean();
  });

  test('a sound that cannot be had is in the timelines', async () => {
    const { rig, scope, room, control } = await meeting(2);
    await control.play(scope, ROOM, 'all', 'http://files.example/none.mp3');
    await rig.clock.advance(10);
    assert.equal(room.sound.isPlaying, false);
    assert.equal(rig.steps.filter(({ event }) => event === 'sound_skipped').length, 2);
    await rig.assertClean();
  });

  test('records until it is stopped or the conference ends, and tells the callback', async () => {
    const { rig, scope, control } = await meeting(2);
    const transcription = { type: 'auto', url: post('http://app.example/text'), reportType: 'full' } as const;
    const callback = post('http://app.example/file');
    const request = { format: 'mp3', timeLimitS: 60, callback, transcription, apiId: 'api-1' } as const;
    const started = await control.startRecording(scope, ROOM, request);
    await rig.clock.advance(2_000);
    await control.stopRecording(scope, ROOM);
    await rig.clock.advance(10);
    assert.deepEqual(rig.recorded, [started.recordingId]);
    assert.deepEqual(rig.transcriptions.get(started.recordingId), transcription);
    const [told] = rig.recordingNotifications;
    assert.ok(told?.kind === 'conference-recorded');
    assert.deepEqual([told.apiId, told.conferenceName, told.recording.durationMs], ['api-1', ROOM, 2_000]);
    await control.startRecording(scope, ROOM, { ...request, callback: undefined });
    await control.hangUp(scope, ROOM);
    await rig.clock.advance(10);
    assert.equal(rig.recorded.length, 2);
    await rig.assertClean();
  });
});
