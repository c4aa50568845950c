import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createCallControlRig } from '../../testkit/call-control-rig.ts';
import {
  dial,
  dtmf,
  getDigits,
  getInput,
  hangup,
  play,
  post,
  record,
  redirect,
  speak,
  target,
  waitFor,
} from '../../testkit/voice-elements.ts';
import { Problem } from '../errors/catalogue.ts';
import type { VoiceElement } from './document.ts';
import { hangupCause } from './hangup-cause.ts';

/** Calls that live through anything: every element, and everything that can happen to it, at any moment. */

const SLOW = 'http://app.example/slow';
const MUSIC = 'http://app.example/music';
const A = '14155550111';
const B = '14155550112';

const elements: Readonly<Record<string, VoiceElement>> = {
  speak: speak('Some text'),
  'speak on': speak('Some text', 0),
  play: play('http://cdn.example/a.mp3'),
  'play nothing': play('http://cdn.example/missing.mp3'),
  wait: waitFor(2),
  'wait for silence': waitFor(3, { minSilenceMs: 500 }),
  dtmf: dtmf('1w2', false),
  'dtmf async': dtmf('123W4'),
  'pre-answer': { element: 'PreAnswer', children: [speak('Hold'), waitFor(1), getDigits({ timeoutMs: 500 })] },
  digits: getDigits({ retries: 2, timeoutMs: 700, playBeep: true, prompts: [speak('Press'), waitFor(1)] }),
  'digits told': getDigits({ numDigits: 1, redirect: false, timeoutMs: 700 }),
  'digits followed': getDigits({ numDigits: 1, action: post(SLOW), timeoutMs: 700 }),
  input: getInput({ executionTimeoutMs: 1_500, action: post(SLOW) }),
  record: record({ maxLengthMs: 1_500, action: post(SLOW) }),
  'record session': record({ mode: 'session', redirect: false }),
  'record dial': record({ mode: 'dial-answer', action: undefined }),
  dial: dial([A, B], { action: post(SLOW), timeoutMs: 2_000, callback: post('http://x'), hangupOnStar: true }),
  'dial with music': dial([A], { action: undefined, dialMusic: { kind: 'url', url: MUSIC }, timeLimitMs: 1_500 }),
  'dial with early audio': dial([target(A, { sendDigits: '12', sendOnPreanswer: true })], {
    dialMusic: { kind: 'real' },
    redirect: false,
  }),
  'dial and confirm': dial([A, B], { confirmSound: MUSIC, confirmKey: '5', confirmTimeoutMs: 1_000, action: undefined }),
  redirect: redirect(SLOW),
  hangup: hangup(),
  'hangup later': hangup({ scheduleMs: 2_500 }),
};

const happenings = [
  'caller leaves',
  'b rings',
  'b early',
  'b answers',
  'b busy',
  'b leaves',
  'key',
  'confirm key',
  'star',
  'silence',
  'media lost',
  'media fails',
  'transfer a',
  'transfer b',
  'transfer both',
  'api hangup',
  'api hangup b',
  'api play',
  'api record',
  'api digits',
] as const;

type Happening = (typeof happenings)[number];
interface Event {
  readonly after: number;
  readonly what: Happening;
  readonly nth: number;
}

async function run(direction: 'inbound' | 'outbound', names: readonly string[], script: readonly Event[]): Promise<void> {
  const rig = createCallControlRig();
  const document = names.flatMap((name) => elements[name] ?? []);
  rig.sounds.set('http://cdn.example/a.mp3', 900);
  rig.application.answers('http://app.example/answer', document);
  rig.application.answers('http://app.example/menu', [speak('Menu')]);
  rig.application.answers('http://app.example/other', [speak('Other'), ...document]);
  rig.application.answers(SLOW, [speak('Slow')]);
  rig.application.delays(SLOW, 400);
  rig.application.answers(MUSIC, [speak('La'), waitFor(1)]);
  const { call, leg, flow } = rig.startCall(direction);
  if (direction === 'outbound') leg.answers();
  const running = flow.run({ kind: 'answer', answer: post('http://app.example/answer'), fallback: undefined });
  const b = (nth: number) => rig.dialled[nth % Math.max(1, rig.dialled.length)];
  const quietly = (asked: Promise<unknown>) =>
    asked.catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error;
    });
  const other = post('http://app.example/other');
  const acts: Readonly<Record<Happening, (nth: number) => unknown>> = {
    'caller leaves': () => leg.leaves(hangupCause(4000, 'Caller')),
    'b rings': (nth) => b(nth)?.leg.rings(),
    'b early': (nth) => b(nth)?.leg.sendsEarlyAudio(),
    'b answers': (nth) => b(nth)?.leg.answers(),
    'b busy': (nth) => b(nth)?.leg.refuses(486),
    'b leaves': (nth) => b(nth)?.leg.leaves(hangupCause(4000, 'Callee')),
    key: () => leg.media?.press('1'),
    'confirm key': (nth) => b(nth)?.leg.media?.press('5'),
    star: () => leg.media?.press('*'),
    silence: () => leg.media?.hear({ kind: 'silence' }),
    'media lost': () => leg.media?.loseMedia(),
    'media fails': (nth) => (nth === 0 ? leg.media?.fail() : b(nth)?.leg.media?.fail()),
    'transfer a': () => quietly(rig.control.transfer(rig.scope, call.id, { legs: 'aleg', aLeg: other, bLeg: undefined })),
    'transfer b': () => quietly(rig.control.transfer(rig.scope, call.id, { legs: 'bleg', aLeg: undefined, bLeg: other })),
    'transfer both': () => quietly(rig.control.transfer(rig.scope, call.id, { legs: 'both', aLeg: other, bLeg: other })),
    'api hangup': () => quietly(rig.control.hangUp(rig.scope, call.id)),
    'api hangup b': (nth) => quietly(rig.control.hangUp(rig.scope, b(nth)?.request.callId ?? '')),
    'api play': () =>
      quietly(
        rig.control.play(rig.scope, call.id, {
          urls: ['http://cdn.example/a.mp3'],
          legs: 'both',
          loop: true,
          mix: true,
          lengthS: undefined,
        }),
      ),
    'api record': () =>
      quietly(
        rig.control.startRecording(rig.scope, call.id, {
          format: 'wav',
          channels: 'mono',
          timeLimitS: 2,
          callback: post('http://x'),
          transcription: undefined,
          apiId: 'api',
        }),
      ),
    'api digits': () => quietly(rig.control.sendDigits(rig.scope, call.id, '12', 'both')),
  };
  const underWay: unknown[] = [];
  for (const { after, what, nth } of script) {
    if (after > 0) await rig.clock.advance(after);
    underWay.push(acts[what](nth));
  }
  await rig.clock.advance(5_000);
  for (const live of [...rig.live]) live.call.hangUp(hangupCause(4000, 'API Request'));
  await rig.clock.advance(1_000);
  await Promise.all([running, ...underWay]);
  assert.ok(call.facts.ended);
  for (const { request } of rig.dialled) {
    assert.equal(rig.ended.filter(({ callId }) => callId === request.callId).length, 1, 'each leg has one record');
  }
  const wanted = rig.steps.filter(({ event }) => event === 'recording_started').length;
  const settled = rig.recorded.length;
  assert.equal(settled, wanted, 'each recording that began is kept');
  await rig.assertClean();
}

const event: fc.Arbitrary<Event> = fc.record({
  // Often in the very same moment.
  after: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 1_500 })),
  what: fc.constantFrom(...happenings),
  nth: fc.integer({ min: 0, max: 2 }),
});

test('a call survives whatever happens in whatever order, ends once and leaves nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('inbound' as const, 'outbound' as const),
      fc.array(fc.constantFrom(...Object.keys(elements)), { minLength: 1, maxLength: 4 }),
      fc.array(event, { maxLength: 10 }),
      run,
    ),
    { numRuns: 1_000 },
  );
});
