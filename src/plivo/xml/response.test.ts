import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseDocument, XmlError } from './document.ts';
import { MESSAGE_ANSWER_ELEMENTS, parseResponse } from './response.ts';

const read = (xml: string | Uint8Array) => parseResponse(xml, MESSAGE_ANSWER_ELEMENTS);
const messageXml = (inner: string, attributes = 'src="14155550100" dst="14155550123"') =>
  `<Response><Message ${attributes}>${inner}</Message></Response>`;

function refused(xml: string | Uint8Array, reason: RegExp): void {
  assert.throws(
    () => read(xml),
    (error) => error instanceof XmlError && reason.test(error.message),
  );
}

describe('a Message element', () => {
  it('is read with its recipients, callback and trimmed text', () => {
    const { elements, notes } = read(
      '<?xml version="1.0" encoding="utf-8"?>\n<Response>\n  <Message src="14155550100" dst="14155550123&lt; 14155550124" ' +
        'type="sms" callbackUrl="https://hooks.example.com/s?a=1&amp;b=2" callbackMethod="GET">\n    Thanks &amp; bye 😀\n  </Message>\n</Response>',
    );
    assert.deepEqual(elements, [
      {
        element: 'Message',
        src: '14155550100',
        dst: ['14155550123', '14155550124'],
        text: 'Thanks & bye 😀',
        callbackUrl: 'https://hooks.example.com/s?a=1&b=2',
        callbackMethod: 'GET',
      },
    ]);
    assert.deepEqual(notes, []);
  });

  it('posts its callbacks unless told otherwise, and has none by default', () => {
    const [element] = read(messageXml('x')).elements;
    assert.equal(element?.callbackMethod, 'POST');
    assert.equal(element?.callbackUrl, undefined);
  });

  it('keeps its order among several', () => {
    const xml = `<Response>${['a', 'b', 'c'].map((text) => `<Message src="1" dst="2">${text}</Message>`).join('')}</Response>`;
    assert.deepEqual(
      read(xml).elements.map((element) => element.text),
      ['a', 'b', 'c'],
    );
  });

  it('may hold CDATA', () => {
    assert.equal(read(messageXml('<![CDATA[1 < 2 & 3]]>')).elements[0]?.text, '1 < 2 & 3');
  });

  it('reads "none" and blanks, which two SDKs write for nothing, as absent', () => {
    const [element] = read(messageXml('x', 'src="1" dst="2" callbackUrl="none" callbackMethod="" type="none"')).elements;
    assert.equal(element?.callbackUrl, undefined);
    assert.equal(element?.callbackMethod, 'POST');
  });

  it('ignores unknown attributes silently and child elements with a note', () => {
    const { elements, notes } = read(messageXml('Hi <b>there</b>', 'src="1" dst="2" colour="red"'));
    assert.equal(elements[0]?.text, 'Hi');
    assert.deepEqual(notes, ['1:55: <b> in <Message> is not known there and was ignored']);
  });

  it('is refused without text, sender or recipient, with another type, method or kind of URL', () => {
    refused(messageXml(' \n '), /^1:56: <Message> has no text$/);
    refused(messageXml('x', 'dst="2"'), /needs the attribute src/);
    refused(messageXml('x', 'src="1"'), /needs the attribute dst/);
    refused(messageXml('x', 'src="1" dst=" &lt; "'), /needs a number/);
    refused(messageXml('x', 'src="1" dst="2" type="mms"'), /only sms/);
    refused(messageXml('x', 'src="1" dst="2" callbackMethod="PUT"'), /neither GET nor POST/);
    refused(messageXml('x', 'src="1" dst="2" callbackUrl="ftp://a/b"'), /not an http or https URL/);
    refused(messageXml('x', 'src="1" dst="2" callbackUrl="/relative"'), /not an http or https URL/);
  });
});

describe('a document', () => {
  it('may be empty of elements', () => {
    assert.deepEqual(read('<Response/>'), { elements: [], notes: [] });
    assert.deepEqual(read('\n <Response></Response>\n'), { elements: [], notes: [] });
  });

  it('may begin with a byte order mark, in text or bytes', () => {
    assert.equal(read(`\uFEFF${messageXml('x')}`).elements.length, 1);
    assert.equal(read(Buffer.from(`\uFEFF${messageXml('Zürich')}`)).elements[0]?.text, 'Zürich');
  });

  it('passes over elements that have no place in it, with a note', () => {
    const { elements, notes } = read('<Response>\n<Speak>Hi</Speak><Message src="1" dst="2">x</Message></Response>');
    assert.equal(elements.length, 1);
    assert.deepEqual(notes, ['2:8: <Speak> in <Response> is not known there and was ignored']);
  });

  it('is case-sensitive', () => {
    refused('<response/>', /root element is <response>/);
    refused('<Response><message src="1" dst="2">x</message></Response>', /must be <Message>/);
    refused('<Response><Message SRC="1" dst="2">x</Message></Response>', /needs the attribute src/);
  });

  const broken: [what: string, xml: string | Uint8Array, reason: RegExp][] = [
    ['nothing', '', /^1:1: /],
    ['plain text', 'OK', /^1:\d+: /],
    ['JSON', '{"ok":true}', /^1:\d+: /],
    ['HTML with open tags', '<!DOCTYPE html><html><br></html>', /document type/],
    ['a document type with entities', '<!DOCTYPE a [<!ENTITY b "c">]><Response/>', /document type/],
    ['an undefined entity', messageXml('&nbsp;'), /entity/],
    ['a bare ampersand', messageXml('Tom & Jerry'), /^1:\d+: /],
    ['mismatched tags', '<Response>\n  <Message src="1" dst="2">x</Massage></Response>', /^2:\d+: /],
    ['an open root', '<Response>', /^1:\d+: /],
    ['two documents', '<Response/><Response/>', /^1:\d+: /],
    ['text after the root', '<Response/>trailing', /^1:\d+: /],
    ['a comment with two hyphens', '<Response><!-- a -- b --></Response>', /^1:\d+: /],
    ['a repeated attribute', messageXml('x', 'src="1" src="2" dst="3"'), /^1:\d+: /],
    ['a control character', messageXml('\u0001'), /^1:\d+: /],
    ['bytes that are not UTF-8', Uint8Array.of(0x3c, 0x52, 0xff, 0x3e), /not valid UTF-8/],
    ['more than 100 KB', messageXml('x'.repeat(100 * 1024)), /larger than 100 KB/],
    ['nesting without end', `<Response>${'<a>'.repeat(5000)}`, /nested more than 32 deep/],
    ['elements without end', `<Response>${'<a/>'.repeat(5000)}</Response>`, /more than 2000 elements/],
  ];
  for (const [what, xml, reason] of broken) {
    it(`of ${what} is refused with its place`, () => refused(xml, reason));
  }
});

describe('a bare ampersand', () => {
  it('is told where it stands, not where the parser noticed it', () => {
    refused(messageXml('\nTom & Jerry'), /^2:5: an ampersand must be written &amp;$/);
    refused(
      messageXml('x', 'src="1" dst="2" callbackUrl="https://a.example/?a=1&b=2"'),
      /^1:71: an ampersand must be written &amp;$/,
    );
    refused(messageXml('<!-- a & b --><![CDATA[ & ]]> &amp; & <?x & ?>'), /^1:92: an ampersand/);
  });

  it('is not blamed for what went wrong before it, or where it is allowed', () => {
    refused('<Response></Respons>\n&', /^1:\d+: (?!an ampersand)/);
    refused('<Response><![CDATA[ & ]]></Respons>', /^1:\d+: (?!an ampersand)/);
    refused(`<Response>${'<!-- '.repeat(20_000)}`, /^1:\d+: (?!an ampersand)/);
  });
});

describe('any input', () => {
  it('gives a document or an XmlError, quickly', () => {
    const piece = fc.constantFrom(
      '<Response>',
      '</Response>',
      '<Message src="1" dst="2">',
      '</Message>',
      '<a b="c"',
      '>',
      '/>',
      '&lt;',
      '&#0;',
      '&x;',
      '<![CDATA[',
      ']]>',
      '<!--',
      '-->',
      '<?x y?>',
      '<!DOCTYPE r>',
      '"',
      "'",
      '\u0000',
      '\uD800',
      'x',
    );
    const soup = fc
      .array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 30 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(fc.oneof(soup, fc.uint8Array({ maxLength: 200 })), (input) => {
        try {
          parseDocument(input);
        } catch (error) {
          if (!(error instanceof XmlError)) throw error;
          assert.ok(error.line >= 1 && error.column >= 1);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('survives a text round trip', () => {
    const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    const printable = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 50 }).filter((text) => text.trim() !== '');
    fc.assert(fc.property(printable, (text) => read(messageXml(escaped(text))).elements[0]?.text === text.trim()));
  });
});
