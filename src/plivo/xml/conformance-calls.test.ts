import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { conformanceDocuments, exampleServers, invalidDocuments } from '../../../testkit/voice-documents.ts';
import { ANSWER } from '../../../testkit/voice-elements.ts';
import { createVoiceRig, type VoiceRig } from '../../../testkit/voice-rig.ts';
import { hangupCause } from '../../voice/hangup-cause.ts';
import { XmlError } from './document.ts';
import { parseVoiceDocument } from './voice-document.ts';

const { app, files } = exampleServers;
const documents = conformanceDocuments();

function answersXml(rig: VoiceRig, url: string, xml: string) {
  try {
    rig.application.answers(url, parseVoiceDocument(Buffer.from(xml)).elements);
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    rig.application.answers(url, { kind: 'invalid-document', reason: error.message });
  }
}

/** A call to a number whose application answers with this XML. */
function called(xml: string, prepare: (rig: VoiceRig) => void = () => {}) {
  const rig = createVoiceRig();
  for (const file of ['ring.mp3', 'no.wav', 'ask.mp3']) rig.sounds.set(`${files}/${file}`, 2_000);
  rig.callerIds.add('14155550100');
  answersXml(rig, ANSWER.url, xml);
  prepare(rig);
  const { call, leg, flow } = rig.startCall('inbound');
  void flow.run({ kind: 'answer', answer: ANSWER, fallback: undefined });
  return {
    rig,
    call,
    leg,
    ending: () => {
      const cause = rig.ended.find(({ callId }) => callId === call.id)?.ended?.cause;
      return cause && `${cause.code} ${cause.source}`;
    },
    played: () => leg.media?.heard.length ?? 0,
  };
}

describe('the conformance documents, run as calls', () => {
  test('lazy answer and implicit end', async () => {
    const { rig, call, leg, ending } = called(documents.lazyAnswer);
    await rig.clock.advance(2_999);
    assert.deepEqual(leg.asked, []);
    await rig.clock.advance(2);
    assert.deepEqual(leg.asked, ['answer']);
    await rig.clock.advance(10_000);
    assert.equal(ending(), '4010 Plivo');
    assert.equal(call.facts.status, 'completed');
    assert.ok((call.facts.ended?.durationS ?? 0) >= 2.5);
    await rig.assertClean();
  });

  test('rejection', async () => {
    const { rig, call, leg, ending } = called(documents.rejection);
    await rig.clock.advance(10);
    assert.deepEqual([leg.asked, ending(), call.facts.ended?.durationS], [[], '3010 Answer XML', 0]);
    await rig.assertClean();
  });

  test('early media', async () => {
    const { rig, call, leg, ending } = called(documents.earlyMedia);
    await rig.clock.advance(600 + 1_000 + 1_900);
    assert.deepEqual(leg.asked, ['early']);
    await rig.clock.advance(200);
    assert.deepEqual(leg.asked, ['early', 'answer']);
    assert.ok((call.facts.answeredAt ?? 0) > call.facts.startedAt);
    await rig.clock.advance(1_000);
    assert.deepEqual([ending(), call.facts.ended?.durationS], ['4010 Plivo', 1]);
    await rig.assertClean();
  });

  test('keypad menu: a key stops the prompt and its answer replaces the rest', async () => {
    const { rig, leg, ending, played } = called(documents.keypadMenu, (rig) =>
      answersXml(rig, `${app}/menu?step=1&lang=en`, '<Response><Speak>One</Speak></Response>'),
    );
    await rig.clock.advance(300);
    leg.media?.press('1');
    await rig.clock.advance(10);
    const [menu] = rig.application.requestsTo(`${app}/menu?step=1&lang=en`);
    assert.deepEqual(menu?.result, { element: 'GetDigits', digits: '1' });
    assert.equal(played(), 2);
    await rig.clock.advance(1_000);
    assert.equal(ending(), '4010 Plivo');
    await rig.assertClean();
  });

  test('keypad menu: an invalid key and silence fall through to goodbye', async () => {
    const { rig, leg, ending, played } = called(documents.keypadMenu);
    await rig.clock.advance(300);
    leg.media?.press('9');
    await rig.clock.advance(60_000);
    // Prompt, the sound for an invalid key, prompt, goodbye.
    assert.equal(played(), 4);
    assert.equal(ending(), '4000 Answer XML');
    assert.equal(rig.application.requests.length, 1);
    await rig.assertClean();
  });

  test('speech or keys, notification only: keys', async () => {
    const { rig, leg, ending } = called(documents.speechOrKeys);
    await rig.clock.advance(100);
    leg.media?.press('42#');
    await rig.clock.advance(5_000);
    const [said] = rig.application.requestsTo(`${app}/said#rt=3000&rc=0`);
    assert.deepEqual(
      [
        said?.result?.element === 'GetInput' && [said.result.inputType, said.result.digits],
        said?.wantsDocument,
        said?.confidential,
      ],
      [['dtmf', '42'], false, true],
    );
    assert.ok(!rig.steps.some(({ detail }) => String(detail.digits ?? '').includes('42')));
    assert.equal(ending(), '4010 Plivo');
    await rig.assertClean();
  });

  test('simultaneous ring with confirmation', async () => {
    const { rig } = called(documents.simultaneousRing, (rig) => {
      answersXml(rig, `${app}/confirm`, '<Response><Speak>Press five</Speak></Response>');
      answersXml(rig, `${app}/done`, '<Response><Hangup/></Response>');
    });
    await rig.clock.advance(10);
    const [first, second] = rig.dialled.map(({ leg }) => leg);
    assert.deepEqual(
      rig.dialled.map(({ request }) => [request.to, request.from]),
      [
        ['14155550111', '14155550100'],
        ['14155550112', '14155550100'],
      ],
    );
    first?.rings();
    second?.rings();
    second?.answers();
    await rig.clock.advance(2_000);
    assert.equal(second?.media?.sentDigits, '42#');
    second?.media?.press('5');
    await rig.clock.advance(10);
    assert.equal(first?.hungUpWith?.code, 9000);
    second?.media?.press('99');
    await rig.clock.advance(10);
    second?.leaves(hangupCause(4000, 'Callee'));
    await rig.clock.advance(10);
    assert.deepEqual(
      rig.application.dialActions.filter((action) => action.endsWith('2')),
      ['answer 2', 'connected 2', 'digits 2', 'hangup 2'],
    );
    const [done] = rig.application.requestsTo(`${app}/done`);
    assert.ok(done?.result?.element === 'Dial');
    assert.deepEqual([done.result.status, done.result.bLegId], ['completed', rig.dialled[1]?.request.callId]);
    await rig.assertClean();
  });

  test('sequential hunt, then voicemail', async () => {
    const { rig, leg, ending } = called(documents.sequentialHunt);
    await rig.clock.advance(10_010);
    const [first] = rig.application.requestsTo(`${app}/try1`);
    assert.ok(first?.result?.element === 'Dial');
    assert.deepEqual([first.result.status, first.result.bLegId, first.wantsDocument], ['no-answer', '', false]);
    assert.equal(rig.dialled.length, 2);
    await rig.clock.advance(10_000);
    // The beep, then what the caller says.
    await rig.clock.advance(5_400);
    leg.media?.press('*');
    await rig.clock.advance(10);
    const [vm] = rig.application.requestsTo(`${app}/vm`);
    assert.ok(vm?.result?.element === 'Record');
    assert.equal(vm.result.digits, '*');
    assert.ok(vm.result.recording.durationMs >= 5_000);
    assert.equal(rig.recordingNotifications[0]?.kind, 'recorded');
    await rig.clock.advance(5_000);
    assert.equal(ending(), '4010 Plivo');
    await rig.assertClean();
  });

  test('a SIP leg with headers and a recording of the session', async () => {
    const { rig, leg } = called(documents.sipLeg);
    await rig.clock.advance(10);
    const [dialled] = rig.dialled;
    assert.deepEqual(
      [dialled?.request.to, dialled?.request.headers, dialled?.request.credentials],
      ['sip:desk7@pbx.example.net', { 'X-PH-Ticket': 'A17' }, { username: 'lab', password: 's3cretpass' }],
    );
    dialled?.leg.answers();
    await rig.clock.advance(10);
    assert.equal([...(leg.media?.recorded ?? [])].length, 1);
    assert.equal(leg.media?.recorded[0]?.channels, 'stereo');
    dialled?.leg.leaves(hangupCause(4000, 'Callee'));
    await rig.clock.advance(10);
    assert.equal(rig.recordingNotifications[0]?.target.url, `${app}/rec`);
    await rig.assertClean();
  });

  test('speech markup is spoken, and read flat by a voice that does not know it', async () => {
    for (const xml of [documents.speechMarkup, documents.speechMarkupReadFlat]) {
      const { rig, ending, played } = called(xml);
      await rig.clock.advance(10_000);
      assert.deepEqual([played(), ending()], [1, '4010 Plivo']);
      await rig.assertClean();
    }
  });

  test('tones, texts and another document', async () => {
    const { rig, leg, ending } = called(documents.tonesMessageRedirect);
    await rig.clock.advance(10_000);
    assert.equal(leg.media?.sentDigits, '12#');
    assert.deepEqual(rig.messages[0]?.dst, ['14155550131', '14155550132']);
    assert.deepEqual(
      rig.application.requestsTo(`${app}/next?from=10`).map(({ target }) => target.method),
      ['GET'],
    );
    assert.equal(ending(), '7014 Error');
    await rig.assertClean();
  });
});

describe('documents that end a call with 8011', () => {
  for (const [what, xml] of Object.entries(invalidDocuments)) {
    test(what, async () => {
      const { rig, leg, ending } = called(xml);
      await rig.clock.advance(10);
      assert.deepEqual([ending(), leg.asked], ['8011 Error', []]);
      await rig.assertClean();
    });
  }

  test('but an empty Response answers and ends with 4010', async () => {
    const { rig, leg, ending } = called('<Response/>');
    await rig.clock.advance(10);
    assert.deepEqual([ending(), leg.asked], ['4010 Plivo', ['answer']]);
    await rig.assertClean();
  });

  test('an action that answers OK ends the call with 8012, and does not matter with redirect="false"', async () => {
    for (const [follows, expected] of [
      ['true', '8012 Error'],
      ['false', '4010 Plivo'],
    ]) {
      const { rig, leg, ending } = called(
        `<Response><GetDigits action="${app}/ok" redirect="${follows}" numDigits="1"/><Speak>On</Speak></Response>`,
        (rig) => answersXml(rig, `${app}/ok`, 'OK'),
      );
      await rig.clock.advance(10);
      leg.media?.press('1');
      await rig.clock.advance(5_000);
      assert.equal(ending(), expected);
      await rig.assertClean();
    }
  });
});
