import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DialElement, DialTarget } from '../../voice/document.ts';
import { XmlError } from './document.ts';
import { parseVoiceDocument } from './voice-document.ts';

/** A Dial with these attributes, and the notes about it without their place. */
function dial(attributes = '', inner = '<Number>14155550111</Number>'): DialElement & { notes: string[] } {
  const { elements, notes } = parseVoiceDocument(`<Response><Dial ${attributes}>${inner}</Dial></Response>`);
  const [element] = elements;
  assert.ok(element?.element === 'Dial');
  return { ...element, notes: notes.map((note) => note.replace(/^\d+:\d+: /, '')) };
}
function target(xml: string): DialTarget & { notes: string[] } {
  const { targets, notes } = dial('', xml);
  assert.ok(targets[0]);
  return { ...targets[0], notes };
}
function refused(xml: string, reason: RegExp): void {
  assert.throws(
    () => parseVoiceDocument(`<Response>${xml}</Response>`),
    (error) => error instanceof XmlError && reason.test(error.message),
  );
}

describe('Dial', () => {
  it('has these defaults', () => {
    const { targets, ...rest } = dial();
    assert.equal(targets.length, 1);
    assert.deepEqual(rest, {
      element: 'Dial',
      action: undefined,
      redirect: true,
      timeoutMs: 120_000,
      timeLimitMs: 14_400_000,
      callerId: undefined,
      callerName: undefined,
      hangupOnStar: false,
      confirmSound: undefined,
      confirmKey: undefined,
      confirmTimeoutMs: 120_000,
      dialMusic: { kind: 'ringback' },
      callback: undefined,
      digitsMatch: [],
      digitsMatchBLeg: [],
      notes: [],
    });
  });

  it('lasts a day at most', () => assert.equal(dial('timeLimit="1000000"').timeLimitMs, 86_400_000));

  it('plays to the caller what is asked for', () => {
    const music = (value: string) => dial(`dialMusic="${value}"`).dialMusic;
    assert.deepEqual(music('real'), { kind: 'real' });
    assert.deepEqual(music('none'), { kind: 'none' });
    assert.deepEqual(music(''), { kind: 'ringback' });
    assert.deepEqual(music('https://a.example/music'), { kind: 'url', url: 'https://a.example/music' });
  });

  it('asks for a key only with a sound that asks', () => {
    const key = (attributes: string) => dial(attributes).confirmKey;
    assert.equal(key('confirmKey="5" confirmSound="https://a.example/"'), '5');
    assert.equal(key('confirmKey="55" confirmSound="https://a.example/"'), undefined);
    assert.equal(key('confirmKey="5"'), undefined);
    assert.deepEqual(dial('confirmKey="5"').notes, ['<Dial> ignores confirmKey: it needs confirmSound']);
  });

  it('watches for digits', () => {
    const { digitsMatch, digitsMatchBLeg, notes } = dial('digitsMatch="1, 22,*9" digitsMatchBLeg="x,3"');
    assert.deepEqual([digitsMatch, digitsMatchBLeg], [['1', '22', '*9'], ['3']]);
    assert.equal(notes.length, 1);
  });

  it('shows a caller', () => {
    const caller = (attributes: string) => [dial(attributes).callerId, dial(attributes).callerName];
    assert.deepEqual(caller('callerId="+1 (415) 555-0100" callerName="Desk"'), ['14155550100', 'Desk']);
    assert.deepEqual(caller('callerId="none" callerName="none"'), [undefined, undefined]);
    assert.equal(dial(`callerName="${'n'.repeat(60)}"`).callerName?.length, 50);
  });

  it('gives its headers to every User, whose own come first', () => {
    const { targets } = dial(
      'sipHeaders="a=1,b=2"',
      '<User sipHeaders="b=3">sip:x@y</User><User>sip:z@y</User><Number sipHeaders="c=4">1</Number>',
    );
    assert.deepEqual(
      targets.map(({ headers }) => headers),
      [{ a: '1', b: '3' }, { a: '1', b: '2' }, { c: '4' }],
    );
  });
});

describe('Number and User', () => {
  it('are digits without plus sign and separators, and an address', () => {
    assert.equal(target('<Number>\n +1 (415) 555-0111 \n</Number>').address, '14155550111');
    assert.equal(target('<Number>nobody</Number>').address, 'nobody');
    assert.equal(target('<User> sip:a@b.example;transport=tcp </User>').address, 'sip:a@b.example;transport=tcp');
  });

  it('are one destination each', () => {
    refused('<Dial><Number>1415|1416</Number></Dial>', /<Number> holds more than one number/);
    refused('<Dial><Number>1415,{x}1416</Number></Dial>', /<Number> holds more than one number/);
    refused('<Dial><User>sip:a@b,sip:c@d</User></Dial>', /<User> holds more than one address/);
    refused('<Dial><User/></Dial>', /<User> has no SIP address/);
    refused('<Dial><Speak>x</Speak></Dial>', /<Dial> needs a <Number> or <User>/);
  });

  it('may be sent digits when they answer', () => {
    const number = target('<Number sendDigits="ww1#@300" sendOnPreanswer="true" sendDigitsMode="rfc2833">1</Number>');
    assert.deepEqual([number.sendDigits, number.sendOnPreanswer, number.sendDigitsMethod], ['ww1#@300', true, 'rfc4733']);
    assert.equal(target('<User sendOnPreAnswer="true">sip:a@b</User>').sendOnPreanswer, true);
    assert.equal(target('<Number sendDigits="1,,2">1</Number>').sendDigits, undefined);
    assert.match(target('<Number sendDigits="1,,2">1</Number>').notes.join(), /sends no digits/);
  });

  it('may show a caller of their own', () => {
    const { callerId, callerName } = target('<Number callerId="+14155550100" callerName="Desk">1</Number>');
    assert.deepEqual([callerId, callerName], ['14155550100', 'Desk']);
  });

  it('may answer a challenge, with both parts of their credentials, which no note repeats', () => {
    const user = (attributes: string) => target(`<User ${attributes}>sip:a@b</User>`);
    assert.deepEqual(user('sipAuthUsername="u" sipAuthPassword="12345678"').credentials, { username: 'u', password: '12345678' });
    for (const attributes of [
      'sipAuthUsername="uname"',
      'sipAuthPassword="hidden99"',
      'sipAuthUsername="uname" sipAuthPassword="hid"',
    ]) {
      const { credentials, notes } = user(attributes);
      assert.equal(credentials, undefined);
      assert.equal(notes.length, 1);
      assert.doesNotMatch(notes.join(), /uname|hid/);
    }
  });
});
