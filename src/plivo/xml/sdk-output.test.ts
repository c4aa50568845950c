import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import plivo from 'plivo';
import type { VoiceElement } from '../../voice/document.ts';
import { XmlError } from './document.ts';
import { parseVoiceDocument } from './voice-document.ts';

/** What the official SDKs write, and how it must be read all the same (voice-xml.md §17). */

function first(xml: string): VoiceElement {
  const [element] = parseVoiceDocument(xml).elements;
  assert.ok(element);
  return element;
}
const inside = (inner: string) => first(`<Response>${inner}</Response>`);

describe('documents of the Node SDK', () => {
  it('are read, all elements together', () => {
    const response = plivo.Response();
    response.addSpeak('Hello & welcome', { voice: 'WOMAN', language: 'en-GB', loop: 2 });
    response.addPlay('https://a.example/b.mp3?c=1&d=2', { loop: 0 });
    response.addWait({ length: 5, silence: true, minSilence: 500 });
    response.addDTMF('12w#', { async: false });
    const early = response.addPreAnswer();
    early.addSpeak('soon');
    const digits = response.addGetDigits({ action: 'https://a.example/digits?x=1&y=2', numDigits: 1, redirect: false });
    digits.addSpeak('press');
    const input = response.addGetInput({ action: 'https://a.example/said', inputType: 'dtmf speech', log: false });
    input.addPlay('https://a.example/b.mp3');
    response.addRecord({ action: 'https://a.example/rec', maxLength: 10, recordSession: true });
    const dial = response.addDial({ callerId: '14155550100', sipHeaders: 'a=1', confirmTimeout: 5 });
    dial.addNumber('14155550111', { sendDigits: 'ww1', sendOnPreanswer: true });
    dial.addUser('sip:desk@pbx.example.net', { sipHeaders: 'b=2' });
    response.addMessage('text', { src: '14155550100', dst: '14155550131<14155550132', type: 'sms' });
    response.addConference('room', { startConferenceOnEnter: false });
    response.addMultiPartyCall('party', { role: 'Agent' });
    response.addRedirect('https://a.example/next', { method: 'GET' });
    response.addHangup({ reason: 'busy', schedule: 60 });

    const { elements, notes } = parseVoiceDocument(response.toXML());
    assert.deepEqual(
      elements.map(({ element }) => element),
      [
        'Speak',
        'Play',
        'Wait',
        'DTMF',
        'PreAnswer',
        'GetDigits',
        'GetInput',
        'Record',
        'Dial',
        'Message',
        'Conference',
        'MultiPartyCall',
        'Redirect',
        'Hangup',
      ],
    );
    assert.equal(notes.filter((note) => note.includes('is not available yet')).length, 0);
    const [speak, play, , , , getDigits, , , dialled] = elements;
    assert.ok(speak?.element === 'Speak' && play?.element === 'Play' && getDigits?.element === 'GetDigits');
    assert.deepEqual([speak.content, speak.language, speak.loop], [['Hello & welcome'], 'en-GB', 2]);
    assert.deepEqual([play.url, play.loop], ['https://a.example/b.mp3?c=1&d=2', 0]);
    assert.deepEqual([getDigits.action?.url, getDigits.redirect], ['https://a.example/digits?x=1&y=2', false]);
    assert.ok(dialled?.element === 'Dial');
    assert.deepEqual(
      dialled.targets.map(({ kind, address, headers }) => [kind, address, headers]),
      [
        ['number', '14155550111', {}],
        ['user', 'sip:desk@pbx.example.net', { a: '1', b: '2' }],
      ],
    );
  });

  it('keep speech markup between text', () => {
    const response = plivo.Response();
    const speak = response.addSpeak('Code ', { voice: 'Polly.Salli', language: 'en-US' });
    speak.addSayAs('4711', { 'interpret-as': 'spell-out' });
    speak.addText(' then ');
    speak.addBreak({ strength: 'strong', time: '1s' });
    speak.addProsody('fast', { volume: '+6dB', rate: 'x-fast', pitch: 'high' });
    const element = first(response.toXML());
    assert.ok(element.element === 'Speak');
    assert.deepEqual(
      element.content.map((piece) => (typeof piece === 'string' ? piece : piece.name)),
      ['Code ', 'say-as', ' then ', 'break', 'prosody'],
    );
  });

  it('are malformed when an attribute holds a double quote', () => {
    const response = plivo.Response();
    response.addGetInput({ action: 'https://a.example/said', hints: 'the "lab"' });
    assert.throws(() => parseVoiceDocument(response.toXML()), XmlError);
  });
});

describe('documents of the other SDKs', () => {
  it('Python: whitespace around text, no declaration, blanks where pieces of text were joined', () => {
    const xml = `<Response>
  <Dial redirect="true">
    <Number>
      +14155550111
    </Number>
  </Dial>
</Response>
`;
    const dial = first(xml);
    assert.ok(dial.element === 'Dial');
    assert.equal(dial.targets[0]?.address, '14155550111');
    const speak = inside('<Speak voice="Polly.Joanna" language="en-US">\n    one\n     two \n <break time="1s"/>\n  </Speak>');
    assert.ok(speak.element === 'Speak');
    assert.deepEqual(speak.content, ['one two ', { name: 'break', attributes: { time: '1s' }, content: [] }]);
    const joined = inside('<Speak voice="Polly.Joanna"><cont>one</cont> <cont>two</cont></Speak>');
    assert.ok(joined.element === 'Speak');
    assert.deepEqual(joined.content, ['one two']);
  });

  it('Go and Java: text that is not escaped is not well-formed', () => {
    assert.throws(() => inside('<Redirect>https://a.example/?a=1&b=2</Redirect>'), XmlError);
    assert.throws(() => inside('<GetDigits action="https://a.example/?a=1&b=2"/>'), XmlError);
  });

  it('Java: defaults and legs written out', () => {
    const speak = inside('<Speak voice="WOMAN" language="en-US" loop="1" legs="aleg">Hi</Speak>');
    assert.deepEqual(speak, { element: 'Speak', voice: 'WOMAN', language: 'en-US', loop: 1, content: ['Hi'] });
  });

  it('Ruby: nothing is written none', () => {
    const dial = inside('<Dial action="none" callerId="none" confirmKey="none" timeout="none"><Number>1</Number></Dial>');
    assert.ok(dial.element === 'Dial');
    assert.deepEqual([dial.action, dial.callerId, dial.confirmKey, dial.timeoutMs], [undefined, undefined, undefined, 120_000]);
  });

  it('PHP: false, 0 and nothing are written none', () => {
    const digits = inside('<GetDigits redirect="none" log="none" playBeep="none" finishOnKey="none" numDigits="none"/>');
    assert.ok(digits.element === 'GetDigits');
    assert.deepEqual(
      [digits.redirect, digits.log, digits.playBeep, digits.finishOnKey, digits.numDigits],
      [false, false, false, '', 99],
    );
    const play = inside('<Play loop="none">https://a.example/b.mp3</Play>');
    assert.ok(play.element === 'Play');
    assert.equal(play.loop, 0);
    const older = inside('<Play loop="true">https://a.example/b.mp3</Play>');
    assert.ok(older.element === 'Play');
    assert.equal(older.loop, 1);
    assert.ok(first('<?xml version="1.0" encoding="utf-8"?>\n<Response><Hangup/></Response>\n'));
  });

  it('PHP: voices come in capitals', () => {
    const speak = inside('<Speak voice="POLLY.JOANNA" language="en-US">Hi</Speak>');
    assert.ok(speak.element === 'Speak');
  });

  it('.NET: sendOnPreAnswer', () => {
    const dial = inside('<Dial><Number sendDigits="1" sendOnPreAnswer="true">1</Number></Dial>');
    assert.ok(dial.element === 'Dial');
    assert.equal(dial.targets[0]?.sendOnPreanswer, true);
  });
});
