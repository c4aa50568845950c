/** The conformance documents of calls that need one party: an inbound call and what its caller hears. The other half is in voice-conformance-dial. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { conformanceDocuments } from '../testkit/voice-documents.ts';
import { list, operator } from './api.ts';
import { mp3Of } from './mp3.ts';
import { keysOf, loudMs, msOf, phoneAnswers, phoneCall, utterances } from './phones.ts';
import { AUTH_TOKEN } from './server.ts';
import { causeOf, OWN, type Scene, Stage } from './stage.ts';
import { sine, wavOf } from './tones.ts';
import { messagesOf, xml } from './voice.ts';
import { eventually } from './wait.ts';
import { allSignaturesValid, checkSignatures } from './webhook-receiver.ts';

const RING_HZ = 620;
const NO_HZ = 1100;
const NEXT_HZ = 700;
/** A loaded machine may start a second late. */
const LATE_MS = 2500;

const between = (value: number, low: number, high: number, what: string) =>
  assert.ok(value >= low && value <= high, `${what}: ${value} is not within ${low} and ${high}`);

describe('conformance documents', { concurrency: 5 }, () => {
  let stage: Stage;
  let ringMp3: Uint8Array;
  before(async () => {
    ringMp3 = await mp3Of(sine(RING_HZ, 1500));
    stage = await Stage.start('voice-conformance');
  });
  after(() => stage?.dispose());

  const documentsOf = (scene: Scene) => conformanceDocuments({ app: scene.app, files: scene.app, stream: 'ws://127.0.0.1:9' });
  const sceneOf = (name: keyof ReturnType<typeof conformanceDocuments>): Scene => {
    const scene = stage.scene();
    scene.on('/answer', documentsOf(scene)[name]);
    return scene;
  };

  it('1: the call rings for the Wait, is answered by the Speak, and ends with the document', async () => {
    const scene = sceneOf('lazyAnswer');
    const ended = await scene.play();
    const { phone, hangup } = ended;
    between((phone.answeredAt ?? 0) - phone.startedAt, 3000, 3000 + LATE_MS, 'ringing');
    assert.equal(causeOf(ended), '4010 Plivo');
    assert.equal(phone.endedBy, 'far');
    between(loudMs(phone), 1800, 6000, 'speech');
    assert.equal(utterances(phone).filter(({ kind }) => kind === 'tone').length, 0);
    assert.ok(Number(hangup.Duration) >= Math.floor(loudMs(phone) / 1000), `Duration ${hangup.Duration}`);
    assert.equal(hangup.CallStatus, 'completed');
    assert.deepEqual(scene.paths(), ['/answer', '/hangup']);
    const [answer] = scene.received('/answer');
    assert.deepEqual(
      [answer?.params.CallStatus, answer?.params.Event, answer?.params.Direction],
      ['ringing', 'StartApp', 'inbound'],
    );
    assert.deepEqual([answer?.params.From, answer?.params.To], [scene.caller, scene.number]);
    for (const request of scene.received()) {
      assert.deepEqual(checkSignatures(request, AUTH_TOKEN, AUTH_TOKEN), allSignaturesValid, request.path);
    }
    const statuses = messagesOf(ended.steps).filter((message) => message.startsWith('SIP/2.0 '));
    assert.deepEqual(
      statuses.slice(0, 3).map((status) => status.slice(8, 11)),
      ['100', '180', '200'],
    );
  });

  it('2: an unanswered call is refused as busy', async () => {
    const ended = await sceneOf('rejection').play();
    assert.deepEqual([ended.phone.sipStatus, ended.phone.answeredAt, loudMs(ended.phone)], [486, undefined, 0]);
    assert.equal(causeOf(ended), '3010 Answer XML');
    assert.deepEqual([ended.hangup.Duration, ended.hangup.BillDuration, ended.hangup.AnswerTime], ['0', '0', '']);
    assert.equal(ended.hangup.TotalCost, '0.00000');
  });

  it('2: an answered call is hung up', async () => {
    const scene = sceneOf('rejection');
    await phoneAnswers(stage.server, scene.callee, [{ do: 'ring' }, { do: 'answer' }]);
    const requested = await scene.fire();
    const outcome = await scene.outcome();
    assert.deepEqual([outcome.id, causeOf(outcome)], [requested, '4000 Answer XML']);
    const phone = await phoneCall(stage.server, scene.callee, ({ state }) => state === 'ended');
    assert.deepEqual([phone.endedBy, loudMs(phone)], ['far', 0]);
    assert.ok(phone.answeredAt !== undefined);
    assert.deepEqual(scene.paths().toSorted(), ['/answer', '/hangup', '/ring']);
    const [answer] = scene.received('/answer');
    assert.deepEqual([answer?.params.CallStatus, answer?.params.Direction], ['in-progress', 'outbound']);
  });

  it('3: early media is heard before the answer, and not billed', async () => {
    const scene = sceneOf('earlyMedia');
    scene.on('/ring.mp3', { body: ringMp3, contentType: 'audio/mpeg' });
    const ended = await scene.play();
    const { phone, hangup } = ended;
    assert.equal(causeOf(ended), '4010 Plivo');
    const heard = utterances(phone);
    assert.deepEqual(
      heard.map(({ kind }) => kind).filter((kind, n, kinds) => kind !== kinds[n - 1]),
      ['sound', 'tone', 'sound'],
      JSON.stringify(phone.heard),
    );
    between(msOf(phone, 'tone', RING_HZ), 1200, 1700, 'the MP3 file');
    const [first, tone] = heard;
    between((tone?.fromMs ?? 0) - ((first?.fromMs ?? 0) + (first?.ms ?? 0)), 800, 2500, 'the Wait, and silence at its borders');
    const early = (phone.answeredAt ?? 0) - phone.startedAt;
    between(early, 2700, 9000, 'time before the answer');
    const statuses = messagesOf(ended.steps).filter((message) => message.startsWith('SIP/2.0 '));
    const at = (status: string) => statuses.findIndex((message) => message.startsWith(`SIP/2.0 ${status}`));
    assert.ok(at('183') >= 0 && at('183') < at('200'), statuses.join(', '));
    assert.ok(String(hangup.AnswerTime) > String(hangup.SessionStart).slice(0, 19), 'answered after the session began');
    const answered = (phone.endedAt ?? 0) - (phone.answeredAt ?? 0);
    between(Number(hangup.Duration) * 1000, answered - 1000, answered + 1000, 'Duration counts from the answer');
  });

  it('4: a key stops the prompt, and what its action answers replaces the rest', async () => {
    const scene = sceneOf('keypadMenu');
    scene.on('/menu', xml(`<Play>${scene.tone(NEXT_HZ, 1000)}</Play>`));
    const ended = await scene.play([
      { do: 'hear', speech_ms: 200 },
      { do: 'press', digits: '1' },
    ]);
    assert.equal(causeOf(ended), '4010 Plivo');
    assert.deepEqual(scene.paths(), ['/answer', '/menu', '/hangup']);
    const [menu] = scene.received('/menu');
    assert.deepEqual(
      [menu?.method, menu?.params.Digits, menu?.params.step, menu?.params.lang, menu?.params.CallStatus, menu?.params.Event],
      ['POST', '1', '1', 'en', 'in-progress', 'Redirect'],
    );
    assert.equal(new URL(menu?.url ?? '').search, '?step=1&lang=en');
    assert.ok(menu !== undefined);
    assert.deepEqual(checkSignatures(menu, AUTH_TOKEN, AUTH_TOKEN), allSignaturesValid);
    between(msOf(ended.phone, 'sound'), 200, 900, 'the prompt was cut');
    between(msOf(ended.phone, 'tone', NEXT_HZ), 800, 1100, 'the next document');
  });

  it('4: a key that is not valid is answered by the sound, and the menu goes on', async () => {
    const scene = sceneOf('keypadMenu');
    scene.on('/no.wav', { body: wavOf(sine(NO_HZ, 600)), contentType: 'audio/wav' });
    scene.on('/menu', xml('<Hangup/>'));
    const ended = await scene.play([
      { do: 'hear', speech_ms: 200 },
      { do: 'press', digits: '9' },
      { do: 'hear', tone: NO_HZ, ms: 300 },
      { do: 'hear', speech_ms: 400 },
      { do: 'press', digits: '2' },
    ]);
    assert.equal(ended.phone.scriptError, undefined);
    assert.equal(causeOf(ended), '4000 Answer XML');
    assert.deepEqual(
      scene.received('/menu').map(({ params }) => params.Digits),
      ['2'],
    );
    between(msOf(ended.phone, 'tone', NO_HZ), 400, 700, 'the sound for wrong keys');
  });

  it('4: two silent attempts play the prompt twice and fall through without a request', async () => {
    const scene = sceneOf('keypadMenu');
    const ended = await scene.play();
    assert.equal(causeOf(ended), '4000 Answer XML');
    assert.deepEqual(scene.paths(), ['/answer', '/hangup']);
    const said = utterances(ended.phone, 1500);
    assert.equal(said.length, 3, JSON.stringify(ended.phone.heard));
    const [first, second, goodbye] = said;
    for (const [before, next] of [
      [first, second],
      [second, goodbye],
    ]) {
      const gap = (next?.fromMs ?? 0) - ((before?.fromMs ?? 0) + (before?.ms ?? 0));
      between(gap, 3900, 4000 + LATE_MS, 'the time to press a key');
    }
  });

  it('5: keys end the input, the action is told once and its answer is not waited for', async () => {
    const scene = sceneOf('speechOrKeys');
    scene.on('/ask.mp3', { body: ringMp3, contentType: 'audio/mpeg' });
    scene.on('/said', () => 'hang');
    const keys = '90210435';
    const ended = await scene.play([
      { do: 'hear', tone: RING_HZ, ms: 200 },
      { do: 'press', digits: `${keys}#` },
    ]);
    assert.equal(causeOf(ended), '4010 Plivo');
    const said = await scene.request('/said');
    assert.deepEqual(
      [said.params.InputType, said.params.Digits, said.params.Speech, new URL(said.url).hash, said.path.includes('#')],
      ['dtmf', keys, '', '', false],
    );
    assert.deepEqual(checkSignatures(said, AUTH_TOKEN, AUTH_TOKEN), allSignaturesValid);
    assert.ok(msOf(ended.phone, 'tone', RING_HZ) < 1200, 'a key stops the prompt');
    assert.ok(msOf(ended.phone, 'sound') >= 300, 'thanks are heard');
    // Read timeout of 3 s and not one retry.
    await eventually('end of the wait for an answer', () => (performance.now() - said.at > 5000 ? true : undefined));
    assert.equal(scene.received('/said').length, 1);
    const timeline = await operator(stage.server, `timeline/${ended.id}`);
    assert.ok(!timeline.text.includes(keys), 'log="false" keeps the input out of the timeline');
    assert.ok(!(await stage.server.logText()).includes(keys), 'and out of the log');
  });

  it('9: markup of a Polly voice pauses, another voice reads the words alone', async () => {
    const marked = sceneOf('speechMarkup');
    const flat = sceneOf('speechMarkupReadFlat');
    const [withMarkup, without] = await Promise.all([marked.play(), flat.play()]);
    assert.deepEqual([causeOf(withMarkup), causeOf(without)], ['4010 Plivo', '4010 Plivo']);
    const pauses = (ms: number, call: typeof withMarkup) =>
      call.phone.heard.slice(1, -1).filter((part) => part.kind === 'silence' && part.ms >= ms).length;
    assert.ok(pauses(300, withMarkup) >= 1, JSON.stringify(withMarkup.phone.heard));
    assert.equal(pauses(300, without), 0, JSON.stringify(without.phone.heard));
    assert.ok(loudMs(without.phone) > 1000, 'the words are read');
  });

  it('9: a voice that does not speak the language is no document', async () => {
    const scene = stage.scene('<Response><Speak voice="WOMAN" language="hi-IN">Code</Speak></Response>');
    const ended = await scene.play();
    assert.equal(causeOf(ended), '8011 Error');
    assert.equal(loudMs(ended.phone), 0);
  });

  describe('10: tones, messages, redirect', () => {
    it('keys are heard with their pauses, both messages go out, and the redirect ends the document', async () => {
      const scene = sceneOf('tonesMessageRedirect');
      scene.on('/next', xml(`<Play>${scene.tone(NEXT_HZ, 800)}</Play>`));
      const ended = await scene.play();
      assert.equal(causeOf(ended), '4010 Plivo');
      assert.equal(keysOf(ended.phone), '12#');
      const [one, two, hash] = ended.phone.digits;
      between((two?.at ?? 0) - (one?.at ?? 0), 500, 1300, 'w');
      between((hash?.at ?? 0) - (two?.at ?? 0), 1000, 1800, 'W');
      const [next] = scene.received('/next');
      assert.ok(next !== undefined);
      assert.equal(next.method, 'GET');
      assert.ok(new URL(next.url).search.startsWith('?from=10&'), next.url);
      assert.deepEqual([next.params.CallUUID, next.params.CallStatus], [ended.id, 'in-progress']);
      assert.deepEqual(checkSignatures(next, AUTH_TOKEN, AUTH_TOKEN), allSignaturesValid);
      between(msOf(ended.phone, 'tone', NEXT_HZ), 600, 900, 'the next document');
      const at = (event: string, element: string) =>
        ended.steps.findIndex((step) => step.event === event && step.detail.element === element);
      assert.ok(at('element_ended', 'DTMF') < at('element_started', 'Message'), 'all keys first');
      for (const to of ['14155550131', '14155550132']) {
        const inbox = await eventually(`message to ${to}`, async () => {
          const messages = list((await operator(stage.server, `phones/${to}/messages`)).json.messages);
          return messages.length > 0 ? messages : undefined;
        });
        assert.deepEqual(
          inbox.map(({ from, text }) => [from, text]),
          [[OWN, 'Your ticket is open']],
        );
        await eventually(`report of ${to}`, () =>
          scene.received('/dlr').find(({ params }) => params.To === to && params.Status === 'delivered'),
        );
      }
    });

    for (const [what, answer, cause] of [
      ['is not there', { status: 404 }, '7014 Error'],
      ['is no document', 'OK', '8014 Error'],
    ] as const) {
      it(`a redirect target that ${what} ends the call with ${cause}`, async () => {
        const scene = stage.scene();
        scene.on('/answer', documentsOf(scene).tonesMessageRedirect.replace(/<Message[\s\S]*<\/Message>/, ''));
        scene.on('/next', answer);
        const ended = await scene.play();
        assert.equal(causeOf(ended), cause);
        assert.equal(msOf(ended.phone, 'sound'), 0, 'the Speak is not reached');
      });
    }
  });

  it('11: a scheduled hangup lets the document go on and ends the call with 6000', async () => {
    const scene = stage.scene();
    const document = documentsOf(scene)
      .roomAndTimer.replace('600', '3')
      .replace(/<Conference[\s\S]*<\/Conference>/, `<Play loop="0">${scene.tone(NEXT_HZ, 500)}</Play>`);
    scene.on('/answer', document);
    const ended = await scene.play();
    assert.equal(causeOf(ended), '6000 Plivo');
    assert.equal(ended.hangup.HangupCauseName, 'Scheduled Hangup');
    between(msOf(ended.phone, 'tone', NEXT_HZ), 2000, 3500, 'the document goes on until then');
    between((ended.phone.endedAt ?? 0) - ended.phone.startedAt, 2900, 3000 + LATE_MS, 'length');
  });

  it('11: who waits in a room for its moderator hears the hold document, until the timer ends the call', async () => {
    const scene = stage.scene();
    scene.on('/answer', documentsOf(scene).roomAndTimer.replace('600', '4'));
    scene.on('/hold', xml(`<Play>${scene.tone(RING_HZ, 1000)}</Play>`));
    const ended = await scene.play();
    assert.equal(causeOf(ended), '6000 Plivo');
    assert.ok(msOf(ended.phone, 'tone', RING_HZ) >= 1500, JSON.stringify(ended.phone.heard));
    await eventually('both callbacks', () => (scene.received('/room').length >= 2 ? true : undefined));
    assert.deepEqual(
      scene.received('/room').map(({ params }) => [params.ConferenceAction, params.ConferenceName]),
      [
        ['enter', 'standup'],
        ['exit', 'standup'],
      ],
    );
  });

  it('11: who is alone in a multiparty call stays in it, until the timer ends the call', async () => {
    const scene = stage.scene();
    scene.on('/answer', documentsOf(scene).multiPartyRoom.replace('600', '4'));
    const ended = await scene.play();
    assert.equal(causeOf(ended), '6000 Plivo');
    assert.match(JSON.stringify(ended.steps), /MultiPartyCall/);
    assert.deepEqual(scene.received('/left'), [], 'a call that has ended asks for no document');
  });
});
