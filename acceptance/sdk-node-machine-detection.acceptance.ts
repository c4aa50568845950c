import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { assertParams, CallWebhookSuite, HANGUP, OUTBOUND } from './call-webhook-suite.ts';
import { OWN_NUMBER } from './fixture.ts';
import { phoneAnswers } from './phones.ts';
import { stepsOf } from './voice.ts';
import { eventually, pause } from './wait.ts';

/** Numbers of the simulator (docs/simulator.md). */
const VOICE_MAIL = '15005554004';
const FAX = '15005554003';
const SILENT = '15005554009';
const PERSON = '15005554014';
/** Virtual phones with a script of their own. */
const HELLO_PHONE = '14155550170';
const MAILBOX_PHONE = '14155550171';
const KEYS_PHONE = '14155550172';

describe('machine detection, by the Node SDK', () => {
  let suite: CallWebhookSuite;
  before(async () => {
    suite = await CallWebhookSuite.start('sdk-node-machine-detection');
    await phoneAnswers(suite.target, HELLO_PHONE, [
      { do: 'answer' },
      { do: 'wait', ms: 400 },
      { do: 'say', text: 'Hello, this is Anna speaking' },
    ]);
    await phoneAnswers(suite.target, MAILBOX_PHONE, [
      { do: 'answer' },
      { do: 'say', text: 'Leave a message.' },
      { do: 'wait', ms: 300 },
      { do: 'tone', hz: 850, ms: 300 },
    ]);
    await phoneAnswers(suite.target, KEYS_PHONE, [
      { do: 'answer' },
      { do: 'wait', ms: 500 },
      { do: 'press', digits: '159#', method: 'inband' },
    ]);
  });
  after(() => suite?.dispose());
  beforeEach(() => suite.reset());

  async function dial(to: string, params: Record<string, unknown>): Promise<string> {
    const made = await suite.client.calls.create(OWN_NUMBER, to, suite.receiver.url('/stay'), {
      hangupUrl: suite.receiver.url('/hangup'),
      ...params,
    });
    return String(made.requestUuid);
  }

  /** Who answered and why that is thought, from the timeline of a call that has ended. */
  async function answeredBy(uuid: string): Promise<readonly unknown[]> {
    const steps = await stepsOf(suite.target, uuid);
    const detail = steps.find(({ event }) => event === 'answered_by')?.detail;
    return [detail?.by, detail?.reason];
  }

  for (const [to, what, reason] of [
    [VOICE_MAIL, 'the voice mail of the simulator', 'long-greeting'],
    [MAILBOX_PHONE, 'a mailbox with a short announcement and a beep', 'beep'],
    [FAX, 'a fax machine', 'fax'],
  ] as const) {
    it(`without a callback, ${what} is a machine in every later request`, async () => {
      // The first text waits for the speech engine to start, for seconds on a busy machine.
      const patient = { machineDetectionTime: 10_000, machineDetectionInitialSilence: 10_000 };
      const uuid = await dial(to, { machineDetection: 'true', ...patient });
      const answer = await suite.at('/stay');
      suite.signed(answer);
      assertParams(answer, OUTBOUND);
      assert.deepEqual([answer.params.Event, answer.params.Machine], ['StartApp', 'true']);
      await suite.client.calls.hangup(uuid);
      const hangup = await suite.at('/hangup');
      assert.equal(hangup.params.Machine, 'true');
      assert.deepEqual(await answeredBy(uuid), ['machine', reason]);
    });
  }

  for (const [to, what] of [
    [PERSON, 'a person who says "Hello?"'],
    [HELLO_PHONE, 'a phone that says its name'],
  ] as const) {
    it(`without a callback, ${what} gets the document after the greeting, and no Machine`, async () => {
      const uuid = await dial(to, { machineDetection: 'true' });
      const answer = await suite.at('/stay');
      assert.equal('Machine' in answer.params, false);
      await suite.client.calls.hangup(uuid);
      assert.equal('Machine' in (await suite.at('/hangup')).params, false);
      assert.deepEqual(await answeredBy(uuid), ['human', 'greeting-over']);
    });
  }

  it('silence and keys are nobody, and the document waits no longer than it has to', async () => {
    for (const to of [SILENT, KEYS_PHONE]) {
      suite.receiver.received.length = 0;
      const started = performance.now();
      const uuid = await dial(to, { machineDetection: 'true', machineDetectionInitialSilence: 2000 });
      const answer = await suite.at('/stay');
      const waited = performance.now() - started;
      assert.ok(waited > 1_800 && waited < 5_000, `${waited} ms`);
      assert.equal('Machine' in answer.params, false);
      await suite.client.calls.hangup(uuid);
      assert.deepEqual(await answeredBy(uuid), ['unknown', 'initial-silence']);
    }
  });

  it('with hangup the call of a machine ends with 9100 without a document', async () => {
    const uuid = await dial(VOICE_MAIL, { machineDetection: 'hangup' });
    const hangup = await suite.at('/hangup');
    suite.signed(hangup);
    assertParams(hangup, { ...OUTBOUND, ...HANGUP });
    const { params } = hangup;
    assert.deepEqual(
      [params.Machine, params.HangupCauseCode, params.HangupCauseName, params.HangupSource, params.CallStatus],
      ['true', '9100', 'Machine Detected', 'Plivo', 'completed'],
    );
    assert.equal(suite.receiver.on('/stay').length, 0);
    const record = await suite.ended(uuid);
    assert.deepEqual([record.hangupCauseCode, record.hangupCauseName], [9100, 'Machine Detected']);
  });

  it('with hangup a person is not hung up on', async () => {
    const uuid = await dial(PERSON, { machineDetection: 'hangup' });
    await suite.at('/stay');
    await pause(1_000);
    assert.equal(suite.receiver.on('/hangup').length, 0);
    await suite.client.calls.hangup(uuid);
    assert.equal((await suite.ended(uuid)).hangupCauseCode, 4000);
  });

  for (const method of ['POST', 'GET'] as const) {
    it(`with a callback the document runs at once, and a machine is told by ${method}`, async () => {
      const uuid = await dial(VOICE_MAIL, {
        machineDetection: 'true',
        machineDetectionTime: 8000,
        machineDetectionMaximumSpeechLength: 5000,
        machineDetectionInitialSilence: 4500,
        machineDetectionMaximumWords: 3,
        machineDetectionInitialGreeting: 1500,
        machineDetectionSilence: 800,
        machineDetectionUrl: suite.receiver.url('/machine?tenant=7'),
        machineDetectionMethod: method,
      });
      const answer = await suite.at('/stay');
      assert.equal('Machine' in answer.params, false, 'it is not known yet');
      const told = await suite.at('/machine');
      assert.equal(told.method, method);
      suite.signed(told);
      assertParams(told, OUTBOUND);
      const { params } = told;
      assert.deepEqual(
        [params.Event, params.Machine, params.IfMachine, params.CallStatus, params.Direction, params.tenant],
        ['MachineDetection', 'true', 'continue', 'in-progress', 'outbound', '7'],
      );
      assert.deepEqual([params.CallUUID, params.RequestUUID, params.ALegUUID, params.ALegRequestUUID], Array(4).fill(uuid));
      await suite.client.calls.hangup(uuid);
      assert.equal((await suite.at('/hangup')).params.Machine, 'true');
      assert.equal(suite.receiver.on('/machine').length, 1);
    });
  }

  it('with a callback and hangup the callback says so, and the call ends with 9100', async () => {
    const uuid = await dial(VOICE_MAIL, {
      machineDetection: 'hangup',
      machineDetectionUrl: suite.receiver.url('/machine'),
    });
    const { params } = await suite.at('/machine');
    assert.deepEqual([params.Event, params.Machine, params.IfMachine], ['MachineDetection', 'true', 'hangup']);
    assert.deepEqual([(await suite.at('/hangup')).params.HangupCauseCode, suite.receiver.on('/stay').length], ['9100', 1]);
    assert.equal((await suite.ended(uuid)).hangupCauseCode, 9100);
  });

  it('with a callback a person is told to nobody', async () => {
    const uuid = await dial(PERSON, {
      machineDetection: 'true',
      machineDetectionUrl: suite.receiver.url('/machine'),
    });
    await suite.at('/stay');
    await pause(3_000);
    await suite.client.calls.hangup(uuid);
    assert.deepEqual(await answeredBy(uuid), ['human', 'greeting-over']);
    assert.equal(suite.receiver.on('/machine').length, 0);
  });

  it('an application that is told of a machine leaves its message with a transfer', async () => {
    suite.answers.set('/drop', { contentType: 'application/xml', body: '<Response><Wait length="60"/></Response>' });
    const uuid = await dial(VOICE_MAIL, {
      machineDetection: 'true',
      machineDetectionUrl: suite.receiver.url('/machine'),
    });
    await suite.at('/machine');
    await suite.client.calls.transfer(uuid, { legs: 'aleg', alegUrl: suite.receiver.url('/drop') });
    assert.equal((await suite.at('/drop')).params.Machine, 'true');
    await suite.client.calls.hangup(uuid);
    await eventually('the end', () => suite.receiver.on('/hangup')[0]);
  });

  it('nothing is looked for where machine_detection does not ask for it', async () => {
    const uuid = await dial(VOICE_MAIL, {
      machineDetectionTime: 5000,
      machineDetectionUrl: suite.receiver.url('/machine'),
    });
    await suite.at('/stay');
    await pause(4_000);
    await suite.client.calls.hangup(uuid);
    assert.deepEqual(await answeredBy(uuid), [undefined, undefined]);
    assert.equal(suite.receiver.on('/machine').length, 0);
  });
});
