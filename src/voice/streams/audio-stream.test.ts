import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BOT, inbound, speak, stream } from '../../../testkit/voice-elements.ts';
import { FEED_CAPACITY_MS } from '../../media/stream-audio.ts';
import { hangupCause } from '../hangup-cause.ts';
import { CLOSE_GRACE_MS, RETRY_DELAY_MS } from './audio-stream.ts';
import { MAX_MESSAGES } from './intake.ts';
import type { StreamPlan } from './stream-plan.ts';

const TALK = { keepCallAlive: true, bidirectional: true } as const;
type Run = ReturnType<typeof inbound>;

/** A call whose stream is connected. */
async function streaming(plan: Partial<StreamPlan> = TALK, after = [speak('End')]) {
  const run = inbound([stream(plan), ...after]);
  await run.rig.clock.advance(1);
  return { ...run, app: run.rig.apps.latest };
}

/** Events of the status callback, with what went wrong. */
const told = ({ rig }: Pick<Run, 'rig'>) =>
  rig.application.notifications.flatMap((notification) =>
    notification.kind === 'stream'
      ? [notification.error === undefined ? notification.event : `${notification.event}: ${notification.error}`]
      : [],
  );
const stored = ({ rig }: Pick<Run, 'rig'>) => [...rig.apps.stored.values()].map(({ state, endReason }) => [state, endReason]);
const notes = ({ rig }: Pick<Run, 'rig'>, wanted: string) => rig.steps.filter(({ event }) => event === wanted);
const cause = ({ rig }: Pick<Run, 'rig'>) => rig.ended.map(({ ended }) => ended?.cause.code);
const audio = (bytes: number, more: object = {}) => ({
  event: 'playAudio',
  media: { contentType: 'audio/x-mulaw', sampleRate: 8000, payload: Buffer.alloc(bytes, 0xff).toString('base64'), ...more },
});

describe('a stream that is waited for', () => {
  test('connects, starts with one message, and holds the document until the application closes', async () => {
    const run = await streaming();
    assert.equal(run.app.request.url, BOT);
    assert.equal(run.app.received.length, 1);
    assert.equal(run.app.isPaused, false);
    run.leg.media?.tapped('inbound', new Uint8Array(320));
    await run.rig.clock.advance(60_000);
    assert.deepEqual(run.heardAt(), []);
    assert.deepEqual(told(run), ['started']);
    run.app.leaves(1000);
    await run.rig.clock.advance(1);
    assert.equal(run.heardAt().length, 1);
    await run.rig.clock.advance(10_000);
    assert.deepEqual([told(run), stored(run), cause(run)], [['started', 'stopped'], [['stopped', 'Connection error']], [4010]]);
    await run.rig.assertClean();
  });

  test('is over when its application is lost, and the document goes on', async () => {
    const run = await streaming();
    run.app.leaves(1006);
    await run.rig.clock.advance(10_000);
    assert.deepEqual(told(run), ['dropped: connection disconnected with the remote service']);
    assert.deepEqual([run.heardAt().length, cause(run)], [1, [4010]]);
    await run.rig.assertClean();
  });

  test('tries three times to connect, then the document goes on', async () => {
    const run = inbound([stream({ keepCallAlive: true }), speak('End')]);
    run.rig.apps.failing = 3;
    await run.rig.clock.advance(2 * RETRY_DELAY_MS - 1);
    assert.deepEqual([run.rig.apps.attempts.length, run.heardAt().length], [2, 0]);
    await run.rig.clock.advance(10_000);
    assert.equal(run.rig.apps.attempts.length, 3);
    assert.deepEqual([told(run), stored(run)], [['dropped: connection_failed'], [['dropped', 'Connection error']]]);
    assert.deepEqual([run.heardAt().length, cause(run)], [1, [4010]]);
    await run.rig.assertClean();
  });

  test('connects at the third attempt, each with a signature of its own', async () => {
    const run = inbound([stream(TALK)]);
    run.rig.apps.failing = 2;
    await run.rig.clock.advance(3 * RETRY_DELAY_MS);
    assert.equal(run.rig.apps.latest.got('start').length, 1);
    const nonces = run.rig.apps.attempts.map(({ headers }) => headers['X-Plivo-Signature-V3-Nonce']);
    assert.equal(new Set(nonces).size, 3);
    await run.rig.assertClean();
  });

  test('ends with the call, at once and in order', async () => {
    const run = await streaming();
    run.leg.leaves(hangupCause(4000, 'Callee'));
    await run.rig.clock.advance(1);
    assert.deepEqual([run.app.ended, told(run), stored(run)], ['closed', ['stopped'], [['stopped', 'Call hangup']]]);
    await run.rig.assertClean();
  });

  test('ends while it is still connecting when the caller goes', async () => {
    const run = inbound([stream({ keepCallAlive: true })]);
    run.rig.apps.failing = 1;
    await run.rig.clock.advance(1);
    run.leg.leaves(hangupCause(4000, 'Callee'));
    await run.rig.clock.advance(10_000);
    assert.equal(run.rig.apps.attempts.length, 1);
    await run.rig.assertClean();
  });

  test('ends at its timeout', async () => {
    const run = await streaming({ ...TALK, timeoutMs: 30_000 });
    await run.rig.clock.advance(29_990);
    assert.equal(run.app.ended, undefined);
    await run.rig.clock.advance(10_000);
    assert.deepEqual([run.app.ended, stored(run), cause(run)], ['closed', [['stopped', 'Stream timeout']], [4010]]);
    await run.rig.assertClean();
  });

  test('keeps a transfer waiting until it ends', async () => {
    const run = await streaming();
    run.rig.application.answers('http://app.example/moved', [speak('Moved')]);
    run.flow.transfer({ url: 'http://app.example/moved', method: 'POST' });
    await run.rig.clock.advance(5_000);
    assert.equal(run.rig.application.requestsTo('http://app.example/moved').length, 0);
    run.app.leaves(1001);
    await run.rig.clock.advance(1);
    assert.equal(run.rig.application.requestsTo('http://app.example/moved').length, 1);
    await run.rig.assertClean();
  });

  test('cuts off an application that does not answer the close', async () => {
    const run = await streaming();
    run.app.isAwake = false;
    run.call.hangUp(hangupCause(4000, 'API Request'));
    await run.rig.clock.advance(CLOSE_GRACE_MS - 1);
    assert.equal(run.app.ended, 'closed');
    await run.rig.clock.advance(1);
    assert.equal(run.app.ended, 'terminated');
    await run.rig.assertClean();
  });
});

describe('a stream in the background', () => {
  test('lets the next element run at once, and a second stream is refused while it lives', async () => {
    const run = inbound([stream(), stream({ keepCallAlive: true }), speak('Hello out there')]);
    await run.rig.clock.advance(2);
    assert.deepEqual([run.heardAt().length, run.rig.apps.sockets.length], [1, 1]);
    assert.equal(notes(run, 'stream_refused').length, 1);
    await run.rig.clock.advance(10_000);
    assert.equal(run.rig.apps.latest.ended, 'closed');
    await run.rig.assertClean();
  });

  test('may be followed by another one when it has ended', async () => {
    const run = inbound([stream({ ...TALK, timeoutMs: 1_000 }), stream({ ...TALK, timeoutMs: 1_000 })]);
    await run.rig.clock.advance(3_000);
    assert.equal(run.rig.apps.sockets.length, 2);
    await run.rig.assertClean();
  });

  test('does not keep the document from going on when its record cannot be written', async () => {
    const run = inbound([stream(TALK), speak('End')]);
    run.rig.apps.storageFault = 'the database is away';
    await run.rig.clock.advance(1);
    assert.deepEqual([run.rig.apps.sockets.length, run.heardAt().length], [0, 1]);
    assert.equal(notes(run, 'stream_failed').length, 1);
    run.rig.apps.storageFault = undefined;
    await run.rig.assertClean();
  });
});

describe('what an application sends', () => {
  test('is played in order, each message by its own format', async () => {
    const run = await streaming();
    run.app.says(audio(160));
    run.app.says(audio(960, { contentType: 'audio/x-l16', sampleRate: '24000' }));
    run.app.says(audio(321, { contentType: 'raw', sampleRate: 8000 }));
    run.app.says(audio(319, { contentType: 'audio/x-l16;rate=8000' }));
    assert.deepEqual(
      run.leg.media?.fed?.pushed.map(({ pcm, sampleRate }) => [pcm.length, sampleRate]),
      [
        [160, 8_000],
        [480, 24_000],
        [160, 8_000],
        [160, 8_000],
      ],
    );
    await run.rig.assertClean();
  });

  test('is told when it was played; what is cleared is never told', async () => {
    const run = await streaming();
    run.app.says(audio(8_000));
    run.app.says({ event: 'checkpoint', name: 'first' });
    await run.rig.clock.advance(990);
    assert.equal(run.app.got('playedStream').length, 0);
    await run.rig.clock.advance(20);
    assert.deepEqual(
      run.app.got('playedStream').map(({ name }) => name),
      ['first'],
    );
    run.app.says(audio(8_000));
    run.app.says({ event: 'checkpoint', name: 'second' });
    run.app.says({ event: 'clearAudio' });
    await run.rig.clock.advance(5_000);
    assert.deepEqual([run.app.got('playedStream').length, run.app.got('clearedAudio').length], [1, 1]);
    run.app.says({ event: 'checkpoint', name: 'empty' });
    await run.rig.clock.advance(1);
    assert.equal(run.app.got('playedStream').length, 2);
    await run.rig.assertClean();
  });

  test('may be keys for the far end', async () => {
    const run = await streaming();
    run.app.says({ event: 'sendDTMF', dtmf: '12#' });
    await run.rig.clock.advance(2_000);
    assert.equal(run.leg.media?.sentDigits, '12#');
    await run.rig.assertClean();
  });

  test('may be bad: nothing happens but a remark in the timeline, and not for ever', async () => {
    const run = await streaming();
    for (let round = 0; round < 20; round++) {
      run.app.says('{');
      run.app.says([1, 2]);
      run.app.says({ event: 'dance' });
      run.app.says(audio(10, { contentType: 'audio/x-mulaw', sampleRate: 16000 }));
      run.app.request.events.binary();
    }
    await run.rig.clock.advance(1);
    assert.equal(notes(run, 'stream_message_ignored').length, 20);
    assert.deepEqual([run.leg.media?.fed?.pushed.length, run.app.ended], [0, undefined]);
    await run.rig.assertClean();
  });

  test('means nothing on a stream that is not bidirectional', async () => {
    const run = await streaming({ keepCallAlive: true });
    run.app.says(audio(160));
    run.app.says({ event: 'clearAudio' });
    await run.rig.clock.advance(1);
    assert.equal(run.leg.media?.fed, undefined);
    assert.equal(run.app.got('clearedAudio').length, 0);
    await run.rig.assertClean();
  });

  test('is taken up to a minute of audio, and the newest of what is too much is dropped', async () => {
    const run = await streaming();
    for (let second = 0; second < 70; second++) run.app.says(audio(8_000));
    const pushed = run.leg.media?.fed?.pushed ?? [];
    assert.equal(
      pushed.reduce((samples, { pcm }) => samples + pcm.length, 0),
      FEED_CAPACITY_MS * 8,
    );
    assert.equal(notes(run, 'stream_audio_dropped').length, 10);
    await run.rig.assertClean();
  });

  test('is not read for the rest of a second in which it floods', async () => {
    const run = await streaming();
    for (let count = 0; count <= MAX_MESSAGES; count++) run.app.says({ event: 'clearAudio' });
    assert.equal(run.app.isPaused, true);
    assert.equal(notes(run, 'stream_flooded').length, 1);
    await run.rig.clock.advance(1_000);
    assert.equal(run.app.isPaused, false);
    await run.rig.assertClean();
  });
});

describe('an application that reads too slowly', () => {
  test('is told at 30, 60 and 90 per cent of 40 s, then cut off', async () => {
    const run = await streaming();
    run.leg.media?.tapped('inbound', new Uint8Array(320));
    const message = JSON.stringify(run.app.got('media')[0]).length;
    const fill = async (seconds: number) => {
      run.app.bufferedBytes = seconds * 50 * message;
      await run.rig.clock.advance(1_000);
      return told(run).slice(1);
    };
    assert.deepEqual(await fill(11), []);
    assert.deepEqual(await fill(12.5), ['degraded']);
    assert.deepEqual(await fill(5), ['degraded']);
    assert.deepEqual(await fill(13), ['degraded'], 'each share once');
    assert.deepEqual(await fill(25), ['degraded', 'degraded']);
    assert.deepEqual(await fill(37), ['degraded', 'degraded', 'degraded']);
    assert.deepEqual(await fill(41), ['degraded', 'degraded', 'degraded', 'dropped: buffer_overflow']);
    assert.equal(run.app.ended, 'terminated');
    await run.rig.clock.advance(10_000);
    assert.deepEqual(cause(run), [4010]);
    await run.rig.assertClean();
  });

  test('is found by the answers to pings too, when it has ever answered one', async () => {
    const run = await streaming();
    await run.rig.clock.advance(2_000);
    run.app.isAwake = false;
    await run.rig.clock.advance(39_000);
    assert.deepEqual(told(run), ['degraded', 'degraded', 'degraded']);
    await run.rig.clock.advance(3_000);
    assert.deepEqual(told(run).at(-1), 'dropped: buffer_overflow');
    await run.rig.assertClean();
    const silent = inbound([stream(TALK)]);
    await silent.rig.clock.advance(1);
    silent.rig.apps.latest.isAwake = false;
    await silent.rig.clock.advance(120_000);
    assert.equal(silent.rig.apps.latest.ended, undefined);
    silent.call.hangUp(hangupCause(4000, 'API Request'));
    await silent.rig.clock.advance(CLOSE_GRACE_MS);
    await silent.rig.assertClean();
  });
});

test('suppression of noise is asked of the engine, and the timeline says that the present one does none', async () => {
  const run = await streaming({ ...TALK, noiseLevel: 85 });
  assert.deepEqual(
    notes(run, 'stream_noise_suppression').map(({ detail }) => [detail.engine, detail.suppresses, detail.level]),
    [['none', false, 85]],
  );
  assert.deepEqual(
    [...(run.leg.media?.taps.values() ?? [])].map(({ noiseLevel }) => noiseLevel),
    [85],
  );
  await run.rig.assertClean();
});
