import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CALLEE, createCallControlRig, scopeOf } from '../../testkit/call-control-rig.ts';
import { dial, post, record, speak } from '../../testkit/voice-elements.ts';
import { Problem } from '../errors/catalogue.ts';
import type { RecordRequest } from './call-control.ts';
import type { VoiceElement } from './document.ts';
import { hangupCause } from './hangup-cause.ts';

const NOT_FOUND = (error: unknown) => error instanceof Problem && error.code === 'not_found';
const INVALID = (error: unknown) => error instanceof Problem && error.code === 'invalid_parameter';
const NOBODY = '00000000-0000-7000-8000-000000000000';

/** A call that is answered and speaks on, or runs these elements. */
async function answered(elements: readonly VoiceElement[] = [speak('text', 0)]) {
  const rig = createCallControlRig();
  return { rig, ...(await rig.answered(elements)) };
}

/** An answered call that is connected by Dial. */
async function connected(...given: Parameters<typeof dial>) {
  const run = await answered([dial(...given), speak('On', 0)]);
  await run.rig.clock.advance(10);
  const other = run.rig.dialled[1];
  assert.ok(other);
  other.leg.answers();
  await run.rig.clock.advance(10);
  assert.equal(run.rig.media.bridges.size, 1);
  return { ...run, otherId: other.request.callId, other: other.leg };
}
const A = '14155550111';
const dialled = () => connected([A], { action: undefined });

const RECORD: RecordRequest = {
  format: 'mp3',
  channels: 'mono',
  timeLimitS: 60,
  callback: post('http://app.example/recorded'),
  transcription: undefined,
  apiId: 'api-1',
};
const playing = { urls: ['http://cdn.example/a.mp3'], legs: 'aleg', loop: false, mix: true, lengthS: undefined } as const;
const speaking = { content: ['Hello'], voice: 'WOMAN', language: 'en-US', legs: 'aleg', loop: false, mix: true } as const;
const to = (url: string) => ({ legs: 'aleg', aLeg: post(url), bLeg: undefined }) as const;

test('a call is refused when it shall join one that is not there, if its request wants that', async () => {
  const { rig, callId } = await answered();
  const gone = { parentCallId: NOBODY, errorIfParentNotFound: true };
  await assert.rejects(() => rig.place(gone), INVALID);
  assert.equal((await rig.place({ ...gone, errorIfParentNotFound: false })).requestIds.length, 1);
  assert.equal((await rig.place({ ...gone, parentCallId: callId })).requestIds.length, 1);
});

test('a call of somebody else, and one that is not, are not found by anything', async () => {
  const { rig, callId } = await answered();
  const stranger = scopeOf({ ...rig.account.current, authId: 'MASOMEBODYELSE000001' });
  const subaccount = {
    ...rig.scope,
    subaccount: { ...rig.account.current, authId: 'SASUBACCOUNT00000001', parentId: rig.account.current.authId },
  };
  for (const [scope, id] of [
    [stranger, callId],
    [subaccount, callId],
    [rig.scope, NOBODY],
  ] as const) {
    for (const ask of [
      () => rig.control.transfer(scope, id, to('http://app.example/other')),
      () => rig.control.hangUp(scope, id),
      () => rig.control.cancelRequest(scope, id),
      () => rig.control.play(scope, id, playing),
      () => rig.control.stopPlay(scope, id),
      () => rig.control.speak(scope, id, speaking),
      () => rig.control.stopSpeak(scope, id),
      () => rig.control.sendDigits(scope, id, '1', 'aleg'),
      () => rig.control.startRecording(scope, id, RECORD),
      () => rig.control.stopRecording(scope, id, undefined),
    ]) {
      await assert.rejects(ask, NOT_FOUND, String(ask));
    }
  }
  await rig.control.hangUpAll(stranger);
  await rig.clock.advance(10);
  assert.equal(rig.live.size, 1);
  await rig.assertClean();
});

describe('hangup', () => {
  test('of a call that rings is a cancellation, of one that is answered a normal end', async () => {
    const rig = createCallControlRig();
    const { requestIds } = await rig.place();
    rig.dialled[0]?.leg.rings();
    await rig.control.hangUp(rig.scope, requestIds[0] ?? '');
    assert.deepEqual([rig.ended[0]?.ended?.cause.code, rig.ended[0]?.ended?.cause.source], [1000, 'API Request']);
    assert.equal(rig.ended[0]?.status, 'cancel');
    await assert.rejects(rig.control.hangUp(rig.scope, requestIds[0] ?? ''), NOT_FOUND);
    await rig.assertClean();

    const other = await answered();
    await other.rig.control.hangUp(other.rig.scope, other.callId);
    assert.deepEqual(other.call.facts.ended?.cause, hangupCause(4000, 'API Request'));
    await other.rig.assertClean();
  });

  test('of a call that waits for its turn takes it out of the queue and tells its hangup URL', async () => {
    const rig = createCallControlRig();
    const { requestIds } = await rig.place({ to: [CALLEE, A, '14155550112'], hangup: post('http://app.example/hangup') });
    await rig.control.hangUp(rig.scope, requestIds[2] ?? '');
    await rig.clock.advance(5_000);
    assert.equal(rig.dialled.length, 2);
    const [told] = rig.told;
    assert.ok(told?.kind === 'hangup');
    assert.deepEqual([told.call.callId, told.call.status, told.call.ended?.cause.code], [requestIds[2], 'cancel', 1000]);
    await rig.assertClean();
  });

  test('while the document is being fetched ends the call and the fetch', async () => {
    const rig = createCallControlRig();
    rig.application.delays('http://app.example/answer', 30_000);
    const { callId, call } = await rig.answered([speak('never')]);
    await rig.control.hangUp(rig.scope, callId);
    await rig.clock.advance(1);
    assert.deepEqual(call.facts.ended?.cause, hangupCause(4000, 'API Request'));
    assert.equal(rig.clock.pending, 0);
    await rig.assertClean();
  });

  test('in the moment of the answer ends the call once', async () => {
    const rig = createCallControlRig();
    const { requestIds } = await rig.place();
    rig.dialled[0]?.leg.answers();
    await rig.control.hangUp(rig.scope, requestIds[0] ?? '');
    rig.dialled[0]?.leg.leaves(hangupCause(4000, 'Callee'));
    await rig.clock.advance(10);
    assert.deepEqual(
      rig.ended.map(({ ended }) => ended?.cause.source),
      ['API Request'],
    );
    await rig.assertClean();
  });

  test('of all ends live and waiting calls with code 0', async () => {
    const rig = createCallControlRig();
    rig.application.answers('http://app.example/answer', [speak('text', 0)]);
    await rig.place({ to: [CALLEE, A, '14155550112'] });
    rig.dialled[0]?.leg.answers();
    await rig.clock.advance(10);
    await rig.control.hangUpAll(rig.scope);
    assert.deepEqual(
      rig.ended.map(({ ended }) => `${ended?.cause.code} ${ended?.cause.source}`),
      ['0 Unknown', '0 Unknown'],
    );
    assert.deepEqual(
      [...rig.store.endings.values()].map(({ ended }) => ended.cause.code),
      [0],
    );
    await rig.clock.advance(5_000);
    assert.equal(rig.dialled.length, 2);
    await rig.assertClean();
  });
});

describe('cancel of a request', () => {
  test('ends a call that rings, and leaves one that is answered', async () => {
    const rig = createCallControlRig();
    const { requestIds } = await rig.place();
    await rig.control.cancelRequest(rig.scope, requestIds[0] ?? '');
    assert.equal(rig.ended[0]?.ended?.cause.code, 1000);
    const { callId, call } = await rig.answered([speak('text', 0)]);
    await rig.control.cancelRequest(rig.scope, callId);
    assert.equal(call.facts.ended, undefined);
    await rig.assertClean();
  });

  test('does not know calls that no request asked for', async () => {
    const { rig, otherId } = await dialled();
    const { call } = rig.startCall('inbound');
    await assert.rejects(rig.control.cancelRequest(rig.scope, otherId), NOT_FOUND);
    await assert.rejects(rig.control.cancelRequest(rig.scope, call.id), NOT_FOUND);
    await rig.assertClean();
  });
});

describe('play and speak', () => {
  test('are heard by the legs that are meant, as they are asked for', async () => {
    for (const [legs, heard] of [
      ['aleg', [true, false]],
      ['bleg', [false, true]],
      ['both', [true, true]],
    ] as const) {
      const { rig, callId, leg, other } = await dialled();
      rig.sounds.set('http://cdn.example/a.mp3', 1_000);
      rig.sounds.set('http://cdn.example/b.mp3', 1_000);
      await rig.control.play(rig.scope, callId, {
        urls: ['http://cdn.example/a.mp3', 'http://cdn.example/b.mp3'],
        legs,
        loop: true,
        mix: false,
        lengthS: 5,
      });
      await rig.clock.advance(10);
      assert.deepEqual([leg.media?.isPlaying, other.media?.isPlaying], heard);
      const last = (legs === 'bleg' ? other : leg).media?.heard.at(-1);
      assert.deepEqual([last?.sources.length, last?.options], [2, { loop: 0, mix: false, maxMs: 5_000, over: true }]);
      await rig.clock.advance(5_000);
      assert.deepEqual([leg.media?.isPlaying, other.media?.isPlaying], [false, false]);
      await rig.assertClean();
    }
  });

  test('the B leg of a Dial can be named itself', async () => {
    const { rig, otherId, leg, other } = await dialled();
    await rig.control.speak(rig.scope, otherId, speaking);
    await rig.clock.advance(10);
    assert.deepEqual([leg.media?.isPlaying, other.media?.isPlaying], [false, true]);
    await rig.assertClean();
  });

  test('are stopped each by its own', async () => {
    const { rig, callId, leg } = await dialled();
    await rig.control.speak(rig.scope, callId, { ...speaking, loop: true });
    await rig.clock.advance(10);
    await rig.control.stopPlay(rig.scope, callId);
    assert.equal(leg.media?.isPlaying, true);
    await rig.control.stopSpeak(rig.scope, callId);
    assert.equal(leg.media?.isPlaying, false);
    await rig.control.stopSpeak(rig.scope, callId);
    await rig.assertClean();
  });

  test('do not disturb the document: it goes on with what it says, and ends when that is over', async () => {
    const { rig, callId, leg } = await answered([speak('Welcome to the lab', 2), speak('Goodbye')]);
    rig.sounds.set('http://cdn.example/a.mp3', 60_000);
    await rig.clock.advance(500);
    await rig.control.play(rig.scope, callId, playing);
    await rig.control.stopPlay(rig.scope, callId);
    await rig.control.play(rig.scope, callId, playing);
    await rig.clock.advance(10);
    const start = leg.media?.heard[0]?.at ?? 0;
    await rig.clock.advance(1_500);
    assert.deepEqual(
      leg.media?.heard.filter(({ options }) => !options.over).map(({ at }) => at - start),
      [0, 1_800],
      'eighteen characters take 900 ms, twice',
    );
    assert.equal(leg.media?.isPlaying, true);
    await rig.clock.advance(1_000);
    assert.equal(rig.ended.at(-1)?.ended?.cause.code, 4010);
    await rig.assertClean();
  });

  test('play what can be had of several files, in their order', async () => {
    const { rig, callId, leg } = await dialled();
    rig.sounds.set('http://cdn.example/a.mp3', 1_000);
    rig.sounds.set('http://cdn.example/b.mp3', 2_000);
    const urls = ['a', 'missing', 'b'].map((name) => `http://cdn.example/${name}.mp3`);
    await rig.control.play(rig.scope, callId, { ...playing, urls });
    await rig.clock.advance(10);
    const lengths = leg.media?.heard.at(-1)?.sources.map((source) => source.kind === 'clip' && source.clip.pcm.length / 8);
    assert.deepEqual(lengths, [1_000, 2_000]);
    const skipped = rig.steps.filter(({ event }) => event === 'sound_skipped');
    assert.deepEqual([skipped.length, String(skipped[0]?.detail.reason).includes('missing.mp3')], [1, true]);
    await rig.assertClean();
  });

  test('a sound that cannot be had is in the timeline', async () => {
    const { rig, callId } = await dialled();
    await rig.control.play(rig.scope, callId, playing);
    await rig.clock.advance(10);
    assert.ok(rig.steps.some(({ event, detail }) => event === 'sound_skipped' && String(detail.reason).includes('a.mp3')));
    await rig.assertClean();
  });

  test('the newer replaces the older, also one that is still being fetched', async () => {
    const { rig, callId, leg } = await dialled();
    const { promise, resolve } = Promise.withResolvers<void>();
    const { sounds } = rig.services;
    rig.sounds.set('http://cdn.example/a.mp3', 1_000);
    Object.assign(rig.services, {
      sounds: { ...sounds, fromUrl: (url: string, signal: AbortSignal) => promise.then(() => sounds.fromUrl(url, signal)) },
    });
    await rig.control.play(rig.scope, callId, playing);
    await rig.control.speak(rig.scope, callId, speaking);
    resolve();
    await rig.clock.advance(10);
    assert.equal(leg.media?.heard.length, 2);
    await rig.assertClean();
  });

  test('need the leg that they name, with audio', async () => {
    const { rig, callId } = await answered();
    await assert.rejects(rig.control.play(rig.scope, callId, { ...playing, legs: 'bleg' }), INVALID);
    await assert.rejects(rig.control.speak(rig.scope, callId, { ...speaking, legs: 'bleg' }), INVALID);
    const { call } = rig.startCall('inbound');
    await assert.rejects(rig.control.play(rig.scope, call.id, playing), INVALID);
    await rig.assertClean();
  });
});

test('digits are sent to the legs that are meant', async () => {
  const { rig, callId, leg, other } = await dialled();
  await rig.control.sendDigits(rig.scope, callId, '1w2', 'aleg');
  await rig.control.sendDigits(rig.scope, callId, '34', 'bleg');
  await rig.control.sendDigits(rig.scope, callId, '#', 'both');
  await rig.clock.advance(2_000);
  assert.deepEqual([leg.media?.sentDigits.length, other.media?.sentDigits.length], [3, 3]);
  await rig.assertClean();
});

describe('recording by the API', () => {
  test('is named at once, ends at its time limit and is told with the id of its request', async () => {
    const { rig, callId, leg } = await answered();
    const { recordingId, url } = await rig.control.startRecording(rig.scope, callId, RECORD);
    assert.ok(url.includes(recordingId));
    assert.equal(leg.media?.recorded.at(0)?.channels, 'mono');
    await rig.clock.advance(60_001);
    const [told] = rig.recordingNotifications;
    assert.ok(told?.kind === 'api-recorded');
    assert.deepEqual([told.apiId, told.recording.recordingId, told.recording.durationMs], ['api-1', recordingId, 60_000]);
    await rig.assertClean();
  });

  test('stops one, or all, also those of the document', async () => {
    const { rig, callId } = await answered([record({ mode: 'session', action: undefined }), speak('text', 0)]);
    const first = await rig.control.startRecording(rig.scope, callId, RECORD);
    await rig.control.startRecording(rig.scope, callId, RECORD);
    await rig.control.stopRecording(rig.scope, callId, first.url);
    await rig.clock.advance(1);
    assert.deepEqual(rig.recorded, [first.recordingId]);
    await rig.control.stopRecording(rig.scope, callId, undefined);
    await rig.clock.advance(1);
    assert.equal(rig.recorded.length, 3);
    await rig.assertClean();
  });

  test('needs audio', async () => {
    const rig = createCallControlRig();
    const { call } = rig.startCall('inbound');
    await assert.rejects(rig.control.startRecording(rig.scope, call.id, RECORD), INVALID);
    await rig.assertClean();
  });
});

test('a call leaves the live ones when it has ended, whatever becomes of its media and its record', async () => {
  for (const break_ of [
    (rig: Awaited<ReturnType<typeof answered>>) => {
      if (rig.leg.media) rig.leg.media.close = () => Promise.reject(new Error('the worker is gone'));
    },
    (run: Awaited<ReturnType<typeof answered>>) => {
      Object.assign(run.rig.environment.records, { ended: () => Promise.reject(new Error('the disk is full')) });
    },
  ]) {
    const run = await answered();
    break_(run);
    await run.rig.control.hangUp(run.rig.scope, run.callId);
    await run.rig.clock.advance(1);
    assert.equal(run.rig.live.size, 0);
  }
});
