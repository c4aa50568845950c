import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { call, operator } from './api.ts';
import { readMp3, readWav } from './audio-files.ts';
import { FarEnd } from './far-end.ts';
import { OTHER_AUTH_ID, OTHER_AUTH_TOKEN, OWN_NUMBER, PHONE, SECOND_NUMBER } from './fixture.ts';
import { type SdkClient, type SdkObject, sdk, type XmlElement, XmlResponse } from './sdk.ts';
import { openTarget, type Target } from './target.ts';
import { sine, wavOf } from './tones.ts';
import { BARRED_COUNTRY_NUMBER, FAR, voiceFixture } from './voice-fixture.ts';
import { eventually, pause } from './wait.ts';
import { type Answer, allSignaturesValid, checkSignatures, type Received, WebhookReceiver } from './webhook-receiver.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const UTC_MICROSECONDS = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/;
const SECONDS = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
const AMOUNT = /^\d+\.\d{5}$/;
const NUMBER = /^\d+$/;

/** What every request about a call has to tell, with its form. */
const COMMON: Readonly<Record<string, RegExp>> = {
  CallUUID: UUID,
  From: NUMBER,
  To: NUMBER,
  Direction: /^(?:inbound|outbound)$/,
  CallStatus: /^(?:ringing|in-progress|completed|busy|failed|timeout|no-answer|cancel)$/,
  Event: /^[A-Z]/,
  ParentAuthID: /^MA[A-Z0-9]{18}$/,
  SessionStart: UTC_MICROSECONDS,
  BillRate: AMOUNT,
  STIRVerification: /^(?:Verified|Not Verified|Not Applicable)$/,
};
const OUTBOUND = { ...COMMON, RequestUUID: UUID, ALegUUID: UUID, ALegRequestUUID: UUID };
const HANGUP = {
  StartTime: SECONDS,
  EndTime: SECONDS,
  Duration: NUMBER,
  BillDuration: NUMBER,
  TotalCost: AMOUNT,
  HangupCause: /^[A-Z_]+$/,
  HangupCauseName: /./,
  HangupCauseCode: NUMBER,
  HangupSource: /^(?:Caller|Callee|Plivo|Carrier|API Request|Answer XML|Error|Unknown)$/,
};
const RECORDED = {
  RecordUrl: /^http:\/\/127\.0\.0\.1:\d+\/v1\/Account\/MA[A-Z0-9]{18}\/Recording\/[0-9a-f-]{36}\.(?:mp3|wav)$/,
  RecordingID: UUID,
  RecordingDuration: NUMBER,
  RecordingDurationMs: NUMBER,
  RecordingStartMs: /^\d{13}$/,
  RecordingEndMs: /^\d{13}$/,
};

function assertParams(request: Received, wanted: Readonly<Record<string, RegExp>>): void {
  for (const [name, form] of Object.entries(wanted)) {
    assert.match(request.params[name] ?? 'missing', form, `${name} of ${request.path}`);
  }
}

describe('webhooks of calls and XML of its builder, by the Node SDK', () => {
  let target: Target;
  let client: SdkClient;
  let receiver: WebhookReceiver;
  let far: FarEnd;
  /** Documents and other answers by path; every other path gets an empty 200. */
  const answers = new Map<string, Answer | ((request: Received, count: number) => Answer)>();
  before(async () => {
    receiver = await WebhookReceiver.start();
    receiver.answer((request, count) => {
      const answer = answers.get(request.path) ?? { status: 200 };
      return typeof answer === 'function' ? answer(request, count) : answer;
    });
    target = await openTarget({ name: 'sdk-node-call-webhook', config: voiceFixture });
    far = await FarEnd.start(target);
    client = sdk(target);
  });
  after(async () => {
    await far?.stop();
    await target?.dispose();
    await receiver?.stop();
  });
  beforeEach(() => {
    answers.clear();
    answers.set(
      '/stay',
      document((response) => response.addWait({ length: 60 })),
    );
    answers.set('/tone.wav', { contentType: 'audio/wav', body: wavOf(sine(440, 500)) });
    receiver.received.length = 0;
  });

  function document(build: (response: XmlElement) => unknown): Answer {
    const response = new XmlResponse();
    build(response);
    return { contentType: 'application/xml', body: response.toXML() };
  }
  /** Calls; the document of the call is what `build` adds. */
  const run = async (to: string, build: (response: XmlElement) => unknown, params: Record<string, unknown> = {}) => {
    answers.set('/answer', document(build));
    return String((await client.calls.create(OWN_NUMBER, to, receiver.url('/answer'), params)).requestUuid);
  };
  const ended = async (uuid: string) =>
    await eventually(`record of ${uuid}`, () => client.calls.get(uuid).catch((): SdkObject | undefined => undefined));
  const at = async (path: string, wanted: (request: Received) => boolean = () => true) =>
    await receiver.waitFor(path, (got) => got.path === path && wanted(got));
  const signed = (request: Received) =>
    assert.deepEqual(checkSignatures(request, target.authToken, target.authToken), allSignaturesValid, request.path);

  for (const method of ['POST', 'GET'] as const) {
    it(`tells ring, answer and hangup by ${method}, with the query of their URLs and without the fragment`, async () => {
      const url = (path: string) => receiver.url(`${path}?tenant=7&env=a%20b&sign=%2B#rt=5000&rc=2`);
      const uuid = String(
        (
          await client.calls.create(OWN_NUMBER, FAR.leaves, url('/stay'), {
            answerMethod: method,
            ringUrl: url('/ring'),
            ringMethod: method,
            hangupUrl: url('/hangup'),
            hangupMethod: method,
            callerName: 'Ana',
            sipHeaders: 'Ticket=A17',
          })
        ).requestUuid,
      );
      await ended(uuid);
      for (const [path, event, status] of [
        ['/ring', 'Ring', 'ringing'],
        ['/stay', 'StartApp', 'in-progress'],
        ['/hangup', 'Hangup', 'completed'],
      ] as const) {
        const request = await at(path);
        assert.equal(request.method, method);
        signed(request);
        assertParams(request, OUTBOUND);
        const { params } = request;
        assert.deepEqual([params.Event, params.CallStatus, params.Direction], [event, status, 'outbound'], path);
        assert.deepEqual([params.From, params.To, params.ParentAuthID], [OWN_NUMBER, FAR.leaves, target.authId]);
        assert.deepEqual([params.CallUUID, params.RequestUUID, params.ALegUUID, params.ALegRequestUUID], Array(4).fill(uuid));
        assert.deepEqual([params.tenant, params.env, params.sign], ['7', 'a b', '+']);
        assert.equal(params['X-PH-Ticket'], 'A17');
        assert.ok(!request.url.includes('#') && !request.url.includes('rt=5000'));
        if (method === 'POST') assert.match(request.headers['content-type'] ?? '', /^application\/x-www-form-urlencoded/);
        else assert.equal(request.body, '');
        assert.equal(receiver.on(path).length, 1, 'told once');
      }
      const { params } = await at('/hangup');
      assertParams(await at('/hangup'), { ...HANGUP, AnswerTime: SECONDS });
      assert.deepEqual(
        [params.HangupCause, params.HangupCauseName, params.HangupCauseCode, params.HangupSource],
        ['NORMAL_CLEARING', 'Normal Hangup', '4000', 'Callee'],
      );
      assert.equal(params.BillDuration, '60');
      assert.ok(!('CarrierFailoverTriggered' in params));
    });
  }

  it('signs URLs of every form, also those without a path, with blanks and letters of other alphabets', async () => {
    for (const form of [
      '',
      '?a=1',
      '/?b',
      '/st%20ay/x%2Fy',
      '/ünï?name=%C3%A9&blank=&plus=a+b&many=2&many=1&UPPER=x',
      '/dots/../up;v=1?z=%7E&a=~&sub%5Bx%5D=1',
      '/x?From=mine#rc=1&er=mumbai',
    ]) {
      for (const method of ['POST', 'GET'] as const) {
        receiver.received.length = 0;
        // Nobody is interrupted by the document: every path that is not set answers with nothing, which ends the call.
        const fired = await client.calls.create(OWN_NUMBER, FAR.answers, receiver.url(form), { answerMethod: method });
        const uuid = String(fired.requestUuid);
        const request = await receiver.waitFor(`${method} ${form}`, (got) => got.params.CallUUID === uuid);
        assert.equal(request.method, method);
        assert.deepEqual(
          checkSignatures(request, target.authToken, target.authToken),
          allSignaturesValid,
          `${method} ${form} as ${request.url}`,
        );
        await ended(uuid);
      }
    }
  });

  it('tells of the end of calls that nobody answered', async () => {
    for (const [to, status, cause, code, params] of [
      [FAR.busy, 'busy', 'USER_BUSY', '3010', {}],
      [FAR.rejects, 'failed', 'CALL_REJECTED', '3110', {}],
      [FAR.rings, 'no-answer', undefined, '6010', { ringTimeout: 1 }],
    ] as const) {
      receiver.received.length = 0;
      await client.calls.create(OWN_NUMBER, to, receiver.url('/stay'), { hangupUrl: receiver.url('/hangup'), ...params });
      const told = await at('/hangup');
      signed(told);
      assertParams(told, { ...OUTBOUND, ...HANGUP, AnswerTime: /^$/ });
      assert.deepEqual(
        [told.params.CallStatus, told.params.HangupCauseCode, told.params.Duration, told.params.TotalCost],
        [status, code, '0', '0.00000'],
        to,
      );
      if (cause !== undefined) assert.equal(told.params.HangupCause, cause);
      assert.equal(receiver.on('/stay').length, 0, 'no document was asked for');
    }
  });

  it('asks the fallback URL when the answer URL fails, and counts retries as the fragment says', async () => {
    answers.set(
      '/fallback',
      document((response) => response.addHangup()),
    );
    for (const [path, fragment, answer, tries] of [
      ['/broken', '', { status: 500 }, 1],
      ['/retried', '#rc=2&rp=5xx', { status: 503 }, 3],
      ['/slow', '#rt=300&rc=1', 'hang', 2],
      ['/cut', '#rc=0', 'reset', 1],
      ['/gone', '#rc=3&rp=ct,rt', { status: 404 }, 1],
      ['/all', '#rc=1&rp=all', { status: 404 }, 2],
      ['/garbage', '#rc=3&rp=all', { contentType: 'text/html', body: '<html><p>Hello' }, 1],
    ] as const) {
      receiver.received.length = 0;
      answers.set(path, answer);
      const fired = await client.calls.create(OWN_NUMBER, FAR.answers, receiver.url(`${path}?a=1${fragment}`), {
        fallbackUrl: receiver.url('/fallback?b=2'),
        fallbackMethod: 'POST',
      });
      const request = await at('/fallback');
      signed(request);
      assertParams(request, OUTBOUND);
      assert.deepEqual([request.params.Event, request.params.b], ['StartApp', '2']);
      assert.equal(receiver.on(path).length, tries, `${path}${fragment}`);
      for (const attempt of receiver.on(path)) signed(attempt);
      assert.equal((await ended(String(fired.requestUuid))).hangupSource, 'Answer XML');
    }
  });

  it('ends the call when the fallback fails too, with a cause of its own', async () => {
    for (const [answer, code] of [
      [{ status: 500 }, 7011],
      [{ contentType: 'application/xml', body: '<Response><Reject/></Response>' }, 8011],
    ] as const) {
      answers.set('/bad', answer);
      const fired = await client.calls.create(OWN_NUMBER, FAR.answers, receiver.url('/bad'), {
        fallbackUrl: receiver.url('/bad'),
      });
      const made = await ended(String(fired.requestUuid));
      assert.deepEqual([made.hangupCauseCode, made.hangupSource], [code, 'Error']);
    }
  });

  it('delivers a hangup again until it is taken', async () => {
    answers.set('/hangup', (_, count) => ({ status: count < 3 ? 500 : 200 }));
    await client.calls.create(OWN_NUMBER, FAR.busy, receiver.url('/stay'), { hangupUrl: receiver.url('/hangup#rc=4&rp=5xx') });
    await eventually('third attempt', () => (receiver.on('/hangup').length >= 3 ? true : undefined));
    await pause(500);
    const attempts = receiver.on('/hangup');
    assert.equal(attempts.length, 3);
    assert.equal(new Set(attempts.map(({ params }) => params.CallUUID)).size, 1);
    for (const attempt of attempts) signed(attempt);
  });

  it('runs Speak, Play, Wait and GetDigits, and hands the digits to the action', async () => {
    const uuid = await run(FAR.presses, (response) => {
      response.addSpeak('Hi', { voice: 'MAN', language: 'en-US', loop: 1 });
      const menu = response.addGetDigits({
        action: receiver.url('/digits?menu=main'),
        method: 'POST',
        timeout: 10,
        digitTimeout: 2,
        numDigits: 4,
        playBeep: false,
        validDigits: '1234567890',
      });
      menu.addPlay(receiver.url('/tone.wav'), { loop: 50 });
      response.addSpeak('Nothing was pressed');
    });
    const request = await at('/digits');
    signed(request);
    assertParams(request, OUTBOUND);
    assert.deepEqual([request.params.Digits, request.params.menu, request.params.Event], ['4711', 'main', 'Redirect']);
    assert.ok(receiver.on('/tone.wav').length > 0);
    const made = await ended(uuid);
    assert.deepEqual([made.hangupCauseCode, made.hangupSource], [8012, 'Error'], 'the action answered with no XML');
  });

  it('runs GetInput with digits, and DTMF that the other party hears', async () => {
    await run(FAR.presses, (response) => {
      response
        .addGetInput({
          action: receiver.url('/input'),
          inputType: 'dtmf',
          digitEndTimeout: 2,
          executionTimeout: 10,
          numDigits: 4,
        })
        .addSpeak('Press');
    });
    const request = await at('/input');
    signed(request);
    assert.deepEqual([request.params.InputType, request.params.Digits, request.params.Speech], ['dtmf', '4711', '']);
    const uuid = await run(FAR.listens, (response) => {
      response.addWait({ length: 1 });
      response.addDTMF('8462', { async: false });
      response.addWait({ length: 30 });
    });
    await eventually('8462', () => far.requests('heard').find(({ params }) => params.Digits === '8462'));
    await client.calls.hangup(uuid);
  });

  it('runs Redirect, and Hangup with a schedule', async () => {
    answers.set(
      '/next',
      document((response) => {
        response.addHangup({ schedule: 1 });
        response.addRedirect(receiver.url('/last'), { method: 'POST' });
      }),
    );
    answers.set(
      '/last',
      document((response) => response.addWait({ length: 20 })),
    );
    const uuid = await run(FAR.answers, (response) => response.addRedirect(receiver.url('/next?n=1'), { method: 'GET' }));
    const next = await at('/next');
    signed(next);
    assertParams(next, OUTBOUND);
    assert.deepEqual([next.method, next.params.n, next.params.Event], ['GET', '1', 'Redirect']);
    assert.ok((await at('/last')).params.ScheduledHangupId);
    const made = await ended(uuid);
    assert.deepEqual([made.hangupCauseCode, made.hangupSource], [6000, 'Plivo']);
  });

  it('runs Record with action and callback, the file is there', async () => {
    for (const [fileFormat, read] of [
      ['wav', (octets: Uint8Array) => readWav(octets).seconds],
      ['mp3', (octets: Uint8Array) => readMp3(octets).seconds],
    ] as const) {
      receiver.received.length = 0;
      await run(FAR.plays, (response) =>
        response.addRecord({
          action: receiver.url('/record-action'),
          method: 'POST',
          callbackUrl: receiver.url('/record-callback'),
          callbackMethod: 'GET',
          fileFormat,
          maxLength: 1,
          timeout: 10,
          playBeep: true,
        }),
      );
      const action = await at('/record-action');
      signed(action);
      assertParams(action, { ...OUTBOUND, ...RECORDED });
      assert.equal(action.params.Event, 'Redirect');
      assert.ok('Digits' in action.params);
      const told = await at('/record-callback');
      signed(told);
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
    const uuid = await run(FAR.answers, (response) =>
      response
        .addDial({
          action: receiver.url('/dial-action'),
          method: 'POST',
          callbackUrl: receiver.url('/dial-callback'),
          callbackMethod: 'POST',
          callerId: SECOND_NUMBER,
          timeout: 20,
          timeLimit: 3,
          digitsMatchBLeg: '4711',
        })
        .addNumber(FAR.presses),
    );
    const digits = await at('/dial-callback', ({ params }) => params.DialAction === 'digits');
    assert.deepEqual([digits.params.DialDigitsMatch, digits.params.DialDigitsPressedBy], ['4711', 'BLeg']);
    const over = await at('/dial-action');
    signed(over);
    assertParams(over, { ...OUTBOUND, DialBLegUUID: UUID, DialALegUUID: UUID });
    const bLeg = over.params.DialBLegUUID;
    assert.deepEqual(
      [over.params.DialStatus, over.params.DialRingStatus, over.params.DialALegUUID, over.params.DialHangupCause !== undefined],
      ['completed', 'true', uuid, true],
    );
    const steps = await eventually('the last step', () => {
      const got = receiver.on('/dial-callback');
      return got.some(({ params }) => params.DialAction === 'hangup') ? got : undefined;
    });
    assert.deepEqual(
      steps.map(({ params }) => params.DialAction),
      ['answer', 'connected', 'digits', 'hangup'],
    );
    for (const step of steps) {
      signed(step);
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
    assert.equal(far.requests('presses').at(-1)?.params.From, SECOND_NUMBER);
  });

  it('says what became of a Dial that connected nobody', async () => {
    for (const [to, attributes, status] of [
      [FAR.busy, {}, 'busy'],
      [FAR.rings, { timeout: 5 }, 'no-answer'],
      [FAR.listens, { callerId: FAR.busy }, 'failed'],
      [BARRED_COUNTRY_NUMBER, {}, 'failed'],
    ] as const) {
      receiver.received.length = 0;
      await run(FAR.answers, (response) =>
        response.addDial({ action: receiver.url('/dial-action'), callerId: SECOND_NUMBER, ...attributes }).addNumber(to),
      );
      const over = await at('/dial-action');
      assert.deepEqual([over.params.DialStatus, over.params.DialBLegUUID ?? ''], [status, ''], to);
    }
  });

  it('runs PreAnswer and Message for a call that comes in', async () => {
    const app = await client.applications.create('inbound-call', {
      answerUrl: receiver.url('/inbound?x=1'),
      answerMethod: 'POST',
      hangupUrl: receiver.url('/inbound-hangup'),
      fallbackAnswerUrl: receiver.url('/inbound-fallback'),
    });
    await client.numbers.update(SECOND_NUMBER, { appId: String(app.appId) });
    answers.set(
      '/inbound',
      document((response) => {
        response.addPreAnswer().addSpeak('One moment', { language: 'en-US' });
        response.addMessage('you called', { src: SECOND_NUMBER, dst: PHONE, type: 'sms', callbackUrl: receiver.url('/sms') });
        response.addPlay(receiver.url('/tone.wav'));
        response.addHangup();
      }),
    );
    answers.set(
      '/caller',
      document((response) => response.addWait({ length: 30 })),
    );
    const caller = { ...target, authId: OTHER_AUTH_ID, authToken: OTHER_AUTH_TOKEN };
    const fired = await call(caller, 'Call/', {
      body: { from: FAR.answers, to: SECOND_NUMBER, answer_url: receiver.url('/caller') },
    });
    assert.equal(fired.status, 201, fired.text);
    const request = await at('/inbound');
    signed(request);
    assertParams(request, COMMON);
    assert.deepEqual(
      [request.params.Direction, request.params.CallStatus, request.params.Event, request.params.From, request.params.To],
      ['inbound', 'ringing', 'StartApp', FAR.answers, SECOND_NUMBER],
    );
    assert.ok(!('RequestUUID' in request.params) && !('ALegUUID' in request.params));
    const over = await at('/inbound-hangup');
    signed(over);
    assertParams(over, { ...COMMON, ...HANGUP, AnswerTime: SECONDS });
    assert.deepEqual([over.params.CallStatus, over.params.HangupSource], ['completed', 'Answer XML']);
    assert.ok((await operator(target, `phones/${PHONE}/messages`)).text.includes('you called'));
    signed(await at('/sms'));
    const made = await ended(String(request.params.CallUUID));
    assert.deepEqual([made.callDirection, made.fromNumber, made.toNumber], ['inbound', FAR.answers, SECOND_NUMBER]);

    receiver.received.length = 0;
    answers.set('/inbound', { status: 500 });
    answers.set(
      '/inbound-fallback',
      document((response) => response.addHangup({ reason: 'busy' })),
    );
    await call(caller, 'Call/', { body: { from: FAR.answers, to: SECOND_NUMBER, answer_url: receiver.url('/caller') } });
    signed(await at('/inbound-fallback'));
    const rejected = await at('/inbound-hangup');
    assert.deepEqual(
      [rejected.params.HangupCauseCode, rejected.params.HangupSource, rejected.params.AnswerTime, rejected.params.Duration],
      ['3010', 'Answer XML', '', '0'],
    );
  });

  it('signs calls of a subaccount with its own token and with the main one', async () => {
    const sub = await client.subaccounts.create('caller', true);
    const scoped = { ...target, authId: String(sub.authId), authToken: String(sub.authToken) };
    await client.numbers.update(SECOND_NUMBER, { subAccount: scoped.authId, appId: null });
    const fired = await call(scoped, 'Call/', {
      body: { from: SECOND_NUMBER, to: FAR.leaves, answer_url: receiver.url('/stay'), hangup_url: receiver.url('/hangup') },
    });
    assert.equal(fired.status, 201, fired.text);
    for (const path of ['/stay', '/hangup']) {
      const request = await at(path);
      assert.deepEqual(checkSignatures(request, scoped.authToken, target.authToken), allSignaturesValid, path);
      assert.equal(request.params.ParentAuthID, target.authId);
    }
    const own = await eventually('record', async () => {
      const records = await client.calls.list({ subaccount: scoped.authId });
      return records.length > 0 ? records : undefined;
    });
    assert.equal(own[0]?.callUuid, fired.json.request_uuid);
  });
});
