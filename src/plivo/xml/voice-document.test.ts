import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { invalidDocuments } from '../../../testkit/voice-documents.ts';
import { XmlError } from './document.ts';
import { parseSoundDocument, parseVoiceDocument } from './voice-document.ts';

const read = (xml: string) => parseVoiceDocument(Buffer.from(xml));
const inside = (inner: string) => read(`<Response>${inner}</Response>`);

function refused(xml: string | Uint8Array, reason: RegExp): void {
  assert.throws(
    () => parseVoiceDocument(xml),
    (error) => error instanceof XmlError && reason.test(error.message),
  );
}

describe('a document that ends the call', () => {
  for (const [what, xml] of Object.entries(invalidDocuments)) {
    it(`is ${what}`, () => refused(xml, /^\d+:\d+: /));
  }

  it('is told about with line, column, element and attribute', () => {
    refused('<Response>\n <Dial>\n  <Number> </Number>\n </Dial></Response>', /^3:11: <Number> has no number$/);
    refused('<Response><GetInput/></Response>', /^1:22: <GetInput> needs the attribute action$/);
    refused('<Response><Speak language="hi-IN">x</Speak></Response>', /^1:35: <Speak> has a voice or language .* hi-IN$/);
    refused('<Response><GetDigits><play>a</play></GetDigits></Response>', /^1:28: <play> is unknown: .* must be <Play>$/);
    refused('<Response><Reject/></Response>', /^1:20: <Reject> is not of this language: <Hangup reason="rejected"\/>/);
    refused('<Response><Say>Hi</Say></Response>', /^1:11: <Response> holds no element that is known$/);
  });
});

describe('a document that is valid', () => {
  it('may hold nothing: the call is answered and ends', () => {
    assert.deepEqual(read('<Response/>'), { elements: [], notes: [] });
    assert.deepEqual(read('<?xml version="1.0" encoding="UTF-8"?>\n<Response></Response>'), { elements: [], notes: [] });
    assert.deepEqual(read('<Response> <!-- nothing --> </Response>'), { elements: [], notes: [] });
  });

  it('may begin with a byte order mark or blank lines', () => {
    assert.equal(read('\uFEFF<Response><Hangup/></Response>').elements.length, 1);
    assert.equal(read('\n\n <Response><Hangup/></Response>').elements.length, 1);
  });

  it('may hold elements that nobody knows, beside those that run', () => {
    const { elements, notes } = inside('<Say>a</Say><Speak>b</Speak><GetDigits><Parameter/><Play>c</Play></GetDigits>');
    assert.deepEqual(
      elements.map(({ element }) => element),
      ['Speak', 'GetDigits'],
    );
    assert.deepEqual(notes, [
      '1:16: <Say> in <Response> is not known there and was ignored',
      '1:62: <Parameter> in <GetDigits> is not known there and was ignored',
    ]);
  });

  it('notes a hundred oddities and no more', () => {
    assert.equal(inside(`<Hangup/>${'<x/>'.repeat(1_000)}`).notes.length, 100);
  });
});

describe('nesting', () => {
  const childrenOf = (parent: string, inner: string) => {
    const [element] = inside(`<${parent} action="https://a.example/">${inner}</${parent}>`).elements;
    if (element?.element === 'PreAnswer') return element.children.map((child) => child.element);
    if (element?.element === 'GetDigits' || element?.element === 'GetInput') return element.prompts.map((child) => child.element);
    throw new Error(parent);
  };
  const prompts = '<Speak>a</Speak><Play>b</Play><Wait/>';

  it('of GetDigits and GetInput: what is heard', () => {
    for (const parent of ['GetDigits', 'GetInput']) {
      assert.deepEqual(childrenOf(parent, `${prompts}<Hangup/><Record/>`), ['Speak', 'Play', 'Wait']);
    }
  });

  it('of PreAnswer: all that the SDKs let through', () => {
    const inner = `${prompts}<GetDigits/><Redirect>https://a.example/</Redirect><Message src="1" dst="2">x</Message><DTMF>1</DTMF>`;
    assert.deepEqual(childrenOf('PreAnswer', `${inner}<Dial/>`), [
      'Speak',
      'Play',
      'Wait',
      'GetDigits',
      'Redirect',
      'Message',
      'DTMF',
    ]);
  });

  it('of Dial: destinations, in their order', () => {
    const [dial] = inside('<Dial><User>sip:a@b</User><Number>1</Number><Speak>x</Speak></Dial>').elements;
    assert.ok(dial?.element === 'Dial');
    assert.deepEqual(
      dial.targets.map(({ kind }) => kind),
      ['user', 'number'],
    );
  });

  it('of all others: none', () => {
    const { elements, notes } = inside('<Play>https://a.example/b.wav<Speak>x</Speak></Play>');
    assert.deepEqual(elements, [{ element: 'Play', url: 'https://a.example/b.wav', loop: 1 }]);
    assert.equal(notes.length, 1);
  });
});

describe('a document of sounds', () => {
  it('keeps what can be heard and passes over the rest', () => {
    const { elements, notes } = parseSoundDocument(
      '<Response><Dial/><Play loop="0">https://a.example/b.wav</Play><Hangup/><Wait/><Speak>x</Speak></Response>',
    );
    assert.deepEqual(
      elements.map(({ element }) => element),
      ['Play', 'Wait', 'Speak'],
    );
    assert.equal(notes.length, 2);
  });

  it('is refused like others when it is no document', () => {
    assert.throws(() => parseSoundDocument('busy'), XmlError);
    assert.throws(() => parseSoundDocument('<Response><Speak language="xx">x</Speak></Response>'), XmlError);
  });
});

describe('any bytes', () => {
  const names = [
    'Speak',
    'Play',
    'Wait',
    'GetDigits',
    'GetInput',
    'Record',
    'Dial',
    'Number',
    'User',
    'Hangup',
    'DTMF',
    'PreAnswer',
  ];
  const attributes = ['loop', 'voice', 'language', 'action', 'timeout', 'length', 'beep', 'finishOnKey', 'sipHeaders', 'hints'];
  const value = fc.oneof(
    fc.constantFrom('true', 'none', '', '-1', '0', '99999999999999999999', '1e3', 'Polly.Joanna', 'a=b,c=d', '__proto__'),
    fc.string({ unit: 'grapheme', maxLength: 12 }),
  );
  const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  const tag = fc.constantFrom(...names, 'break', 'prosody', 'p', 'say-as', 'constructor', 'toString');
  const { tree } = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.string({ unit: 'grapheme', maxLength: 10 }).map(escaped),
      fc
        .tuple(
          tag,
          fc.uniqueArray(fc.tuple(fc.constantFrom(...attributes), value), { maxLength: 4, selector: ([name]) => name }),
          fc.array(tie('tree'), { maxLength: 4 }),
        )
        .map(([name, pairs, inner]) => {
          const written = pairs.map(([key, text]) => ` ${key}="${escaped(text)}"`).join('');
          return `<${name}${written}>${inner.join('')}</${name}>`;
        }),
    ),
  }));

  it('give a document or an XmlError', () => {
    const given = fc.oneof(
      fc.array(tree, { maxLength: 6 }).map((all) => Buffer.from(`<Response>${all.join('')}</Response>`)),
      fc.uint8Array({ maxLength: 100 }),
    );
    let usable = 0;
    fc.assert(
      fc.property(given, (bytes) => {
        for (const parse of [parseVoiceDocument, parseSoundDocument]) {
          try {
            parse(bytes);
            usable++;
          } catch (error) {
            if (!(error instanceof XmlError)) throw error;
            assert.ok(error.line >= 1 && error.column >= 1);
          }
        }
      }),
      { numRuns: 1_500 },
    );
    assert.ok(usable > 100, 'the generator makes documents that can be used, too');
  });

  it('of the largest documents are read in well under a second', () => {
    const fill = (unit: string) => unit.repeat(Math.floor((100 * 1024 - 30) / unit.length));
    const large = [
      `<Response><Speak>${fill(' ')}</Speak></Response>`,
      `<Response><Speak>${fill('a b ')}</Speak></Response>`,
      `<Response><GetInput hints="${fill('a, ')}" action="a"/></Response>`,
      `<Response><Dial sipHeaders="${fill('a=b,')}"/></Response>`,
      `<Response><Dial digitsMatch="${fill('1,')}"><Number>${'1 '.repeat(10)}</Number></Dial></Response>`,
      `<Response><Wait beep="${fill('duration=1,')}"/></Response>`,
      `<Response><DTMF>${fill('1 ')}</DTMF></Response>`,
      `<Response>${'<Speak voice="Polly.Joanna"><p/></Speak>'.repeat(990)}</Response>`,
      `<Response><Speak voice="Polly.Joanna">${'<prosody>'.repeat(30)}${fill('x')}`,
      `<Response>${fill('&lt;')}</Response>`,
    ];
    const started = performance.now();
    for (const xml of large) {
      try {
        parseVoiceDocument(xml.slice(0, 100 * 1024));
      } catch (error) {
        if (!(error instanceof XmlError)) throw error;
      }
    }
    assert.ok(performance.now() - started < 3_000);
  });
});
