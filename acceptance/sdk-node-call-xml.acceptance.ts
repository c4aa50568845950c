import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { call, operator } from './api.ts';
import { readMp3, readWav } from './audio-files.ts';
import {
  assertParams,
  CallWebhookSuite,
  COMMON,
  document,
  HANGUP,
  NUMBER,
  OUTBOUND,
  RECORDED,
  SECONDS,
  UUID,
} from './call-webhook-suite.ts';
import { OTHER_AUTH_ID, OTHER_AUTH_TOKEN, PHONE, SECOND_NUMBER } from './fixture.ts';
import { BARRED_COUNTRY_NUMBER, FAR } from './voice-fixture.ts';
import { eventually } from './wait.ts';

describe('XML of the builder of the Node SDK', () => {
  let suite: CallWebhookSuite;
  before(async () => {
    suite = await CallWebhookSuite.start('sdk-node-call-xml');
  });
  after(() => suite?.dispose());
  beforeEach(() => suite.reset());

  it('runs Speak, Play, Wait and GetDigits, and hands the digits to the action', async () => {
    const uuid = await suite.run(FAR.presses, (response) => {
      response.addSpeak('Hi', { voice: 'MAN', language: 'en-US', loop: 1 });
      const menu = response.addGetDigits({
        action: suite.receiver.url('/digits?menu=main'),
        method: 'POST',
        timeout: 10,
        digitTimeout: 2,
        numDigits: 4,
        playBeep: false,
        validDigits: '1234567890',
      });
      menu.addPlay(suite.receiver.url('/tone.wav'), { loop: 50 });
      response.addSpeak('Nothing was pressed');
    });
    const request = await suite.at('/digits');
    suite.signed(request);
    assertParams(request, OUTBOUND);
    assert.deepEqual([request.params.Digits, request.params.menu, request.params.Event], ['4711', 'main', 'Redirect']);
    assert.ok(suite.receiver.on('/tone.wav').length > 0);
    const made = await suite.ended(uuid);
    assert.deepEqual([made.hangupCauseCode, made.hangupSource], [8012, 'Error'], 'the action answered with no XML');
  });

  it('runs GetInput with digits, and DTMF that the other party hears', async () => {
    await suite.run(FAR.presses, (response) => {
      response
        .addGetInput({
          action: suite.receiver.url('/input'),
          inputType: 'dtmf',
          digitEndTimeout: 2,
          executionTimeout: 10,
          numDigits: 4,
        })
        .addSpeak('Press');
    });
    const request = await suite.at('/input');
    suite.signed(request);
    assert.deepEqual([request.params.InputType, request.params.Digits, request.params.Speech], ['dtmf', '4711', '']);
    const uuid = await suite.run(FAR.listens, (response) => {
      response.addWait({ length: 1 });
      response.addDTMF('8462', { async: false });
      response.addWait({ length: 30 });
    });
    await eventually('8462', () => suite.far.requests('heard').find(({ params }) => params.Digits === '8462'));
    await suite.client.calls.hangup(uuid);
  });

  it('runs Redirect, and Hangup with a schedule', async () => {
    suite.answers.set(
      '/next',
      document((response) => {
        response.addHangup({ schedule: 1 });
        response.addRedirect(suite.receiver.url('/last'), { method: 'POST' });
      }),
    );
    suite.answers.set(
      '/last',
      document((response) => response.addWait({ length: 20 })),
    );
    const uuid = await suite.run(FAR.answers, (response) =>
      response.addRedirect(suite.receiver.url('/next?n=1'), { method: 'GET' }),
    );
    const next = await suite.at('/next');
    suite.signed(next);
    assertParams(next, OUTBOUND);
    assert.deepEqual([next.method, next.params.n, next.params.Event], ['GET', '1', 'Redirect']);
    assert.ok((await suite.at('/last')).params.ScheduledHangupId);
    const made = await suite.ended(uuid);
    assert.deepEqual([made.hangupCauseCode, made.hangupSource], [6000, 'Plivo']);
  });

  it('runs Record with action and callback, the file is there', async () => {
    for (const [fileFormat, read] of [
      ['wav', (octets: Uint8Array) => readWav(octets).seconds],
      ['mp3', (octets: Uint8Array) => readMp3(octets).seconds],
    ] as const) {
      suite.receiver.received.length = 0;
      await suite.run(FAR.plays, (response) =>
        response.addRecord({
          action: suite.receiver.url('/record-action'),
          method: 'POST',
          callbackUrl: suite.receiver.url('/record-callback'),
          callbackMethod: 'GET',
          fileFormat,
          maxLength: 1,
          timeout: 10,
          playBeep: true,
        }),
      );
      const action = await suite.at('/record-action');
      suite.signed(action);
      assertParams(action, { ...OUTBOUND, ...RECORDED });
      assert.equal(action.params.Event, 'Redirect');
      assert.ok('Digits' in action.params);
      const told = await suite.at('/record-callback');
      suite.signed(told);
      assertParams(told, { ...OUTBOUND, ...RECORDED, Event: /^RecordStop$/ });
      assert.equal(told.method, 'GET');
      for (const name of Object.keys(RECORDED)) assert.equal(told.params[name], action.params[name], name);
      const file = await fetch(String(told.params.RecordUrl));
      assert.equal(file.status, 200);
      const seconds = read(new Uint8Array(await file.arrayBuffer()));
      assert.ok(Math.abs(seconds - 1) < 0.35, `${seconds} s of ${fileFormat}`);
    }
  });

  it('runs Dial, tells its callback of every step and its action of the result', async () => {
    const uuid = await suite.run(FAR.answers, (response) =>
      response
        .addDial({
          action: suite.receiver.url('/dial-action'),
          method: 'POST',
          callbackUrl: suite.receiver.url('/dial-callback'),
          callbackMethod: 'POST',
          callerId: SECOND_NUMBER,
          timeout: 20,
          timeLimit: 4,
          digitsMatchBLeg: '4711',
        })
        .addNumber(FAR.presses),
    );
    const digits = await suite.at('/dial-callback', ({ params }) => params.DialAction === 'digits');
    assert.deepEqual([digits.params.DialDigitsMatch, digits.params.DialDigitsPressedBy], ['4711', 'BLeg']);
    const over = await suite.at('/dial-action');
    suite.signed(over);
    assertParams(over, { ...OUTBOUND, DialBLegUUID: UUID, DialALegUUID: UUID });
    const bLeg = over.params.DialBLegUUID;
    assert.deepEqual(
      [over.params.DialStatus, over.params.DialRingStatus, over.params.DialALegUUID, over.params.DialHangupCause !== undefined],
      ['completed', 'true', uuid, true],
    );
    const steps = await eventually('the last step', () => {
      const got = suite.receiver.on('/dial-callback');
      return got.some(({ params }) => params.DialAction === 'hangup') ? got : undefined;
    });
    assert.deepEqual(
      steps.map(({ params }) => params.DialAction),
      ['answer', 'connected', 'digits', 'hangup'],
    );
    for (const step of steps) {
      suite.signed(step);
      assertParams(step, { ...OUTBOUND, DialBLegPosition: /^1$/, DialBLegStatus: /^(?:answer|connected|hangup)$/ });
      assert.deepEqual(
        [
          step.params.CallUUID,
          step.params.DialALegUUID,
          step.params.DialBLegUUID,
          step.params.DialBLegFrom,
          step.params.DialBLegTo,
        ],
        [uuid, uuid, bLeg, SECOND_NUMBER, FAR.presses],
      );
    }
    assertParams(steps.at(-1) ?? over, {
      DialBLegDuration: NUMBER,
      DialBLegBillDuration: NUMBER,
      DialBLegHangupCause: /^[A-Z_]+$/,
      DialBLegHangupCauseName: /./,
      DialBLegHangupCauseCode: NUMBER,
      DialBLegHangupSource: /./,
    });
    assert.equal(suite.far.requests('presses').at(-1)?.params.From, SECOND_NUMBER);
  });

  it('says what became of a Dial that connected nobody', async () => {
    for (const [to, attributes, status] of [
      [FAR.busy, {}, 'busy'],
      [FAR.rings, { timeout: 5 }, 'no-answer'],
      [FAR.listens, { callerId: FAR.busy }, 'failed'],
      [BARRED_COUNTRY_NUMBER, {}, 'failed'],
    ] as const) {
      suite.receiver.received.length = 0;
      await suite.run(FAR.answers, (response) =>
        response.addDial({ action: suite.receiver.url('/dial-action'), callerId: SECOND_NUMBER, ...attributes }).addNumber(to),
      );
      const over = await suite.at('/dial-action');
      assert.deepEqual([over.params.DialStatus, over.params.DialBLegUUID ?? ''], [status, ''], to);
    }
  });

  it('runs PreAnswer and Message for a call that comes in', async () => {
    const app = await suite.client.applications.create('inbound-call', {
      answerUrl: suite.receiver.url('/inbound?x=1'),
      answerMethod: 'POST',
      hangupUrl: suite.receiver.url('/inbound-hangup'),
      fallbackAnswerUrl: suite.receiver.url('/inbound-fallback'),
    });
    await suite.client.numbers.update(SECOND_NUMBER, { appId: String(app.appId) });
    suite.answers.set(
      '/inbound',
      document((response) => {
        response.addPreAnswer().addSpeak('One moment', { language: 'en-US' });
        response.addMessage('you called', {
          src: SECOND_NUMBER,
          dst: PHONE,
          type: 'sms',
          callbackUrl: suite.receiver.url('/sms'),
        });
        response.addPlay(suite.receiver.url('/tone.wav'));
        response.addHangup();
      }),
    );
    suite.answers.set(
      '/caller',
      document((response) => response.addWait({ length: 30 })),
    );
    const caller = { ...suite.target, authId: OTHER_AUTH_ID, authToken: OTHER_AUTH_TOKEN };
    const fired = await call(caller, 'Call/', {
      body: { from: FAR.answers, to: SECOND_NUMBER, answer_url: suite.receiver.url('/caller') },
    });
    assert.equal(fired.status, 201, fired.text);
    const request = await suite.at('/inbound');
    suite.signed(request);
    assertParams(request, COMMON);
    assert.deepEqual(
      [request.params.Direction, request.params.CallStatus, request.params.Event, request.params.From, request.params.To],
      ['inbound', 'ringing', 'StartApp', FAR.answers, SECOND_NUMBER],
    );
    assert.ok(!('RequestUUID' in request.params) && !('ALegUUID' in request.params));
    const over = await suite.at('/inbound-hangup');
    suite.signed(over);
    assertParams(over, { ...COMMON, ...HANGUP, AnswerTime: SECONDS });
    assert.deepEqual([over.params.CallStatus, over.params.HangupSource], ['completed', 'Answer XML']);
    await eventually('the message', async () =>
      (await operator(suite.target, `phones/${PHONE}/messages`)).text.includes('you called') ? true : undefined,
    );
    suite.signed(await suite.at('/sms'));
    const made = await suite.ended(String(request.params.CallUUID));
    assert.deepEqual([made.callDirection, made.fromNumber, made.toNumber], ['inbound', FAR.answers, SECOND_NUMBER]);

    suite.receiver.received.length = 0;
    suite.answers.set('/inbound', { status: 500 });
    suite.answers.set(
      '/inbound-fallback',
      document((response) => response.addHangup({ reason: 'busy' })),
    );
    await call(caller, 'Call/', { body: { from: FAR.answers, to: SECOND_NUMBER, answer_url: suite.receiver.url('/caller') } });
    suite.signed(await suite.at('/inbound-fallback'));
    const rejected = await suite.at('/inbound-hangup');
    assert.deepEqual(
      [rejected.params.HangupCauseCode, rejected.params.HangupSource, rejected.params.AnswerTime, rejected.params.Duration],
      ['3010', 'Answer XML', '', '0'],
    );
  });
});
