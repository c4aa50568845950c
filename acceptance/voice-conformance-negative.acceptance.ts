/** The documents that are none, and answers that never come: each ends the call in its own way, before anything is heard. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { loudMs, msOf } from './phones.ts';
import { causeOf, Stage } from './stage.ts';
import { xml } from './voice.ts';
import type { Answer } from './webhook-receiver.ts';

const NEXT_HZ = 700;

describe('answers that are no document', { concurrency: 6 }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.start('voice-negative', { numbers: 20 });
  });
  after(() => stage?.dispose());

  const refused: readonly (readonly [string, Answer | string, string])[] = [
    ['nothing with status 200', '', '8011 Error'],
    ['status 404', { status: 404, body: xml('<Speak>not found</Speak>') }, '7011 Error'],
    ['<response/>', '<response/>', '8011 Error'],
    ['JSON', { body: '{"a":1}', contentType: 'application/json' }, '8011 Error'],
    ['a raw & in an action', '<Response><GetDigits action="http://127.0.0.1/a?x=1&y=2"/></Response>', '8011 Error'],
    ['a Number without a number', '<Response><Dial><Number></Number></Dial></Response>', '8011 Error'],
    ['a Dial without destinations', '<Response><Dial/></Response>', '8011 Error'],
  ];
  for (const [what, answer, cause] of refused) {
    it(`${what} ends the call with ${cause}`, async () => {
      const scene = stage.scene();
      scene.on('/answer', answer);
      const ended = await scene.play();
      assert.equal(causeOf(ended), cause);
      assert.deepEqual([ended.phone.endedBy, ended.phone.answeredAt, loudMs(ended.phone)], ['far', undefined, 0]);
      assert.ok((ended.phone.sipStatus ?? 0) >= 400, `refused with ${ended.phone.sipStatus}`);
      assert.deepEqual([ended.hangup.Duration, ended.hangup.TotalCost], ['0', '0.00000']);
      assert.deepEqual(scene.paths(), ['/answer', '/hangup']);
    });
  }

  it('<Response/> is a document: the call is answered and ends with 4010', async () => {
    const ended = await stage.scene('<Response/>').play();
    assert.equal(causeOf(ended), '4010 Plivo');
    assert.ok(ended.phone.answeredAt !== undefined);
    assert.notEqual(ended.hangup.AnswerTime, '');
  });

  it('an action that answers OK ends the call with 8012', async () => {
    const scene = stage.scene();
    const menu = `<GetDigits action="${scene.url('/menu')}" numDigits="1" timeout="5"/>`;
    scene.on('/answer', xml(`${menu}<Play>${scene.tone(NEXT_HZ, 500)}</Play>`));
    scene.on('/menu', { body: 'OK' });
    const ended = await scene.play([
      { do: 'wait', ms: 300 },
      { do: 'press', digits: '1' },
    ]);
    assert.equal(causeOf(ended), '8012 Error');
    assert.equal(loudMs(ended.phone), 0);
  });

  it('with redirect="false" an action may answer OK: the next element runs', async () => {
    const scene = stage.scene();
    const menu = `<GetDigits action="${scene.url('/menu')}" redirect="false" numDigits="1" timeout="5"/>`;
    scene.on('/answer', xml(`${menu}<Play>${scene.tone(NEXT_HZ, 500)}</Play>`));
    scene.on('/menu', { body: 'OK' });
    const ended = await scene.play([
      { do: 'wait', ms: 300 },
      { do: 'press', digits: '1' },
    ]);
    assert.equal(causeOf(ended), '4010 Plivo');
    assert.deepEqual(
      scene.received('/menu').map(({ params }) => params.Digits),
      ['1'],
    );
    assert.ok(msOf(ended.phone, 'tone', NEXT_HZ) >= 300);
  });
});
