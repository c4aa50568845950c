import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dial, inbound, post, record, redirect, speak } from '../../../testkit/voice-elements.ts';
import { hangupCause } from '../hangup-cause.ts';

const VM = 'http://app.example/vm';
type Run = ReturnType<typeof inbound>;

function told({ rig }: Run) {
  const [request] = rig.application.requestsTo(VM);
  assert.ok(request?.result?.element === 'Record');
  return { ...request.result, request };
}

describe('Record', () => {
  test('beeps, records, and ends with its key', async () => {
    const run = inbound([
      record({ finishOnKey: '*', redirect: false, callback: post('http://app.example/file') }),
      speak('Saved'),
    ]);
    await run.rig.clock.advance(1_400);
    assert.deepEqual(run.leg.media?.heard.at(0)?.sources, [{ kind: 'tone', tone: 'beep' }]);
    run.leg.media?.press('1*2');
    await run.rig.clock.advance(10);
    const { digits, recording } = told(run);
    assert.deepEqual([digits, recording.durationMs, recording.endedAt - recording.startedAt], ['*', 1_000, 1_000]);
    const [callback] = run.rig.recordingNotifications;
    assert.ok(callback?.kind === 'recorded');
    assert.deepEqual([callback.target.url, callback.recording], ['http://app.example/file', recording]);
    await run.rig.assertClean();
  });

  test('asks the recorder for what its attributes say', async () => {
    const run = inbound([
      record({ fileFormat: 'wav', channels: 'mono', maxLengthMs: 30_000, timeoutMs: 7_000, playBeep: false }),
    ]);
    await run.rig.clock.advance(10);
    const [{ path, ...options } = { path: '' }] = run.leg.media?.recorded ?? [];
    assert.ok(path !== '');
    assert.deepEqual(options, { format: 'wav', channels: 'mono', maxMs: 30_000, silenceMs: 7_000 });
    assert.deepEqual(run.heardAt(), []);
    await run.rig.assertClean();
  });

  test('ends at its longest duration, without a key', async () => {
    const run = inbound([record({ maxLengthMs: 30_000, playBeep: false, redirect: false })]);
    await run.rig.clock.advance(30_010);
    assert.deepEqual([told(run).digits, told(run).recording.durationMs], ['', 30_000]);
    await run.rig.assertClean();
  });

  test('ends with silence', async () => {
    const run = inbound([record({ playBeep: false, redirect: false })]);
    await run.rig.clock.advance(9_000);
    run.leg.media?.fallSilent();
    await run.rig.clock.advance(10);
    assert.equal(told(run).recording.durationMs, 9_000);
    await run.rig.assertClean();
  });

  test('no key ends it when there is none', async () => {
    const run = inbound([record({ finishOnKey: '', playBeep: false })]);
    await run.rig.clock.advance(1_000);
    run.leg.media?.press('1234567890*#');
    await run.rig.clock.advance(1_000);
    assert.equal(run.rig.application.requestsTo(VM).length, 0);
    await run.rig.assertClean();
  });

  test('the caller hangs up: the action is told of what there is, and its answer is not looked at', async () => {
    const run = inbound([record({ playBeep: false })]);
    await run.rig.clock.advance(5_000);
    run.leg.leaves(hangupCause(4000, 'Caller'));
    await run.rig.clock.advance(10);
    const { recording, request } = told(run);
    assert.deepEqual([recording.durationMs, request.wantsDocument, request.call.status], [5_000, false, 'completed']);
    await run.rig.assertClean();
  });

  test('the caller hangs up during the beep: nothing is recorded, and its name is given back', async () => {
    const run = inbound([record()]);
    await run.rig.clock.advance(100);
    run.leg.leaves(hangupCause(4000, 'Caller'));
    await run.rig.clock.advance(10);
    assert.deepEqual([run.rig.recorded.length, run.rig.discarded.length], [0, 1]);
    await run.rig.assertClean();
  });

  test('a transfer ends it: the recording is kept, the action is not requested', async () => {
    const run = inbound([record({ playBeep: false })]);
    run.rig.application.answers('http://app.example/other', []);
    await run.rig.clock.advance(5_000);
    run.flow.transfer(post('http://app.example/other'));
    await run.rig.clock.advance(10);
    assert.deepEqual([run.rig.recorded.length, run.rig.application.requestsTo(VM).length], [1, 0]);
    assert.equal(run.ending(), '4010 Plivo');
    await run.rig.assertClean();
  });

  test('a full disk is in the timeline, the action is not requested and the next element runs', async () => {
    const run = inbound([speak('a'), record({ playBeep: false }), speak('b', 0)]);
    await run.rig.clock.advance(10);
    if (run.leg.media) run.leg.media.recordingError = 'no space left on device';
    await run.rig.clock.advance(1_000);
    assert.equal(run.leg.media?.heard.length, 2);
    assert.equal(run.events('recording_failed').at(0)?.reason, 'no space left on device');
    assert.deepEqual([run.rig.discarded.length, run.rig.application.requestsTo(VM).length], [1, 0]);
    await run.rig.assertClean();
  });

  test('is kept, and told, when storage is back after its end', async () => {
    const run = inbound([record({ playBeep: false, maxLengthMs: 5_000 })]);
    await run.rig.clock.advance(1_000);
    run.rig.faults.recordings = 'the database is away';
    await run.rig.clock.advance(6_000);
    assert.deepEqual([run.rig.recorded.length, run.rig.application.requestsTo(VM).length], [0, 0]);
    delete run.rig.faults.recordings;
    await run.rig.clock.advance(1_000);
    assert.deepEqual([run.rig.recorded.length, run.rig.application.requestsTo(VM).length], [1, 1]);
    await run.rig.assertClean();
  });

  test('the file stays for the next start when storage does not come back', async () => {
    const run = inbound([record({ playBeep: false, maxLengthMs: 5_000 }), speak('b', 0)]);
    await run.rig.clock.advance(1_000);
    run.rig.faults.recordings = 'the database is away';
    await run.rig.clock.advance(15_000);
    assert.equal(run.events('recording_failed').at(0)?.reason, 'the database is away');
    assert.deepEqual([run.rig.discarded.length, run.rig.application.requestsTo(VM).length], [0, 0]);
    assert.equal(run.leg.media?.heard.length, 1, 'the next element runs');
    await run.rig.assertClean();
  });

  test('storage that takes no recording does not end the call', async () => {
    const run = inbound([record({ playBeep: false }), record({ mode: 'session' }), speak('b', 0)], (rig) => {
      rig.faults.recordings = 'the database is away';
    });
    await run.rig.clock.advance(10);
    assert.equal(run.leg.media?.heard.length, 1);
    assert.equal(run.events('recording_failed').length, 2);
    await run.rig.assertClean();
  });
});

describe('Record in the background', () => {
  test('of the session: begins now without beep, goes on over documents, and is told at once with -1', async () => {
    const run = inbound([
      record({ mode: 'session', redirect: false, maxLengthMs: 3_600_000, callback: post('http://app.example/file') }),
      redirect('http://app.example/next'),
    ]);
    run.rig.application.answers('http://app.example/next', [speak('Text')]);
    await run.rig.clock.advance(10);
    const { recording } = told(run);
    assert.deepEqual([recording.durationMs, recording.startedAt, recording.endedAt], [-1, -1, -1]);
    assert.deepEqual(run.heardAt(), [0]);
    assert.equal(run.leg.media?.recorded.at(0)?.silenceMs, undefined);
    assert.equal(run.rig.services.recordings.running(run.call.id).length, 1);
    await run.rig.clock.advance(1_000);
    assert.equal(run.ending(), '4010 Plivo');
    const [callback] = run.rig.recordingNotifications;
    assert.ok(callback?.kind === 'recorded');
    assert.deepEqual([callback.recording.durationMs, callback.call.status], [200, 'completed']);
    await run.rig.assertClean();
  });

  test('is cut at its longest duration', async () => {
    const run = inbound([record({ mode: 'session', action: undefined, maxLengthMs: 60_000 }), speak('text', 0)]);
    await run.rig.clock.advance(61_000);
    assert.deepEqual([run.rig.recorded.length, run.rig.services.recordings.running(run.call.id).length], [1, 0]);
    await run.rig.assertClean();
  });

  test('on answer of a Dial: begins when somebody answers', async () => {
    const run = inbound([record({ mode: 'dial-answer', action: undefined }), dial(['14155550111'], { action: undefined })]);
    await run.rig.clock.advance(1_000);
    assert.equal(run.leg.media?.recorded.length, 0);
    run.rig.dialled[0]?.leg.answers();
    await run.rig.clock.advance(10);
    assert.equal(run.leg.media?.recorded.length, 1);
    await run.rig.assertClean();
    assert.equal(run.rig.recorded.length, 1);
  });

  test('on answer of a Dial that nobody answers: its name is given back', async () => {
    const run = inbound([record({ mode: 'dial-answer', action: undefined }), dial(['14155550111'], { action: undefined })]);
    await run.rig.clock.advance(1_000);
    run.rig.dialled[0]?.leg.refuses(486);
    await run.rig.clock.advance(10);
    assert.equal(run.ending(), '4010 Plivo');
    assert.deepEqual([run.rig.recorded.length, run.rig.discarded.length], [0, 1]);
    await run.rig.assertClean();
  });

  test('asks for its transcription before there is any audio, and goes on without a recording when that cannot be kept', async () => {
    const transcription = {
      type: 'auto',
      url: { url: 'http://app.example/text', method: 'POST' },
      reportType: 'compact',
    } as const;
    const run = inbound([record({ transcription, playBeep: false, maxLengthMs: 2_000, action: undefined })]);
    await run.rig.clock.advance(10);
    const [id = ''] = run.rig.transcriptions.keys();
    assert.deepEqual([run.rig.transcriptions.get(id), run.rig.recorded.length], [transcription, 0]);
    await run.rig.clock.advance(3_000);
    assert.deepEqual(run.rig.recorded, [id]);
    await run.rig.assertClean();
    const failing = inbound([record({ transcription, action: undefined }), speak('End')], (rig) => {
      rig.faults.transcriptions = 'storage is away';
    });
    await failing.rig.clock.advance(2_000);
    assert.deepEqual(
      [failing.events('recording_failed').length, failing.rig.discarded.length, failing.ending()],
      [1, 1, '4010 Plivo'],
    );
    await failing.rig.assertClean();
  });
});
