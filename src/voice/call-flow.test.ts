import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dial, getDigits, inbound, speak, waitFor } from '../../testkit/voice-elements.ts';
import type { createVoiceRig } from '../../testkit/voice-rig.ts';
import type { RecordElement } from './document.ts';
import { hangupCause } from './hangup-cause.ts';

test('a call rings while it waits, is answered by the first thing to be heard, and ends with its document', async () => {
  const { rig, call, leg, end } = inbound([waitFor(3), speak('You have reached the lab.', 2)]);
  await rig.clock.advance(2_900);
  assert.deepEqual(leg.asked, []);
  await rig.clock.advance(200);
  assert.deepEqual(leg.asked, ['answer']);
  assert.equal(call.facts.status, 'in-progress');
  await rig.clock.advance(10_000);
  assert.equal(end()?.cause.code, 4010);
  assert.equal(end()?.cause.source, 'Plivo');
  assert.equal(end()?.durationS, 3);
  assert.equal(end()?.billedS, 60);
  assert.equal(end()?.amountMicros, 8_500);
  assert.equal(rig.clock.pending, 0);
});

test('a call is rejected as busy without being answered', async () => {
  const { rig, leg, end } = inbound([{ element: 'Hangup', reason: 'busy', scheduleMs: 0 }, speak('never heard')]);
  await rig.clock.advance(10);
  assert.deepEqual(leg.asked, []);
  assert.equal(leg.hungUpWith?.code, 3010);
  assert.deepEqual([end()?.cause.code, end()?.cause.source, end()?.durationS], [3010, 'Answer XML', 0]);
});

test('early audio is not answered and not billed', async () => {
  const { rig, leg, call } = inbound([
    {
      element: 'PreAnswer',
      children: [speak('Please hold.'), { element: 'Wait', lengthMs: 1000, minSilenceMs: undefined, beep: undefined }],
    },
    speak('Connected.'),
  ]);
  await rig.clock.advance(1_000);
  assert.deepEqual(leg.asked, ['early']);
  assert.equal(call.facts.status, 'ringing');
  await rig.clock.advance(700);
  assert.deepEqual(leg.asked, ['early', 'answer']);
});

test('an empty document answers the call and ends it', async () => {
  const { rig, leg, end } = inbound([]);
  await rig.clock.advance(10);
  assert.deepEqual(leg.asked, ['answer']);
  assert.equal(end()?.cause.code, 4010);
});

test('a key stops the prompt, and the answer of the action replaces the rest', async () => {
  const { rig, leg } = inbound([
    getDigits({ numDigits: 1, prompts: [speak('Press one or two, at your leisure.')] }),
    speak('Goodbye'),
  ]);
  rig.application.answers('http://app.example/menu', [speak('One it is')]);
  await rig.clock.advance(500);
  leg.media?.press('1');
  await rig.clock.advance(10);
  const [request] = rig.application.requestsTo('http://app.example/menu');
  assert.deepEqual(request?.result, { element: 'GetDigits', digits: '1' });
  assert.equal(leg.media?.heard.length, 2);
});

test('two silent attempts fall through to the next element, and the action is not requested', async () => {
  const { rig, leg, end } = inbound([
    getDigits({ retries: 2, timeoutMs: 4000, prompts: [speak('Press one.')] }),
    speak('Goodbye'),
    { element: 'Hangup', reason: undefined, scheduleMs: 0 },
  ]);
  await rig.clock.advance(20_000);
  assert.equal(leg.media?.heard.length, 3);
  assert.equal(rig.application.requestsTo('http://app.example/menu').length, 0);
  assert.deepEqual([end()?.cause.code, end()?.cause.source], [4000, 'Answer XML']);
});

test('an invalid key plays its sound and uses up an attempt', async () => {
  const { rig, leg } = inbound([
    getDigits({ validDigits: '12', retries: 2, invalidDigitsSound: 'http://cdn.example/no.wav', prompts: [speak('Press.')] }),
  ]);
  rig.sounds.set('http://cdn.example/no.wav', 700);
  await rig.clock.advance(100);
  leg.media?.press('9');
  await rig.clock.advance(701);
  assert.equal(leg.media?.heard.length, 3);
  leg.media?.press('2#');
  await rig.clock.advance(10);
  assert.equal(rig.application.requestsTo('http://app.example/menu').length, 1);
});

test('both destinations ring, the first to answer wins, the other has lost the race', async () => {
  const { rig, leg, call } = inbound([
    dial(['14155550111', '14155550112'], { callback: { url: 'http://app.example/legs', method: 'POST' } }),
  ]);
  rig.application.answers('http://app.example/done', [speak('Bye')]);
  await rig.clock.advance(10);
  assert.deepEqual(leg.asked, ['ring']);
  const [first, second] = rig.dialled;
  assert.ok(first && second);
  first.leg.rings();
  second.leg.rings();
  await rig.clock.advance(1000);
  second.leg.answers();
  await rig.clock.advance(10);
  assert.deepEqual(leg.asked, ['ring', 'answer']);
  assert.equal(rig.media.bridges.size, 1);
  assert.equal(first.leg.hungUpWith?.code, 9000);
  await rig.clock.advance(30_000);
  second.leg.leaves(hangupCause(4000, 'Callee'));
  await rig.clock.advance(10);
  assert.equal(rig.media.bridges.size, 0);
  const told = rig.application.notifications.map((notification) =>
    notification.kind === 'dial' ? `${notification.action} ${notification.position}` : notification.kind,
  );
  assert.deepEqual(told, ['answer 2', 'hangup 1', 'connected 2', 'hangup 2']);
  const [done] = rig.application.requestsTo('http://app.example/done');
  assert.equal(done?.result?.element === 'Dial' && done.result.status, 'completed');
  assert.equal(done?.result?.element === 'Dial' && done.result.bLegId, second.request.callId);
  assert.equal(call.facts.status, 'in-progress');
});

test('nobody answers in time: no-answer, 6010, and the next Dial rings', async () => {
  const { rig } = inbound([
    dial(['14155550121'], { redirect: false, timeoutMs: 10_000 }),
    dial(['14155550122'], { action: undefined }),
  ]);
  await rig.clock.advance(10);
  rig.dialled[0]?.leg.rings();
  await rig.clock.advance(10_010);
  assert.equal(rig.dialled[0]?.leg.hungUpWith?.code, 6010);
  const [done] = rig.application.requestsTo('http://app.example/done');
  assert.deepEqual(
    done?.result?.element === 'Dial' && [done.result.status, done.result.rang, done.result.bLegId, done.wantsDocument],
    ['no-answer', true, '', false],
  );
  assert.equal(rig.dialled.length, 2);
});

test('a busy destination, a barred one and a caller id that is not ours each have their cause', async () => {
  for (const [prepare, expected] of [
    [(rig: ReturnType<typeof createVoiceRig>) => rig.dialled[0]?.leg.refuses(486), ['busy', 3010]],
    [undefined, ['failed', 3030]],
  ] as const) {
    const { rig } = inbound([dial(['14155550111'], prepare ? {} : { callerId: '+19995550100' })]);
    rig.application.answers('http://app.example/done', []);
    await rig.clock.advance(10);
    prepare?.(rig);
    await rig.clock.advance(10);
    const [done] = rig.application.requestsTo('http://app.example/done');
    assert.deepEqual(done?.result?.element === 'Dial' && [done.result.status, done.result.cause.code], expected);
  }
});

test('the caller leaves while it rings: the legs are cancelled and the action is told without being followed', async () => {
  const { rig, leg, end } = inbound([dial(['14155550111'])]);
  await rig.clock.advance(1000);
  leg.leaves(hangupCause(4000, 'Caller'));
  await rig.clock.advance(10);
  assert.equal(rig.dialled[0]?.leg.hungUpWith?.code, 1000);
  const [done] = rig.application.requestsTo('http://app.example/done');
  assert.equal(done?.wantsDocument, false);
  assert.equal(done?.result?.element === 'Dial' && done.result.status, 'cancel');
  assert.equal(end()?.cause.source, 'Caller');
  assert.equal(rig.clock.pending, 0);
});

test('a leg must press the confirmation key before it is connected', async () => {
  const { rig } = inbound([dial(['14155550111'], { confirmSound: 'http://app.example/confirm', confirmKey: '5' })]);
  rig.application.answers('http://app.example/confirm', [speak('Press five')]);
  await rig.clock.advance(10);
  const leg = rig.dialled[0]?.leg;
  leg?.answers();
  await rig.clock.advance(2_000);
  assert.equal(rig.media.bridges.size, 0);
  leg?.media?.press('5');
  await rig.clock.advance(10);
  assert.equal(rig.media.bridges.size, 1);
});

test('a star of the caller drops the other leg and the caller goes on', async () => {
  const { rig, leg } = inbound([dial(['14155550111'], { hangupOnStar: true, action: undefined }), speak('Still here')]);
  await rig.clock.advance(10);
  rig.dialled[0]?.leg.answers();
  await rig.clock.advance(10);
  leg.media?.press('*');
  await rig.clock.advance(10);
  assert.equal(rig.dialled[0]?.leg.hungUpWith?.code, 4000);
  assert.equal(leg.media?.heard.length, 1);
});

test('a transfer interrupts what is heard and goes on with another document', async () => {
  const { rig, leg, flow, end } = inbound([speak('a very long text that is not heard to its end', 0)]);
  rig.application.answers('http://app.example/other', [speak('Other')]);
  await rig.clock.advance(1000);
  flow.transfer({ url: 'http://app.example/other', method: 'POST' });
  await rig.clock.advance(10);
  assert.equal(leg.media?.heard.length, 2);
  await rig.clock.advance(1000);
  assert.equal(end()?.cause.code, 4010);
});

test('a transfer to an address that does not answer ends the call with 7013', async () => {
  const { rig, flow, end } = inbound([speak('text', 0)]);
  await rig.clock.advance(10);
  flow.transfer({ url: 'http://nobody.example/', method: 'POST' });
  await rig.clock.advance(10);
  assert.deepEqual([end()?.cause.code, end()?.cause.source], [7013, 'Error']);
});

test('a recording ends with its key, and the action has its length', async () => {
  const record: RecordElement = {
    element: 'Record',
    action: { url: 'http://app.example/vm', method: 'POST' },
    redirect: false,
    fileFormat: 'mp3',
    timeoutMs: 15_000,
    maxLengthMs: 30_000,
    playBeep: true,
    finishOnKey: '*',
    mode: 'prompted',
    channels: 'stereo',
    callback: { url: 'http://app.example/vmfile', method: 'POST' },
    transcription: undefined,
  };
  const { rig, leg } = inbound([record, speak('Saved.')]);
  await rig.clock.advance(5_400);
  leg.media?.press('*');
  await rig.clock.advance(10);
  const [vm] = rig.application.requestsTo('http://app.example/vm');
  assert.ok(vm?.result?.element === 'Record');
  assert.deepEqual([vm.result.digits, vm.result.recording.durationMs], ['*', 5_000]);
  assert.equal(rig.recorded.length, 1);
  assert.equal(leg.media?.heard.length, 2);
});

test('a sound that cannot be had is skipped with its cause in the timeline', async () => {
  const { rig, end } = inbound([{ element: 'Play', url: 'http://cdn.example/missing.mp3', loop: 1 }, speak('After')]);
  await rig.clock.advance(1000);
  assert.equal(end()?.cause.code, 4010);
  assert.ok(rig.steps.some(({ event, detail }) => event === 'sound_skipped' && String(detail.reason).includes('missing.mp3')));
});

test('silence of the network for a minute ends the call', async () => {
  const { rig, leg, end } = inbound([speak('text', 0)]);
  await rig.clock.advance(10);
  leg.media?.loseMedia();
  await rig.clock.advance(10);
  assert.equal(end()?.cause.code, 6020);
});
